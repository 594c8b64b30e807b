// What is wrong with the answers given, one sentence each: beside the field while working, and before anything is finished.

import { Broken, Moment } from "./expressions.js";
import { all, URL, value, valueOf } from "./extensions.js";
import { holdsClosed } from "./toggles.js";
import { isAsked, isHidden, walk } from "./tree.js";

/** [{ node, words, missing }] for everything asked; `missing` marks a required question without an answer. */
export function faults(root, form) {
  const found = [];
  for (const node of walk(root)) {
    if (!isAsked(node) || isHidden(node)) continue;
    if (node.kind === "question") found.push(...ofQuestion(node));
    if (node.kind === "rows") found.push(...ofRows(node));
  }
  return [...found, ...ofConstraints(root, form)];
}

function ofQuestion(node) {
  const { item, answers } = node;
  const words = [];
  if (!answers.length) return item.required && !item.readOnly ? [{ node, words: "Needs an answer.", missing: true }] : [];
  for (const { value: answer } of answers) words.push(...ofValue(item, valueOf(answer)));
  if (holdsClosed(node)) words.push("This option is not open any more. Choose another.");
  const least = value(item, URL.minOccurs);
  const most = value(item, URL.maxOccurs);
  if (least > answers.length) words.push(`Give at least ${least} answers.`);
  if (most < answers.length) words.push(`Give at most ${most} answers.`);
  const alone = (item.answerOption ?? []).filter((each) => value(each, URL.optionExclusive) === true).map((each) => JSON.stringify(valueOf(each)?.code));
  if (answers.length > 1 && answers.some(({ value: each }) => alone.includes(JSON.stringify(valueOf(each)?.code)))) words.push("One of these answers can only stand alone.");
  return words.map((each) => ({ node, words: each }));
}

function ofRows(node) {
  const least = value(node.item, URL.minOccurs);
  const most = value(node.item, URL.maxOccurs);
  if (least > node.rows.length) return [{ node, words: `Add at least ${least} entries.` }];
  return most < node.rows.length ? [{ node, words: `Keep at most ${most} entries.` }] : [];
}

function ofValue(item, said) {
  const words = [];
  const amount = item.type === "quantity" ? said.value : said;
  const least = value(item, URL.minValue);
  const most = value(item, URL.maxValue);
  const bound = (limit) => (typeof limit === "object" ? limit.value : limit);
  if (least !== undefined && amount < bound(least)) words.push(`Must be ${bound(least)} or more.`);
  if (most !== undefined && amount > bound(most)) words.push(`Must be ${bound(most)} or less.`);
  if (typeof said === "number") {
    const places = value(item, URL.maxDecimalPlaces);
    if (places !== undefined && (String(said).split(".")[1] ?? "").length > places) words.push(`Use at most ${places} decimal places.`);
  }
  if (typeof said === "string") {
    if (item.maxLength && said.length > item.maxLength) words.push(`Use at most ${item.maxLength} characters; these are ${said.length}.`);
    const shortest = value(item, URL.minLength);
    if (shortest > said.length) words.push(`Use at least ${shortest} characters.`);
    const pattern = value(item, URL.regex);
    if (pattern && !matches(pattern, said)) words.push(`Write it as ${value(item, URL.entryFormat) ?? "the form asks"}.`);
  }
  if (item.type === "attachment") words.push(...ofAttachment(item, said));
  return words;
}

function ofAttachment(item, said) {
  const kinds = all(item, URL.mimeType).map(valueOf);
  const largest = value(item, URL.maxSize);
  const words = [];
  if (kinds.length && !kinds.includes(said.contentType)) words.push(`Choose a file of the kind ${kinds.join(" or ")}.`);
  if (largest !== undefined && said.size > largest * 1_000_000) words.push(`Choose a file of at most ${largest} MB.`);
  return words;
}

function ofConstraints(root, form) {
  const found = [];
  let moment = null;
  for (const node of [root, ...walk(root)]) {
    if (node.kind === "row" || !isAsked(node)) continue;
    for (const rule of rules(node.item)) {
      moment ??= new Moment(root, form);
      if (node.parent && !moment.elements.has(node)) continue;
      try {
        const [verdict] = moment.evaluate({ language: "text/fhirpath", expression: rule.expression }, node);
        if (verdict === false) found.push({ node, words: rule.human, warning: rule.severity === "warning" });
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
      }
    }
  }
  return found;
}

/** The constraints of an item: R4's complex extension, and targetConstraint. */
function rules(item) {
  return all(item, URL.constraint, URL.targetConstraint, URL.targetConstraintOfSdc).map((each) => ({
    severity: value(each, "severity"),
    expression: value(each, "expression")?.expression ?? value(each, "expression"),
    human: value(each, "human") ?? "This does not fit with the other answers.",
  }));
}

function matches(pattern, text) {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(text);
  } catch {
    return true;
  }
}
