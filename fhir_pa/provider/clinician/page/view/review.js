// Look over before sending: every answer with its origin, what was changed and why, the services asked for, the signature.

import { day, h } from "../element.js";
import { isShown, walk } from "../form/tree.js";
import { documentsView } from "./documents.js";
import { wording } from "./help.js";
import { button } from "./notice.js";
import { answer, source, unitOf } from "./words.js";

/** `doing`: back(), finish({ signed, send, services, documents }). `orders` are those of the form. */
export function reviewView(form, orders, today, doing) {
  const sign = form.mustBeSigned && h("input", { type: "checkbox", id: "signed" });
  const trouble = h("div", { class: "wrongs", role: "alert" });
  const dates = orders.map((order) => serviceView(order, today));
  const papers = documentsView(form.launch.patient.id, form.evidence, "Documents to send along");
  const finish = (send) => {
    if (sign && !sign.checked) {
      trouble.replaceChildren(h("p", {}, "Sign the form first: tick the box above."));
      return sign.focus();
    }
    return doing.finish({ signed: Boolean(sign?.checked), send, services: dates.map((each) => each.read()), documents: papers.read() });
  };
  return h(
    "div",
    { class: "review" },
    h("h1", { tabindex: "-1" }, "Review"),
    h("p", { class: "lead" }, `${form.questionnaire.title ?? "This form"}, filled in by ${form.clinician.name} on ${day(today)}. It goes to ${form.payer} and into the chart. Answers taken away are not sent.`),
    tables(form),
    dates.length > 0 && h("section", { class: "part" }, h("h2", {}, "What is asked for"), dates.map((each) => each.element), papers.element),
    sign && h("section", { class: "part" }, h("h2", {}, "Signature"), h("label", { class: "option" }, sign, h("span", {}, `I, ${form.clinician.name}, have checked these answers and sign them.`))),
    trouble,
    h("div", { class: "onward" }, button(`Finish and send to ${form.payer}`, () => finish(true), "first"), button("Finish, send later", () => finish(false)), button("Back to the form", doing.back, "quiet"), button("Print", () => print(), "quiet")),
  );
}

function tables(form) {
  const rows = [...walk(form.root)].filter((node) => isShown(node) && (node.kind === "group" || node.kind === "row" || node.kind === "question"));
  const bodies = [];
  let body = null;
  for (const node of rows) {
    if (node.kind !== "question") {
      body = h("tbody", {}, h("tr", { class: "head" }, h("th", { colspan: 3, scope: "rowgroup" }, wording(node.item), node.kind === "row" ? ` ${node.parent.rows.indexOf(node) + 1}` : "")));
      bodies.push(body);
    } else {
      if (!body) bodies.push((body = h("tbody")));
      body.append(line(node));
    }
  }
  const filled = bodies.filter((each) => each.querySelector("td"));
  return h("table", { class: "answers" }, h("caption", { class: "unseen" }, "Your answers"), h("thead", {}, h("tr", {}, ["Question", "Answer", "From"].map((words) => h("th", { scope: "col" }, words)))), filled);
}

function line(node) {
  const [first] = node.answers;
  const because = first?.origin.because ?? node.cleared?.because;
  const said = answer(node, unitOf(node.item)) || h("span", { class: "none" }, node.cleared ? "Taken away" : "Not answered");
  const from = first ? source(first.origin) : node.cleared ? "You" : "";
  return h("tr", {}, h("th", { scope: "row" }, wording(node.item)), h("td", {}, said), h("td", { "data-source": first?.origin.source ?? (node.cleared ? "override" : undefined) }, from && h("span", { class: "tag" }, from), because && h("span", { class: "quiet" }, ` ${because}`)));
}

/** One order as it will be requested; its days may be set. */
function serviceView(order, today) {
  const from = h("input", { type: "date", class: "day", "aria-label": `${order.name}, from`, value: order.planned ?? today });
  const until = h("input", { type: "date", class: "day", "aria-label": `${order.name}, until` });
  return {
    element: h("div", { class: "service" }, h("strong", {}, order.name), h("label", {}, "from ", from), h("label", {}, "until ", until), h("span", { class: "quiet" }, "Leave “until” empty for the usual time.")),
    read: () => ({ order: order.reference, from: from.value, until: until.value }),
  };
}
