// Point to something in the chart: what the form's candidateExpression finds, else the patient's resources of the kinds allowed.

import { describe } from "../facts/evidence.js";
import { filled } from "../facts/queries.js";
import { all, URL as NAME, valueOf } from "../form/extensions.js";
import { call } from "../server.js";
import { grounds } from "../view/words.js";
import { combobox } from "./combobox.js";

export function reference(node, use) {
  let held = null;
  const search = async (words) => {
    held ??= await candidates(node, use.form);
    return held.filter((each) => words === "" || each.words.toLowerCase().includes(words.toLowerCase()));
  };
  search.least = 0;
  return combobox(node, use, { options: [], search });
}

async function candidates(node, form) {
  const [asked] = all(node.item, NAME.candidateExpression);
  const fact = asked && form.facts?.of(asked.valueExpression);
  const resources = fact ? fact.plain.filter((each) => each?.resourceType) : (await Promise.all(queries(node, asked?.valueExpression, form).map((query) => call("search", { query })))).flatMap((each) => each.resources);
  return resources.map((each) => {
    const about = describe(each);
    return { value: { valueReference: { reference: about.reference, display: grounds(about) } }, words: grounds(about) };
  });
}

/** A query the form wrote (application/x-fhir-query), its {{%patient.id}} filled; or one for each kind it allows. */
function queries(node, expression, form) {
  if (expression?.language === "application/x-fhir-query") return [filled(expression.expression, form.launch)];
  return all(node.item, NAME.referenceResource).map((each) => `${valueOf(each)}?patient=${form.launch.patient.id}`);
}
