// A CQL result -> plain JSON that names its kind, so that Python and the browser read it without guessing.
//
// null | { boolean } | { number } | { quantity, unit } | { date } | { dateTime } | { time } | { string }
//      | { codes: [{ system, code, display }] } | { resource: position } | { other: JSON } | { list: [...] } | { unsupported: kind }

const two = (number) => String(number).padStart(2, "0");

function day(date) {
  return [String(date.year).padStart(4, "0"), date.month, date.day].filter((part) => part != null).map((part, at) => (at ? two(part) : part)).join("-");
}

function clock(time) {
  const seconds = two(time.second ?? 0) + (time.millisecond ? `.${String(time.millisecond).padStart(3, "0")}` : "");
  return `${two(time.hour)}:${two(time.minute ?? 0)}:${seconds}`;
}

function offset(hours) {
  const minutes = Math.round((hours ?? 0) * 60);
  return `${minutes < 0 ? "-" : "+"}${two(Math.trunc(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

function moment(value) {
  if (value.isTime?.()) return { time: clock(value) };
  if (value.isDate || value.hour == null) return { date: day(value) };
  return { dateTime: `${day(value)}T${clock(value)}${offset(value.timezoneOffset)}` };
}

/** CQL decimals have at most eight places (CQL R1 §Decimal); binary noise below that is not ours to report. */
const decimal = (number) => Number(number.toFixed(8));
const code = ({ system, code, display }) => ({ system: system ?? "", code, display: display ?? null });

function ofFhir(value, positions) {
  const { _json: json, _typeInfo: type } = value;
  if (json?.resourceType) return positions.has(json) ? { resource: positions.get(json) } : { other: json };
  const kinds = [type, ...type.parentClasses()].map(({ name }) => name.replace(/^FHIR\./, ""));
  const is = (kind) => kinds.includes(kind);
  if (is("Quantity")) return json.value == null || json.comparator ? null : { quantity: decimal(json.value), unit: json.code ?? json.unit ?? null };
  if (is("CodeableConcept")) return json.coding?.length ? { codes: json.coding.filter((coding) => coding.code).map(code) } : json.text ? { string: json.text } : null;
  if (is("Coding")) return json.code ? { codes: [code(json)] } : null;
  if (is("Reference")) return json.reference ? { string: json.reference } : null;
  if (is("Identifier")) return json.value ? { string: json.value } : null;
  return "value" in value ? plain(value.value, positions) : { unsupported: kinds[0] };
}

export function plain(value, positions) {
  if (value == null) return null;
  if (typeof value === "boolean") return { boolean: value };
  if (typeof value === "number") return { number: decimal(value) };
  if (typeof value === "bigint") return { number: Number(value) };
  if (typeof value === "string") return { string: value };
  if (Array.isArray(value)) return { list: value.map((each) => plain(each, positions)) };
  if (value.isQuantity) return { quantity: decimal(value.value), unit: value.unit ?? null };
  if (value.isConcept) return { codes: value.codes.map(code) };
  if (value.isCode) return { codes: [code(value)] };
  if (value.isDateTime || value.isDate) return moment(value);
  if (value._typeInfo) return ofFhir(value, positions);
  return { unsupported: value.isInterval ? "Interval" : value.isRatio ? "Ratio" : "Tuple" };
}
