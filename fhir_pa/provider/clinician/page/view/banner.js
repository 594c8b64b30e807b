// Whose chart this is, always in sight, and who works in it.

import { day, fill, h } from "../element.js";

export function showBanner({ patient, clinician }) {
  const about = [patient.born && `born ${day(patient.born)}`, patient.gender].filter(Boolean).join(", ");
  fill(document.getElementById("banner"), h("p", { class: "patient" }, h("strong", {}, patient.name), h("span", {}, about)), h("p", { class: "who" }, clinician.name));
}
