// Something the clinician must know, said calmly in its place, with what may be done.

import { h } from "../element.js";

/** kind: trouble, warning or note; `actions` are buttons. */
export function notice(kind, title, words, ...actions) {
  return h("div", { class: `notice ${kind}`, role: kind === "note" ? undefined : "alert" }, h("p", { class: "title" }, title), words && h("p", {}, words), actions.length > 0 && h("p", { class: "actions" }, actions));
}

export const button = (words, onclick, kind = "second") => h("button", { type: "button", class: kind, onclick }, words);
