// Plain values -> answers of a question's type. What FHIRPath and CQL give, and what a person types, all pass here.

import { all, URL, value as extension, valueOf } from "./extensions.js";

const QUANTITY = /^(-?\d+(?:\.\d+)?)\s*'(.*)'$/;

/** The answers that these plain values make; a value that cannot be one of this type is left out. */
export function answersOf(item, values) {
  const made = values.map((each) => answerOf(item, each)).filter(Boolean);
  return item.repeats ? made : made.slice(0, 1);
}

/** One answer.value[x], or undefined. */
export function answerOf(item, value) {
  if (value === null || value === undefined || value === "") return undefined;
  switch (item.type) {
    case "boolean":
      return typeof value === "boolean" ? { valueBoolean: value } : undefined;
    case "integer":
      return Number.isInteger(number(value)) ? { valueInteger: number(value) } : undefined;
    case "decimal":
      return number(value) === undefined ? undefined : { valueDecimal: number(value) };
    case "quantity":
      return quantity(item, value);
    case "date":
      return dated(value, 10) && { valueDate: dated(value, 10) };
    case "dateTime":
      return dated(value) && { valueDateTime: dated(value) };
    case "time":
      return { valueTime: String(value).replace(/^T/, "") };
    case "choice":
    case "open-choice":
      return choice(item, value);
    case "reference":
      return referenceTo(value);
    case "attachment":
      return typeof value === "object" ? { valueAttachment: value } : undefined;
    case "url":
      return { valueUri: String(value) };
    default:
      return { valueString: typeof value === "object" ? (value.display ?? value.text ?? JSON.stringify(value)) : String(value) };
  }
}

/** Units a quantity may be given in: offered by the item, its only one, or none. */
export function units(item) {
  const offered = all(item, URL.unitOption).map(({ valueCoding }) => valueCoding);
  const only = extension(item, URL.unit);
  return offered.length ? offered : only ? [only] : [];
}

function number(value) {
  const found = typeof value === "object" ? value.value : Number(value);
  return Number.isFinite(found) ? Number(found.toFixed(8)) : undefined;
}

function quantity(item, value) {
  if (typeof value === "object") return value.value === undefined ? undefined : { valueQuantity: { ...value, value: number(value.value) } };
  const [, amount, code] = QUANTITY.exec(String(value)) ?? [null, value, null];
  const offered = units(item);
  const unit = offered.find((each) => each.code === code) ?? (code ? { system: "http://unitsofmeasure.org", code } : offered[0]);
  if (number(amount) === undefined) return undefined;
  return { valueQuantity: { value: number(amount), ...(unit && { unit: unit.display ?? unit.code, system: unit.system, code: unit.code }) } };
}

function dated(value, length) {
  const text = String(value).replace(/^@/, "");
  return /^\d{4}(-\d\d(-\d\d(T.*)?)?)?$/.test(text) ? text.slice(0, length) : undefined;
}

/** The listed option this value means; of an open question, its words; of an unlisted value set, the coding itself. */
function choice(item, value) {
  const options = item.answerOption ?? [];
  const code = typeof value === "object" ? value.code : value;
  const fits = (each) => each.valueCoding?.code === code && (typeof value !== "object" || !value.system || !each.valueCoding.system || each.valueCoding.system === value.system);
  const listed = options.find((each) => fits(each) || (each.valueString ?? each.valueInteger ?? each.valueDate ?? each.valueTime) === value);
  if (listed) {
    const { extension: _, initialSelected: __, ...bare } = listed;
    return bare;
  }
  if (typeof value === "object" && value.code && (!options.length || item.type === "open-choice")) return { valueCoding: strip(value) };
  return item.type === "open-choice" ? { valueString: typeof value === "object" ? value.display : String(value) } : undefined;
}

const strip = ({ system, code, display }) => ({ ...(system && { system }), code, ...(display && { display }) });

function referenceTo(value) {
  if (typeof value === "string") return { valueReference: { reference: value } };
  if (value.resourceType) return { valueReference: { reference: `${value.resourceType}/${value.id}` } };
  return value.reference ? { valueReference: value } : undefined;
}

/** Whether two answers are the same choice; a reference may name what it means by a number alone. */
export function same(left, right) {
  const [one, other] = [valueOf(left), valueOf(right)];
  if (typeof one !== "object" || typeof other !== "object") return one === other;
  const alike = (mine, theirs) => !mine || !theirs || mine === theirs;
  const [number, another] = [one.identifier, other.identifier];
  if (one.reference !== other.reference || number?.value !== another?.value || !alike(number?.system, another?.system)) return false;
  const named = one.code ?? one.reference ?? number;
  return one.code === other.code && alike(one.system, other.system) && (named !== undefined || one.display === other.display);
}
