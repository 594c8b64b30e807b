// What the engine tells of a define (engine/values.js lists the shapes) -> plain values that make answers of any type.

/** A list of plain values: booleans, numbers, texts, codings, quantities, resources. */
export function plainOf(told, resources) {
  if (told === null || told === undefined) return [];
  if ("list" in told) return told.list.flatMap((each) => plainOf(each, resources));
  if ("codes" in told) return told.codes.map(({ system, code, display }) => ({ system, code, ...(display && { display }) }));
  if ("quantity" in told) return [{ value: told.quantity, ...(told.unit && { unit: told.unit, system: "http://unitsofmeasure.org", code: told.unit }) }];
  if ("resource" in told) return [resources[told.resource]];
  if ("other" in told) return [told.other];
  const [value] = ["boolean", "number", "date", "dateTime", "time", "string"].filter((kind) => kind in told).map((kind) => told[kind]);
  return value === undefined ? [] : [value];
}
