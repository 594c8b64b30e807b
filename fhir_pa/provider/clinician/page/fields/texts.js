// Words: one line, several lines, an address on the web.

import { h } from "../element.js";
import { URL as NAME, value, valueOf } from "../form/extensions.js";
import { typed } from "./field.js";

export function string(node, use) {
  return typed(node, use, { class: "wide", placeholder: value(node.item, NAME.entryFormat), read: (words) => ({ valueString: words }) });
}

export function url(node, use) {
  const read = (words) => {
    if (!/^[a-z][a-z0-9+.-]*:\S+$/i.test(words)) throw new Error("Write a full address, e.g. https://clinic.example/report.");
    return { valueUri: words };
  };
  return typed(node, use, { class: "wide", inputmode: "url", read });
}

export function text(node, use) {
  const area = h("textarea", {
    id: use.id,
    rows: 3,
    maxlength: node.item.maxLength,
    "aria-required": node.item.required ? "true" : undefined,
    onchange: () => use.say(area.value.trim() ? [{ valueString: area.value.trim() }] : []),
  });
  return {
    element: area,
    single: area,
    focus: () => area.focus(),
    refresh() {
      if (document.activeElement === area) return;
      area.value = node.answers[0] ? valueOf(node.answers[0].value) : "";
    },
  };
}
