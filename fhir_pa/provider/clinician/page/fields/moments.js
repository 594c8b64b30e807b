// Days and times with the browser's own pickers, which speak the clinician's language and work from the keyboard.

import { now } from "../facts/facts.js";
import { URL as NAME, value } from "../form/extensions.js";
import { typed } from "./field.js";

const limits = (node, cut) => ({ min: value(node.item, NAME.minValue)?.slice(0, cut), max: value(node.item, NAME.maxValue)?.slice(0, cut) });

export function date(node, use) {
  return typed(node, use, { type: "date", class: "day", ...limits(node, 10), read: (words) => ({ valueDate: words }), write: (said) => said.slice(0, 10) });
}

/** A moment is written with the offset of the place where the clinician sits. */
export function dateTime(node, use) {
  const read = (words) => ({ valueDateTime: `${words.slice(0, 16)}:00${now(new Date(words)).slice(-6)}` });
  return typed(node, use, { type: "datetime-local", class: "day", ...limits(node, 16), read, write: (said) => (said.length > 10 ? said.slice(0, 16) : `${said}T00:00`) });
}

export function time(node, use) {
  return typed(node, use, { type: "time", class: "day", read: (words) => ({ valueTime: `${words}:00`.slice(0, 8) }), write: (said) => said.slice(0, 5) });
}
