// An authorization number that came unasked: the clinician may say that it is not valid, and why (DTR spec-44).

import { announce, fill, fresh, h } from "../element.js";
import { button } from "./notice.js";

const REASONS = ["It rests on a wrong answer", "It is for another service", "The plan of care has changed"];

/** `object(because)` keeps the objection and gives the reason it was kept with. */
export function numberView(number, object, objection = null) {
  const place = h("div", { class: "number", "aria-live": "polite" });
  const wrongs = h("p", { class: "error", hidden: true });
  const said = (because) => {
    fill(place, h("p", { class: "objection" }, h("span", { class: "tag" }, "Not valid"), ` You marked ${number} as not valid${because ? `: ${because}` : ""}. It stands so on the order.`));
    announce(`${number} is marked as not valid.`);
  };
  const id = fresh("objection");
  const list = fresh("reasons");
  const why = h("input", { id, type: "text", class: "wide", list, maxlength: 200 });
  const mark = async () => {
    try {
      said(await object(why.value.trim()));
    } catch (trouble) {
      if (!trouble.title) throw trouble;
      wrongs.hidden = false;
      wrongs.textContent = `${trouble.title} ${trouble.words}`;
    }
  };
  if (objection !== null) said(objection);
  else place.append(h("details", {}, h("summary", {}, "This number is not valid"), h("div", { class: "reason" }, h("label", { for: id }, "Why? (optional)"), why, h("datalist", { id: list }, REASONS.map((value) => h("option", { value }))), wrongs, button("Mark as not valid", mark))));
  return place;
}
