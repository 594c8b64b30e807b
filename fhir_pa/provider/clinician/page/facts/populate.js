// Fill the form from the chart: run what its questions name, give each question what was found, come to rest.

import { answersOf } from "../form/typed.js";
import { found } from "../form/answers.js";
import { Broken, isCql, looksLikePath, Moment } from "../form/expressions.js";
import { all, URL } from "../form/extensions.js";
import { settle } from "../form/settle.js";
import { addRow, questions, walk } from "../form/tree.js";
import { expressions } from "./facts.js";
import { isQuery, queried, searched } from "./queries.js";

/** Fills the tree; the problems met are kept in form.facts.problems and returned (empty when all went well). */
export async function populate(root, form, chart) {
  const { facts } = form;
  form.queried = { ...form.queried, ...(await queried(form, facts.problems)) };
  await facts.find(expressions(form.questionnaire), chart.resources, chart.patient);
  const problems = new Set(settle(root, form));
  for (const node of [...walk(root)].filter(({ kind }) => kind === "rows")) await spread(node, root, form, problems);
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

/** One row for each thing the population context finds, while nobody has written in the group; its name is known in the row (SDC §population). */
async function spread(node, root, form, problems) {
  const [{ valueExpression: expression } = {}] = all(node.item, URL.itemPopulationContext);
  if (!expression || node.looked || [...walk(node)].some(({ answers }) => answers?.length)) return;
  node.looked = true;
  try {
    const found = isQuery(expression) ? (await searched(expression.expression, form.launch)).entry.map(({ resource }) => resource) : new Moment(root, form).evaluate(expression, node);
    if (!found.length) return;
    node.rows = [];
    for (const each of found) addRow(node).context = { [expression.name]: each };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    problems.add(error.message);
  }
}

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
