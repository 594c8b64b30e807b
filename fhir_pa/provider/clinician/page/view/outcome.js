// What became of it: the payer's decision for each service in plain words, what it asks for besides, or that the form is kept and waits.

import { day, h, plural } from "../element.js";
import { button, notice } from "./notice.js";
import { documentsView } from "./documents.js";
import { numberView } from "./number.js";

const TITLES = { yes: "Authorized", wait: "The payer is looking at it", no: "Not authorized" };

/** `doing.fill` begins a form that the payer asks for, `doing.send` sends documents it asks for; `bundles` are the finished forms for whoever performs the order. */
export function outcomeView(result, { orders, resources }, payer, doing, bundles) {
  return h(
    "div",
    { class: "outcome" },
    h("h1", { tabindex: "-1" }, "Sent"),
    h("p", { class: "lead" }, `${payer} answered. Your number is ${result.number}${result.authorization[0] ? `, theirs ${result.authorization[0]}` : ""}.`),
    result.errors.length > 0 && notice("trouble", "The payer could not take all of it.", result.errors.join(" ")),
    result.items.map((item) => decision(item, orders.find(({ reference }) => reference === item.order))),
    result.asked.length > 0 && h("section", { class: "part" }, h("h2", {}, "The payer asks for"), h("ul", { class: "cards" }, result.asked.map((each) => (each.context || !each.tracking ? askedView(each, doing.fill) : paperView(each, resources.patient.id, doing.send))))),
    handOver(bundles),
    h("p", {}, "The form is in the chart. You can close this window."),
  );
}

/** One thing the payer still wants; a form can be filled in at once. */
export function askedView(asked, fill) {
  const until = asked.until && h("span", { class: "quiet" }, ` · until ${day(asked.until)}`);
  return h("li", { class: "row-card" }, h("span", {}, asked.words, until), asked.context && button("Fill in the form", () => fill(asked), "first"));
}

/** A document the payer wants: chosen from the chart and sent under the payer's number, here and now. */
function paperView(asked, patient, send) {
  const papers = documentsView(patient, [], "Send it from the chart");
  const said = h("p", { class: "error", role: "alert", hidden: true });
  const element = h("li", { class: "row-card" }, h("span", {}, asked.words), h("div", { class: "papers" }, papers.element, said, button("Send to the payer", () => go(), "first")));
  const complain = (words) => ((said.hidden = false), (said.textContent = words));
  const go = async () => {
    const chosen = papers.read();
    if (!chosen.length) return complain("Choose a document first.");
    try {
      const { words } = await send(asked, chosen);
      return element.replaceChildren(h("span", {}, h("strong", {}, "Sent. "), words.join(" ")));
    } catch (trouble) {
      if (!trouble.title) throw trouble;
      return complain(`${trouble.title} ${trouble.words}`);
    }
  };
  return element;
}

/** What a supplier or another clinic needs: the form in one file, with what its answers refer to. */
function handOver(bundles) {
  return h("details", {}, h("summary", {}, "For whoever performs the order"), h("p", {}, "The form in one file, with what its answers refer to:"), h("ul", { class: "links" }, bundles.map(({ title, address }) => h("li", {}, h("a", { href: address, download: "form-bundle.json" }, title)))));
}

/** The payer named further forms when these were complete. */
export function moreView(payer, count, fill, without) {
  const words = `${payer} looked at your answers and wants ${plural(count, "further form")} before it decides.`;
  return h("div", { class: "outcome" }, h("h1", { tabindex: "-1" }, "One more form"), h("p", { class: "lead" }, words), h("div", { class: "onward" }, button("Fill it in now", fill, "first"), button("Go on without it", without)));
}

/** What the payer said to a form it had asked for. */
export const answeredView = (payer, words, bundles) =>
  h("div", { class: "outcome" }, h("h1", { tabindex: "-1" }, "Sent"), h("p", { class: "lead" }, `${payer} has the form it asked for.`), words.map((each) => h("p", {}, each)), handOver(bundles), h("p", {}, "The form is in the chart. You can close this window."));

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
export function authorizedView(orders, payer, trouble, { object, change }) {
  return h(
    "div",
    { class: "outcome" },
    h("h1", { tabindex: "-1" }, "Authorized"),
    h("p", { class: "lead" }, `${payer} authorized while you answered. Nothing has to be sent.`),
    trouble && notice("warning", "Please note the number yourself.", trouble),
    orders.map((order) => {
      const { satisfied: number, objection } = order.payer.find(({ satisfied }) => satisfied);
      const made = decision({ kind: "yes", number, reasons: [], notes: order.payer.flatMap(({ reasons }) => reasons) }, order);
      made.append(numberView(number, (because) => object(order, number, because), objection));
      return made;
    }),
    h("p", {}, "Form and number are in the chart. You can close this window."),
    h("div", { class: "onward" }, button("Change an answer", change)),
  );
}

export const keptView = (bundles) => h("div", { class: "outcome" }, h("h1", { tabindex: "-1" }, "Finished"), h("p", { class: "lead" }, "The form is complete and kept in the chart. It has not been sent to the payer yet."), handOver(bundles));
