// What shall be documented, when the launch leaves it open: orders, the coverage, or a form begun earlier.

import { clock, day, h } from "../element.js";
import { button } from "./notice.js";
import { askedView } from "./outcome.js";

/** Whether the launch said all that is needed. */
export function settled({ orders, coverages, about, begun, asked }) {
  const named = orders.length > 0 && orders.every(({ reference }) => about.includes(reference));
  return named && coverages.length === 1 && !matching(begun, orders).length && !asked.some(({ order }) => about.includes(order));
}

const matching = (begun, orders) => begun.filter((form) => orders.some(({ reference }) => form.about.includes(reference)));

/** The page; `go` takes { orders, coverage } or { form } to resume. */
export function chooseView(occasion, go) {
  const { orders, coverages, begun, about, asked } = occasion;
  const chosen = (name) => [...element.querySelectorAll(`input[name=${name}]:checked`)].map(({ value }) => value);
  const start = button("Get the payer's form", () => go({ orders: chosen("order"), coverage: chosen("coverage")[0] }), "first");
  const check = () => (start.disabled = !chosen("order").length || !chosen("coverage").length);
  const element = h(
    "form",
    { class: "choose", onchange: check, onsubmit: (event) => event.preventDefault() },
    asked.length > 0 && h("section", { class: "part" }, h("h2", {}, "The payer asks for"), h("ul", { class: "cards" }, asked.map((each) => askedView(each, () => go({ orders: [each.order], coverage: chosen("coverage")[0] ?? coverages[0]?.reference, context: each.context, task: each }))))),
    begun.length > 0 && h("section", { class: "part" }, h("h2", {}, "Go on where you were"), h("ul", { class: "cards" }, begun.map((form) => resume(form, orders, go)))),
    h("section", { class: "part" }, h("h2", {}, begun.length || asked.length ? "Or begin anew" : "What do you want to document?"), list(orders, about), payers(coverages), h("div", { class: "onward" }, start)),
  );
  check();
  return element;
}

function resume(form, orders, go) {
  const names = orders.filter(({ reference }) => form.about.includes(reference)).map(({ name }) => name);
  const when = form.saved && `saved ${day(form.saved)}${clock(form.saved) ? ` at ${clock(form.saved)}` : ""}${form.by ? ` by ${form.by}` : ""}`;
  const told = form.source && `as told by ${form.source}`;
  const about = h("span", {}, h("strong", {}, names.join(", ") || form.title || "A form begun earlier"), h("br"), h("span", { class: "quiet" }, [names.length && form.title, when, told].filter(Boolean).join(" · ")));
  return h("li", { class: "row-card" }, about, button("Go on", () => go({ form: form.reference }), "first"));
}

function list(orders, about) {
  if (!orders.length) return h("p", {}, "There is no open order in this chart.");
  const named = orders.filter(({ reference }) => about.includes(reference));
  return h("fieldset", { class: "options" }, h("legend", {}, "Orders"), orders.map((order) => option("checkbox", "order", order.reference, [order.name, order.code && ` (${order.code})`, wanted(order)], named.includes(order) || orders.length === 1)));
}

function wanted({ payer }) {
  if (!payer.length) return h("span", { class: "quiet" }, " · the payer was not asked yet");
  const [{ authorization, documentation, satisfied, objection }] = payer;
  if (satisfied) return h("span", { class: "quiet" }, ` · authorized as ${satisfied}${objection === null ? "" : ", which was marked as not valid"}`);
  return h("span", { class: "quiet" }, documentation.length ? " · documentation wanted" : authorization === "auth-needed" ? " · authorization needed" : " · nothing wanted");
}

function payers(coverages) {
  if (!coverages.length) return h("p", {}, "There is no active coverage in this chart.");
  return h("fieldset", { class: "options" }, h("legend", {}, "Coverage"), coverages.map(({ reference, payer, member }, at) => option("radio", "coverage", reference, [payer, member && ` · member ${member}`], at === 0)));
}

const option = (type, name, value, words, checked) => h("label", { class: "option" }, h("input", { type, name, value, checked }), h("span", {}, words));
