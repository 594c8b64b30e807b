// Which documents of the chart go along with the request, or answer what the payer asked for: chosen by the clinician, never all of them.

import { fill, h } from "../element.js";
import { describe } from "../facts/evidence.js";
import { call } from "../server.js";
import { grounds } from "./words.js";

const KINDS = ["DocumentReference", "DiagnosticReport"];

/** Boxes to tick for the patient's documents, those in `chosen` ticked already; `read()` gives the references. They are looked up when opened. */
export function documentsView(patient, chosen, words) {
  const list = h("div", { class: "options", role: "group", "aria-label": words });
  const ticked = () => [...list.querySelectorAll("input:checked")].map(({ value }) => value);
  const own = chosen.filter((each) => KINDS.includes(each.split("/")[0]));
  let looked = false;
  const look = async () => {
    if (looked) return;
    looked = true;
    fill(list, h("p", { class: "quiet" }, "Looking in the chart…"));
    try {
      const found = (await Promise.all(KINDS.map((kind) => call("search", { query: `${kind}?patient=${patient}` })))).flatMap(({ resources }) => resources).map(describe);
      found.sort((one, other) => String(other.on ?? "").localeCompare(String(one.on ?? "")));
      list.replaceChildren(...(found.length ? found.map((each) => option(each, own.includes(each.reference))) : [h("p", { class: "quiet" }, "The chart holds no documents.")]));
    } catch (trouble) {
      if (!trouble.title) throw trouble;
      looked = false;
      fill(list, h("p", { class: "error" }, `${trouble.title} ${trouble.words}`));
    }
  };
  const element = h("details", { class: "documents", ontoggle: (event) => event.target.open && look() }, h("summary", {}, `${words}${own.length ? ` · ${own.length} chosen already` : ""}`), list);
  return { element, read: () => (looked ? ticked() : own) };
}

const option = (each, checked) => h("label", { class: "option" }, h("input", { type: "checkbox", value: each.reference, checked }), h("span", {}, h("span", { class: "tag" }, each.kind), " ", grounds(each)));
