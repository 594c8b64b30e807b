// How far the clinician is: what is left, of how many, and where the answers came from.

import { byPerson } from "./origin.js";
import { faults } from "./check.js";
import { isAsked, isReadOnly, isShown, questions } from "./tree.js";

/** { left, total, optional, wrong, chart, payer, you }: counts of the questions a person is shown and may answer. */
export function progress(root, form) {
  const shown = questions(root).filter((node) => isShown(node) && !isReadOnly(node));
  const answered = shown.filter((node) => node.answers.length);
  const wrong = new Set(faults(root, form).filter(({ missing, warning }) => !missing && !warning).map(({ node }) => node));
  const left = shown.filter((node) => (!node.answers.length && node.item.required) || wrong.has(node));
  const around = [...wrong].filter((node) => !shown.includes(node)).length;
  const source = (name) => answered.filter(({ answers }) => answers[0].origin.source === name).length;
  return {
    left: left.length + around,
    total: shown.filter((node) => node.item.required || node.answers.length).length + around,
    optional: shown.filter((node) => !node.answers.length && !node.item.required && !node.cleared).length,
    wrong: wrong.size,
    chart: source("chart"),
    payer: source("payer"),
    you: answered.filter(({ answers }) => byPerson(answers[0].origin)).length,
  };
}

/** Whether a question still waits for the clinician: unanswered (not cleared on purpose), or answered wrongly. */
export const waits = (node) => isShown(node) && !isReadOnly(node) && !node.answers.length && !(node.cleared && !node.item.required);

/** What a finished form took, in counts only: questions asked, found by chart or payer, given or changed by the clinician, seconds. */
export function measure(root, began, now = Date.now()) {
  const asked = questions(root).filter((node) => isAsked(node));
  const by = (...sources) => asked.filter(({ answers }) => sources.includes(answers[0]?.origin.source)).length;
  const cleared = asked.filter((node) => node.cleared && !node.answers.length).length;
  return { asked: asked.length, found: by("chart", "payer"), manual: by("manual"), override: by("override") + cleared, seconds: Math.round((now - began) / 1000) };
}
