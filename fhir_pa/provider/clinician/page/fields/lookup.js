// Make what a reference shall point to, when the chart has none: the short form the payer names for it (SDC lookupQuestionnaire).
//
// What is filled in is kept in the chart as a QuestionnaireResponse of its own, and the answer refers to it.

import { announce, fill, h } from "../element.js";
import { begin, recall } from "../form/answers.js";
import { faults } from "../form/check.js";
import { all, URL as NAME, value, valueOf } from "../form/extensions.js";
import { write } from "../form/response.js";
import { settle } from "../form/settle.js";
import { grow } from "../form/tree.js";
import { populate } from "../facts/populate.js";
import { call } from "../server.js";
import { button, notice } from "../view/notice.js";

/** A button that opens the form beside the field; null when the question names none, or points to what no form makes. */
export function lookup(node, use) {
  const canonical = value(node.item, NAME.lookupQuestionnaire);
  const kinds = all(node.item, NAME.referenceResource).map(valueOf);
  if (!canonical || (kinds.length && !kinds.includes("QuestionnaireResponse")) || use.form.within?.includes(canonical)) return null;
  const place = h("div", { class: "lookup" });
  const opener = button("None of these: fill in a new one", () => open());
  const close = () => (place.replaceChildren(opener), opener.focus());
  const open = async () => {
    fill(place, h("p", { class: "quiet" }, "Getting the form…"));
    try {
      const small = await smallForm(canonical, use.form);
      place.replaceChildren(smallView(small, use.draw, close, (answer) => (close(), use.say([answer]))));
      place.querySelector("legend").focus();
    } catch (trouble) {
      if (!trouble.title) throw trouble;
      place.replaceChildren(notice("trouble", trouble.title, trouble.words), opener);
    }
  };
  place.append(opener);
  return place;
}

/** The named form as a session of its own kind: same chart, same clinician, filled from the chart as far as it can be. */
async function smallForm(canonical, form) {
  const { questionnaire } = await call(`named-form?${new URLSearchParams({ canonical: form.canonical, url: canonical })}`);
  const named = questionnaire.version ? `${questionnaire.url}|${questionnaire.version}` : questionnaire.url;
  const { guide, clinician, facts, launch, valueSets, payer, chart, queried } = form;
  const response = { resourceType: "QuestionnaireResponse", questionnaire: named, extension: form.response.extension };
  const within = [...(form.within ?? []), canonical]; // a form may name itself, once
  const small = { within, questionnaire, response, guide, clinician, facts, launch, valueSets, payer, chart, queried, canonical: form.canonical, report: (problems) => form.report(problems) };
  small.root = grow(questionnaire, response);
  recall(small.root);
  begin(small.root);
  await populate(small.root, small, chart);
  return small;
}

function smallView(form, draw, close, taken) {
  const page = { form, draw, strict: false, change: (act) => (act(), settle(form.root, form), refresh()), refreshed: () => refresh() };
  const views = form.root.children.map((each) => draw(each, page)).filter(Boolean);
  const wrongs = h("div", { class: "wrongs", role: "alert" });
  const refresh = () => {
    const found = faults(form.root, form);
    for (const each of views) each.refresh(found);
    return found;
  };
  const keep = async () => {
    page.strict = true;
    if (refresh().some(({ warning }) => !warning)) return fill(wrongs, h("p", {}, "Something is missing or wrong above."));
    try {
      const kept = await call("form", { response: write(form.root, { ...form, status: "completed" }) });
      announce("Kept in the chart.");
      return taken({ valueReference: { reference: `QuestionnaireResponse/${kept.id}`, display: form.questionnaire.title ?? "Filled in here" } });
    } catch (trouble) {
      if (!trouble.title) throw trouble;
      return fill(wrongs, h("p", {}, `${trouble.title} ${trouble.words}`));
    }
  };
  const element = h("fieldset", { class: "group" }, h("legend", { tabindex: "-1" }, form.questionnaire.title ?? "A new one"), views.map((each) => each.element), wrongs, h("div", { class: "onward" }, button("Keep it and use it here", keep, "first"), button("Cancel", close, "quiet")));
  refresh();
  return element;
}
