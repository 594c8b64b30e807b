// Below each answer: where it came from, with the evidence and its day; what the clinician changed, and why.

import { fill, fresh, h } from "../element.js";
import { because, clear, differs, takeBack } from "../form/answers.js";
import { byPerson } from "../form/origin.js";
import { answer, grounds, unitOf } from "./words.js";

const REASONS = ["Measured again since", "The chart is out of date", "The chart is mistaken", "The patient asked not to share it"];

export function originView(node, use) {
  const told = h("p", { class: "told" });
  const known = h("p", { class: "known" });
  const why = reason(node, use);
  const drop = h("button", { type: "button", class: "quiet", onclick: () => use.change(() => clear(node)) }, "Clear");
  const back = h("button", { type: "button", class: "quiet", onclick: () => use.change(() => takeBack(node)) }, "Use this");
  const element = h("div", { class: "origin" }, h("div", { class: "line" }, told, drop), h("div", { class: "line" }, known, back), why.element);
  return {
    element,
    refresh() {
      const [first] = node.answers;
      const changed = differs(node);
      told.dataset.source = first?.origin.source ?? (node.cleared ? "override" : "");
      fill(told, ...sentence(node, use.form));
      told.hidden = !told.textContent;
      drop.hidden = !first || node.item.readOnly;
      const before = changed && (node.found?.values.length ? ["The chart says ", node.found, "chart"] : node.byPayer?.length ? [`${use.form.payer} had `, { values: node.byPayer, evidence: [] }] : null);
      known.hidden = back.hidden = !before;
      if (before) {
        fill(known, before[0], h("strong", {}, words(before[1].values, node)), ...proofs(before[1].evidence));
        back.textContent = `Use ${words(before[1].values, node)}`;
      }
      why.refresh(changed && Boolean(node.cleared || byPerson(first?.origin)));
    },
  };
}

const words = (values, node) => answer({ ...node, answers: values.map((value) => ({ value })) }, unitOf(node.item));
const proofs = (evidence) => (evidence.length ? [" · ", evidence.slice(0, 2).map(grounds).join("; "), evidence.length > 2 ? ` and ${evidence.length - 2} more` : ""] : []);

function sentence(node, form) {
  const [first] = node.answers;
  if (!first) return node.cleared ? ["You took this answer away. It will not be filled in again."] : [];
  switch (first.origin.source) {
    case "chart":
      if (first.origin.calculated) return [tag("Calculated"), " from your other answers"];
      return [tag("Chart"), node.found?.evidence.length ? " " : " found in the chart", ...(node.found?.evidence.length ? [node.found.evidence.slice(0, 3).map(grounds).join("; ")] : [])];
    case "payer":
      return [tag("Payer"), ` ${form.payer} filled this in; please check it`];
    case "override":
      return [tag("You"), first.origin.because ? ` changed it: ${first.origin.because}` : " changed it"];
    default:
      return [tag("You")];
  }
}

const tag = (text) => h("span", { class: "tag" }, text);

/** Why the clinician's answer differs: one of the usual reasons, or own words; never demanded. */
function reason(node, use) {
  const listId = fresh("reasons");
  const id = fresh("why");
  const input = h("input", { id, type: "text", class: "wide", list: listId, maxlength: 200, placeholder: "Optional, helps the reviewer", onchange: () => use.change(() => because(node, input.value)) });
  const label = h("label", { for: id });
  const element = h("div", { class: "reason" }, label, input, h("datalist", { id: listId }, REASONS.map((value) => h("option", { value }))));
  return {
    element,
    refresh(shown) {
      element.hidden = !shown;
      label.textContent = node.cleared ? "Why did you take it away?" : "Why is it different?";
      if (shown && document.activeElement !== input) input.value = node.cleared?.because ?? node.answers[0]?.origin.because ?? "";
    },
  };
}
