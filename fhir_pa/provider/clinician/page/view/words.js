// Answers, origins and evidence in words.

import { clock, day } from "../element.js";
import { valueOf } from "../form/extensions.js";
import { units } from "../form/typed.js";

/** One answer as people read it. */
export function spoken(value, item = {}) {
  const said = valueOf(value);
  const [kind] = Object.keys(value);
  switch (kind) {
    case "valueBoolean":
      return said ? "Yes" : "No";
    case "valueDate":
      return day(said);
    case "valueDateTime":
      return [day(said), clock(said)].filter(Boolean).join(", ");
    case "valueTime":
      return said.slice(0, 5);
    case "valueCoding":
      return said.display ?? listed(item, said) ?? said.code;
    case "valueQuantity":
      return `${said.value} ${said.unit ?? said.code ?? ""}`.trim();
    case "valueReference":
      return said.display ?? said.reference;
    case "valueAttachment":
      return said.title ?? said.contentType ?? "File";
    default:
      return String(said);
  }
}

/** The unit of a question that is answered by a plain number; undefined for any other. */
export function unitOf(item) {
  const [unit] = ["decimal", "integer"].includes(item.type) ? units(item) : [];
  return unit?.display ?? unit?.code;
}

/** All answers of a question, with the unit of a plain number. */
export function answer(node, unit) {
  const words = node.answers.map(({ value }) => spoken(value, node.item)).join("; ");
  return unit && words ? `${words} ${unit}` : words;
}

const listed = (item, coding) => item.answerOption?.find(({ valueCoding }) => valueCoding?.code === coding.code)?.valueCoding.display;

/** Where an answer came from, in one or two words. */
export function source(origin, payer) {
  if (origin.calculated) return "Calculated";
  return { chart: "Chart", payer: payer ?? "Payer", manual: "You", override: "You, changed" }[origin.source] ?? "Payer";
}

/** A piece of evidence: what, its value, its day. */
export const grounds = ({ what, value, on }) => [what, value, on && day(on)].filter(Boolean).join(" · ");

const PEOPLE = { Patient: "the patient", RelatedPerson: "a relative", Organization: "the organization", Device: "a device", Practitioner: "a clinician", PractitionerRole: "a clinician" };

/** Who a kind of resource means, in words. */
export const whoIs = (kind) => PEOPLE[kind] ?? kind;
