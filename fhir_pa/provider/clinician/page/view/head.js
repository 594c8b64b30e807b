// Above the questions: what this form is, who asks, what it takes (time, a signature, somebody else), and what the payer said before.

import { day, h } from "../element.js";
import { all, URL as NAME, value, valueOf } from "../form/extensions.js";
import { whoIs } from "./words.js";

const TIMES = { "under-1min": "less than a minute", "under-3min": "less than 3 minutes", "under-5min": "less than 5 minutes", "over-5min": "more than 5 minutes" };
const CLINICIANS = ["Practitioner", "PractitionerRole"];

/** `orders` are those of the form, `place` is { at, of } among several forms. */
export function headView(session, orders, { at, of }) {
  const { title, description, publisher, effectivePeriod } = session.questionnaire;
  const facts = [`Asked by ${publisher ?? session.payer}`, time(session.questionnaire), session.mustBeSigned && "to be signed at the end", effectivePeriod?.end && `in force until ${day(effectivePeriod.end)}`];
  return h(
    "div",
    { class: "head" },
    of > 1 && h("p", { class: "eyebrow" }, `Form ${at + 1} of ${of}`),
    h("h1", { tabindex: "-1" }, title ?? "Authorization form"),
    description && h("p", { class: "lead" }, description),
    h("p", { class: "quiet" }, facts.filter(Boolean).join(" · ")),
    others(session.questionnaire),
    reasons(orders),
  );
}

/** How long the payer thinks it takes (estimated-completion-time): the clinician's part where it is told apart, else all of it. */
function time(questionnaire) {
  const [told] = all(questionnaire, NAME.completionTime);
  return told && TIMES[value(told, "clinicalTime") ?? value(told, "totalTime")];
}

/** Said when the payer expects somebody else than a clinician to fill it in (performerType). */
function others(questionnaire) {
  const kinds = all(questionnaire, NAME.performerType).map(valueOf);
  if (!kinds.length || kinds.some((each) => CLINICIANS.includes(each))) return null;
  return h("p", { class: "notice warning" }, `The payer expects this form to be filled in by: ${kinds.map(whoIs).join(", ")}.`);
}

/** What the payer said of the orders when they were signed: the first sentence in sight, the rest to be opened. */
function reasons(orders) {
  const told = [...new Set(orders.flatMap(({ payer }) => payer.flatMap((each) => each.reasons)))];
  if (!told.length) return null;
  const [first, rest] = told.length === 1 ? parted(told[0]) : ["", told];
  const more = [rest].flat().filter(Boolean);
  const details = more.length > 0 && h("details", {}, h("summary", {}, "What the payer said when the order was signed"), more.map((words) => h("p", {}, words)));
  return h("div", { class: "reasons" }, first && h("p", {}, first), details);
}

/** The first sentence, and what follows it. */
function parted(words) {
  const end = /[.!?](?=\s+[A-Z])/.exec(words);
  return end ? [words.slice(0, end.index + 1), words.slice(end.index + 1).trim()] : [words, ""];
}
