// Variables of a form that are searches in the chart (application/x-fhir-query), each answered once as a Bundle.

import { all, URL } from "../form/extensions.js";
import { call } from "../server.js";

const QUERY = "application/x-fhir-query";

/** A query with its {{%patient.id}} (or {{%user.id}}) filled from what the launch told. */
export function filled(query, launch) {
  return query.replace(/\{\{\s*%(\w+)\.id\s*\}\}/g, (_, name) => launch[name]?.id ?? "");
}

export const isQuery = ({ language }) => language === QUERY;

/** The searchset a query brings. Throws Trouble. */
export async function searched(expression, launch) {
  const { resources } = await call("search", { query: filled(expression, launch) });
  return { resourceType: "Bundle", type: "searchset", entry: resources.map((resource) => ({ resource })) };
}

/** { name: Bundle } for every such variable of the form that was not looked up yet; one that is no search is a problem, and empty. */
export async function queried(form, problems) {
  const found = {};
  for (const { name, expression } of variables(form.questionnaire)) {
    if (form.queried && name in form.queried) continue;
    try {
      found[name] = await searched(expression, form.launch);
    } catch (trouble) {
      if (trouble.status !== 400) throw trouble;
      found[name] = { resourceType: "Bundle", type: "searchset" };
      problems.push(`variable ${name} is no search`);
    }
  }
  return found;
}

function variables(node) {
  const own = all(node, URL.variable).map(({ valueExpression }) => valueExpression).filter(isQuery);
  return [...own, ...(node.item ?? []).flatMap(variables)];
}
