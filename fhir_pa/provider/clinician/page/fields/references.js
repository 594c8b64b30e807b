// Point to something in the chart: what the form's candidateExpression finds, else the patient's resources of the kinds allowed.

import { h } from "../element.js";
import { describe } from "../facts/evidence.js";
import { filled } from "../facts/queries.js";
import { all, URL as NAME, valueOf } from "../form/extensions.js";
import { call } from "../server.js";
import { grounds } from "../view/words.js";
import { combobox } from "./combobox.js";
import { lookup } from "./lookup.js";

export function reference(node, use) {
  let held = null;
  const search = async (words) => {
    held ??= await candidates(node, use.form);
    return held.filter((each) => words === "" || each.words.toLowerCase().includes(words.toLowerCase()));
  };
  search.least = 0;
  const field = combobox(node, use, { options: [], search });
  const maker = lookup(node, use);
  return maker ? { ...field, element: h("div", { class: "with-lookup" }, field.element, maker) } : field;
}

async function candidates(node, form) {
  const [asked] = all(node.item, NAME.candidateExpression);
  const fact = asked && form.facts?.of(asked.valueExpression);
  const resources = await (fact ? resolved(fact.plain) : every(queries(node, asked?.valueExpression, form)));
  const profiles = all(node.item, NAME.referenceProfile).map((each) => String(valueOf(each)).split("|")[0]);
  const fits = ({ meta }) => !profiles.length || !meta?.profile?.length || meta.profile.some((each) => profiles.includes(each.split("|")[0]));
  return resources.filter(fits).map((each) => {
    const about = describe(each);
    return { value: { valueReference: { reference: about.reference, display: grounds(about) } }, words: grounds(about) };
  });
}

/** What a define gives: resources, or references (Type/id) that are looked up, each once. */
async function resolved(plain) {
  const names = plain.map((each) => /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]+)$/.exec(each)).filter(Boolean);
  const missing = new Set(names.map(([, kind, id]) => `${kind}?_id=${id}`));
  return [...plain.filter((each) => each?.resourceType), ...(await every([...missing]))];
}

const every = async (queries) => (await Promise.all(queries.map((query) => call("search", { query })))).flatMap((each) => each.resources);

/** A query the form wrote (application/x-fhir-query), its {{%patient.id}} filled; or one for each kind it allows. */
function queries(node, expression, form) {
  if (expression?.language === "application/x-fhir-query") return [filled(expression.expression, form.launch)];
  return all(node.item, NAME.referenceResource).map((each) => `${valueOf(each)}?patient=${form.launch.patient.id}`);
}
