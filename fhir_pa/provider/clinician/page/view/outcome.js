// What became of it: the payer's decision for each service in plain words, or that the form is kept and waits.

import { day, h } from "../element.js";
import { notice } from "./notice.js";

const TITLES = { yes: "Authorized", wait: "The payer is looking at it", no: "Not authorized" };

export function outcomeView(result, orders, payer) {
  return h(
    "div",
    { class: "outcome" },
    h("h1", { tabindex: "-1" }, "Sent"),
    h("p", { class: "lead" }, `${payer} answered. Your number is ${result.number}${result.authorization[0] ? `, theirs ${result.authorization[0]}` : ""}.`),
    result.errors.length > 0 && notice("trouble", "The payer could not take all of it.", result.errors.join(" ")),
    result.items.map((item) => decision(item, orders.find(({ reference }) => reference === item.order))),
    result.asked.length > 0 && h("section", { class: "part" }, h("h2", {}, "The payer asks for"), h("ul", {}, result.asked.map((words) => h("li", {}, words)))),
    h("p", {}, "The form is in the chart. You can close this window."),
  );
}

function decision(item, order) {
  const period = item.from && `from ${day(item.from)}${item.until ? ` until ${day(item.until)}` : ""}`;
  return h(
    "section",
    { class: `decision is-${item.kind}` },
    h("h2", {}, order?.name ?? item.order),
    h("p", { class: "verdict" }, h("strong", {}, TITLES[item.kind] ?? item.decision), item.number && ` · number ${item.number}`, period && ` · ${period}`),
    item.reasons.length > 0 && h("ul", {}, item.reasons.map((words) => h("li", {}, words))),
    item.notes.length > 0 && h("details", {}, h("summary", {}, "How it was weighed"), h("ul", {}, item.notes.map((words) => h("li", {}, words)))),
  );
}

/** The payer authorized while it asked: nothing is left to send. */
export function authorizedView(orders, payer, trouble) {
  return h(
    "div",
    { class: "outcome" },
    h("h1", { tabindex: "-1" }, "Authorized"),
    h("p", { class: "lead" }, `${payer} authorized while you answered. Nothing has to be sent.`),
    trouble && notice("warning", "Please note the number yourself.", trouble),
    orders.map((order) => decision({ kind: "yes", number: order.payer.find(({ satisfied }) => satisfied).satisfied, reasons: [], notes: order.payer.flatMap(({ reasons }) => reasons) }, order)),
    h("p", {}, "Form and number are in the chart. You can close this window."),
  );
}

export const keptView = () => h("div", { class: "outcome" }, h("h1", { tabindex: "-1" }, "Finished"), h("p", { class: "lead" }, "The form is complete and kept in the chart. It has not been sent to the payer yet."));
