// Forms that are to be answered in their own order (SDC entryMode): what comes after the first open question waits.

import { URL as NAME, value } from "../form/extensions.js";
import { waits } from "../form/progress.js";
import { isShown, walk } from "../form/tree.js";

/** Whether the payer wants the questions in order; what was answered stays open to change, as DTR has it (spec-132). */
export const isInOrder = (questionnaire) => ["sequential", "prior-edit"].includes(value(questionnaire, NAME.entryMode));

/** The units (form.js) that wait until an earlier one is answered rightly. */
export function later(units, faults) {
  const wrong = new Set(faults.filter(({ warning }) => !warning).map(({ node }) => node));
  const isOpen = ({ node }) => isShown(node) && [node, ...walk(node)].some((each) => (each.kind === "question" && each.item.required && waits(each)) || (wrong.has(each) && each.answers?.length));
  const first = units.findIndex(isOpen);
  return first < 0 ? [] : units.slice(first + 1).filter(({ node }) => [node, ...walk(node)].every((each) => each.kind !== "question" || !each.answers.length));
}
