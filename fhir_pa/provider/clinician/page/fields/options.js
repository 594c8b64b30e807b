// What a choice may be: the item's own options, its value set from the package or the form, or what the payer expands on asking.

import { all, URL as NAME, value, valueOf } from "../form/extensions.js";
import { mediaOf } from "../view/media.js";
import { safe } from "../view/markup.js";
import { call } from "../server.js";

/** { options: [{ value, words, shown, media, alone }], search } – `search` when there are too many to list; `shown` is markup for the words, where there is any. */
export function optionsOf(node, form) {
  const { item } = node;
  if (item.answerOption) {
    const found = item.answerOption.map((each) => ({ value: bare(each), words: label(each), shown: shown(each), media: mediaOf(each, form), alone: value(each, NAME.optionExclusive) === true }));
    return { options: found };
  }
  const codes = item.answerValueSet && codesOf(item.answerValueSet, form);
  if (codes) return { options: codes.map(ofCoding) };
  const [fromForm] = all(item, NAME.answerExpression);
  if (fromForm) return { options: (form.facts?.of(fromForm.valueExpression)?.plain ?? []).map(ofCoding) };
  if (!item.answerValueSet) return { options: [] };
  const search = async (words) => {
    const query = new URLSearchParams({ canonical: form.canonical, url: item.answerValueSet, filter: words });
    return (await call(`expansion?${query}`)).codes.map(ofCoding);
  };
  return { options: [], search };
}

/** Contained in the form, or brought by the package (with or without its version); undefined when it must be asked for. */
export function codesOf(canonical, form) {
  if (canonical.startsWith("#")) {
    const own = form.questionnaire.contained?.find(({ id }) => `#${id}` === canonical);
    return own && (own.expansion?.contains ?? own.compose?.include?.flatMap(({ system, concept }) => (concept ?? []).map((each) => ({ system, ...each }))));
  }
  const found = form.valueSets[canonical] ?? form.valueSets[canonical.split("|")[0]];
  return found?.length ? found : undefined;
}

const ofCoding = ({ system, code, display }) => ({ value: { valueCoding: { ...(system && { system }), code, ...(display && { display }) } }, words: display ?? code });

function bare(option) {
  const key = Object.keys(option).find((name) => name.startsWith("value"));
  return { [key]: option[key] };
}

/** The markup the payer gave the option, safe to show (rendering-xhtml on the value or on the coding's display). */
function shown(option) {
  const beside = Object.entries(option).find(([name]) => name.startsWith("_value"))?.[1] ?? option.valueCoding?._display;
  const markup = value(beside, NAME.renderingXhtml);
  return markup && safe(markup);
}

function label(option) {
  const said = valueOf(option);
  return typeof said === "object" ? (said.display ?? said.code ?? said.reference) : String(said);
}
