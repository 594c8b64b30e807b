// Every change of an answer: said by the clinician, found in the chart, taken over again, cleared. Each keeps its origin.

import { URL, value } from "./extensions.js";
import { byPerson, read } from "./origin.js";
import { isAsked, questions } from "./tree.js";

/** The clinician answers. What was found or changed before makes it an override, and it stays one. */
export function say(node, values) {
  const before = node.answers[0]?.origin;
  const over = Boolean(node.found?.values.length || node.byPayer?.length || node.cleared || (before && before.source !== "manual"));
  const because = before?.because ?? node.cleared?.because;
  node.touched = true;
  if (!values.length) return clear(node);
  node.cleared = null;
  node.answers = values.map((each) => ({ value: each, origin: { source: over ? "override" : "manual", ...(over && because && { because }) } }));
  return node;
}

/** The clinician takes the answer away; what was found before is not put back (R344). */
export function clear(node) {
  const known = node.found?.values.length || node.byPayer?.length || node.answers.some(({ origin }) => origin.source !== "manual");
  const because = node.answers[0]?.origin.because ?? node.cleared?.because;
  node.cleared = known || node.cleared ? { ...(because && { because }) } : null;
  node.touched = true;
  node.answers = [];
  return node;
}

/** Why the clinician's answer differs from what was known. */
export function because(node, words) {
  const said = words.trim();
  for (const holder of node.cleared ? [node.cleared] : node.answers.map(({ origin }) => origin)) {
    if (said) holder.because = said;
    else delete holder.because;
  }
}

/** Back to what the chart (or else the payer) says. */
export function takeBack(node) {
  const found = node.found?.values.length ? node.found.values : (node.byPayer ?? []);
  node.cleared = null;
  node.touched = true;
  node.answers = found.map((each) => ({ value: each, origin: { source: node.found?.values.length ? "chart" : "payer" } }));
}

/** Whether what the clinician said differs from what the chart or payer told. */
export const differs = (node) => Boolean(node.cleared) || node.answers[0]?.origin.source === "override";

/** Put the answers of a saved response (or the payer's draft) into a tree that was grown with it. */
export function recall(root) {
  for (const node of questions(root)) {
    const saved = node.saved ?? [];
    node.answers = saved.map((each) => ({ value: bare(each), origin: read(each) }));
    node.byPayer = node.answers.filter(({ origin }) => origin.source === "payer").map(({ value }) => value);
    const told = node.savedItem && !saved.length && value(node.savedItem, URL.informationOrigin) === undefined ? read(node.savedItem) : null;
    node.cleared = told?.source === "override" ? { ...(told.because && { because: told.because }) } : null;
    node.touched = node.answers.some(({ origin }) => byPerson(origin));
  }
}

/** What the questionnaire itself begins with, where nothing is known (item.initial, answerOption.initialSelected). */
export function begin(root) {
  for (const node of questions(root)) {
    if (node.answers.length || node.cleared) continue;
    const chosen = (node.item.answerOption ?? []).filter((each) => each.initialSelected).map(bare);
    const initial = node.item.initial?.map(bare) ?? chosen;
    node.answers = initial.map((each) => ({ value: each, origin: { source: "payer" } }));
  }
}

/**
 * Take in what the chart tells of one question (R187-189): fills what is empty or automatic, never what a person said or
 * cleared; a manual answer that the chart knows too becomes an override.
 */
export function found(node, values, evidence) {
  node.found = { values, evidence };
  if (node.cleared) return;
  const [first] = node.answers;
  if (byPerson(first?.origin)) {
    if (values.length) for (const { origin } of node.answers) origin.source = "override";
    return;
  }
  if (values.length) node.answers = values.map((each) => ({ value: each, origin: { source: "chart" } }));
}

/** The questions that are asked and not answered: those required, and the others. */
export function open(root) {
  const unanswered = questions(root).filter((node) => isAsked(node) && !node.answers.length && value(node.item, URL.hidden) !== true && !node.item.readOnly);
  return { required: unanswered.filter((node) => node.item.required), optional: unanswered.filter((node) => !node.item.required) };
}

function bare(answer) {
  const key = Object.keys(answer).find((name) => name.startsWith("value"));
  return { [key]: answer[key] };
}
