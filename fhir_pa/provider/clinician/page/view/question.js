// One question: its words, its field, what is wrong, where the answer came from; folded to a line when nothing is to be done.

import { announce, fill, fresh, h, unseen } from "../element.js";
import { describe } from "../fields/field.js";
import { fieldFor } from "../fields/kinds.js";
import { all, URL as NAME } from "../form/extensions.js";
import { say } from "../form/answers.js";
import { isHidden, isReadOnly, isShown } from "../form/tree.js";
import { contextsOf } from "./context.js";
import { helpOf, wording } from "./help.js";
import { mediaOf } from "./media.js";
import { originView } from "./origin.js";
import { answer, grounds, source, unitOf } from "./words.js";

export function questionView(node, page) {
  const ids = { field: fresh("field"), label: fresh("label"), error: fresh("error"), help: fresh("help"), origin: fresh("origin") };
  const use = {
    id: ids.field,
    labelId: ids.label,
    form: page.form,
    draw: page.draw,
    say: (values) => page.change(() => say(node, values)),
    change: (act) => page.change(act),
    refresh: () => page.refreshed(),
  };
  const fixed = isReadOnly(node);
  const field = fixed ? null : fieldFor(node, use);
  const mark = h("span", { class: "mark" });
  const label = h(field?.single ? "label" : "p", { class: "label", id: ids.label, for: field?.single ? ids.field : undefined }, wording(node.item), " ", mark);
  const error = h("p", { class: "error", id: ids.error, hidden: true });
  const origin = originView(node, use);
  origin.element.id = ids.origin;
  const why = helpOf(node, page.form);
  if (why) why.id = ids.help;
  const below = node.children.map((each) => page.draw(each, page)).filter(Boolean);
  const sealed = all(node.item, NAME.signatureRequired).length > 0 && h("p", { class: "sealed" }, "You sign this answer at the end.");
  const ask = h("div", { class: "ask" }, label, mediaOf(node.item, page.form), field ? h("div", { class: "field" }, field.element) : h("p", { class: "fixed" }), error, sealed, contextsOf(node, page.form), origin.element);
  const full = h("div", { class: "full" }, ask, why);
  const brief = briefView(node, page, () => open());
  const element = h("div", { class: "question", role: "group", "aria-labelledby": ids.label }, brief.element, full, h("div", { class: "below" }, below.map((each) => each.element)));
  let folded = false;

  const open = () => {
    fold(false);
    field?.focus();
  };
  const fold = (on) => {
    folded = on;
    brief.element.hidden = !on;
    full.hidden = on;
    element.dataset.folded = String(on);
    for (const each of below) each.fold?.(on && each.node.answers.length > 0);
  };
  fold(false);

  return {
    node,
    element,
    fold,
    open,
    focus: () => (folded ? open() : field?.focus()),
    refresh(faults) {
      element.hidden = !isShown(node);
      const mine = faults.filter((each) => each.node === node && (!each.missing || (page.strict && !node.wrongWords))).map(({ words }) => words);
      if (node.wrongWords) mine.unshift(node.wrongWords);
      const [first] = node.answers;
      element.dataset.state = mine.length ? "wrong" : first ? "done" : "open";
      error.hidden = !mine.length;
      if (mine.length && error.textContent !== mine.join(" ") && full.contains(document.activeElement)) announce(mine.join(" "));
      fill(error, mine.join(" "));
      mark.textContent = first ? "" : node.item.required ? "required" : "optional";
      mark.className = node.item.required && !first ? "mark required" : "mark";
      field?.refresh();
      origin.refresh();
      if (!field) full.querySelector(".fixed").textContent = answer(node) || "Not known yet";
      const describedBy = [mine.length && ids.error, why && ids.help, first && ids.origin].filter(Boolean).join(" ");
      if (field) describe(field.element, { describedBy, wrong: mine.length > 0 });
      if (folded && mine.length) fold(false);
      brief.refresh();
      for (const each of below) each.refresh(faults);
    },
  };
}

/** The question in one line: what was asked, what was answered, where it came from. */
function briefView(node, page, open) {
  const said = h("span", { class: "said" });
  const from = h("span", { class: "from" });
  const change = isReadOnly(node) ? null : h("button", { type: "button", class: "quiet change", onclick: open }, "Change", unseen(`: ${node.item.text ?? ""}`));
  return {
    element: h("div", { class: "brief" }, h("span", { class: "asked" }, wording(node.item)), said, from, change),
    refresh() {
      const [first] = node.answers;
      said.textContent = answer(node, unitOf(node.item)) || (node.cleared ? "Taken away by you" : "–");
      from.dataset.source = first?.origin.source ?? "override";
      const proof = first?.origin.source === "chart" && node.found?.evidence[0];
      fill(from, h("span", { class: "tag" }, first ? source(first.origin, "Payer") : "You"), proof ? ` ${grounds(proof)}` : first?.origin.because ? ` ${first.origin.because}` : "");
      if (change) change.hidden = isHidden(node);
    },
  };
}
