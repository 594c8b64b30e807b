// "3 of 14 left", where the answers came from, whether it is saved; always in sight.

import { fill, h } from "../element.js";

/** `goOn` leads to the next open question, `finish` on from the form when nothing required is left. */
export function progressView(form, goOn, finish) {
  const left = h("p", { class: "left" });
  const meter = h("div", { class: "meter", "aria-hidden": "true" }, h("div", { class: "done" }));
  const sources = h("p", { class: "sources" });
  const saved = h("p", { class: "saved" });
  const next = h("button", { type: "button", class: "second", onclick: goOn }, "Next open question");
  const on = h("button", { type: "button", class: "first", onclick: finish });
  const element = h("div", { class: "progress", role: "region", "aria-label": "Progress" }, h("div", { class: "count" }, left, next, on), meter, h("div", { class: "count" }, sources, saved));
  form.saver.watch = (words, again) => fill(saved, words, again && h("button", { type: "button", class: "quiet", onclick: again }, "Try again"));
  return {
    element,
    refresh({ left: count, total, optional, chart, payer, you }, words) {
      left.textContent = count ? `${count} of ${total} left` : optional ? "Nothing required is left" : "Nothing left";
      meter.firstChild.className = `done part-${total ? Math.round(((total - count) / total) * 20) : 20}`;
      const told = [chart && `${chart} from the chart`, payer && `${payer} from the payer`, you && `${you} from you`, optional && `${optional} more open`];
      sources.textContent = told.filter(Boolean).join(" · ");
      next.hidden = count === 0;
      on.hidden = count > 0 || !words;
      on.textContent = words;
    },
  };
}
