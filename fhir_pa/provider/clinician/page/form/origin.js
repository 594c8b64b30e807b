// Where an answer came from: the chart, the payer, the clinician, a calculation; and why a person changed it (DTR information-origin).
//
// origin: { source: "chart" | "payer" | "manual" | "override", author, because }

import { all, URL, value } from "./extensions.js";

const TO_WIRE = { "2.0.1": { chart: "auto", payer: "auto" }, 2.2: { chart: "auto-client", payer: "auto-server" } };
const FROM_WIRE = { auto: "payer", "auto-server": "payer", "auto-client": "chart" };
const ROLE = { system: "http://terminology.hl7.org/CodeSystem/practitioner-role", code: "doctor" };

export const byPerson = (origin) => origin?.source === "manual" || origin?.source === "override";

/** The origin an answer (or an item without one) tells; one that tells none was the payer's. */
export function read(element) {
  const [told] = all(element, URL.informationOrigin);
  const code = told && value(told, "source");
  const because = told && value(told, URL.because);
  const source = FROM_WIRE[code] ?? code ?? "payer";
  return { source, ...(because && { because }), ...(told && all(told, "author").length && { author: all(told, "author")[0] }) };
}

/** The information-origin extension; the author is named exactly when a person gave the answer (dtrx-1). */
export function write(origin, guide, clinician) {
  const code = TO_WIRE[guide]?.[origin.source] ?? origin.source;
  const parts = [{ url: "source", valueCode: code }];
  if (byPerson(origin)) parts.push(origin.author ?? author(clinician));
  if (origin.because) parts.push({ url: URL.because, valueString: origin.because });
  return { url: URL.informationOrigin, extension: parts };
}

function author({ reference, role }) {
  const coding = role?.length ? role : [ROLE];
  return { url: "author", extension: [{ url: "role", valueCodeableConcept: { coding } }, { url: "practitioner", valueReference: { reference } }] };
}
