// Fill the form from the chart: run what its questions name, give each question what was found, come to rest.

import { answersOf } from "../form/typed.js";
import { found } from "../form/answers.js";
import { Broken, isCql, Moment } from "../form/expressions.js";
import { all, URL } from "../form/extensions.js";
import { settle } from "../form/settle.js";
import { questions } from "../form/tree.js";
import { expressions } from "./facts.js";
import { queried } from "./queries.js";

/** Fills the tree; the problems met are kept in form.facts.problems and returned (empty when all went well). */
export async function populate(root, form, chart) {
  const { facts } = form;
  form.queried = { ...form.queried, ...(await queried(form)) };
  await facts.find(expressions(form.questionnaire), chart.resources, chart.patient);
  const problems = new Set(settle(root, form));
  for (const node of questions(root)) {
    const [initial] = all(node.item, URL.initialExpression);
    if (!initial || node.looked) continue;
    try {
      take(node, initial.valueExpression, root, form, problems);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      problems.add(error.message);
    }
  }
  for (const each of settle(root, form)) problems.add(each);
  return [...facts.problems, ...problems];
}

/** Some payers call FHIRPath CQL: its variables and calls give it away. */
const looksLikePath = ({ expression }) => /[%(]/.test(expression);

/** Each question is looked up once: what a person cleared or changed since is not put back. */
function take(node, expression, root, form, problems) {
  const fact = isCql(expression) ? form.facts.of(expression) : undefined;
  if (isCql(expression) && !fact && !looksLikePath(expression)) {
    const lack = form.facts.lack(expression);
    if (lack) problems.add(lack);
    return;
  }
  const values = fact ? fact.plain : new Moment(root, form).evaluate(expression, node);
  node.looked = true;
  found(node, answersOf(node.item, values), fact?.evidence ?? []);
}
