// What every field has in common: it is named by its question, described by help and error, and tells what a person enters.
//
// A field: { element, single (the control a label can point to, if there is one), focus(), refresh() }

import { h } from "../element.js";
import { valueOf } from "../form/extensions.js";

/** A text-like input whose words are read when they are complete; `read` gives an answer, undefined for nothing, or throws. */
export function typed(node, use, { read, write = String, ...attributes }) {
  const input = h("input", {
    id: use.id,
    type: "text",
    autocomplete: "off",
    "aria-required": node.item.required ? "true" : undefined,
    maxlength: node.item.maxLength,
    ...attributes,
    onchange: () => enter(),
    oninput: () => node.wrongWords && enter(),
  });
  const enter = () => {
    const words = input.value.trim();
    node.wrongWords = undefined;
    try {
      use.say(words === "" ? [] : [read(words)]);
    } catch (error) {
      node.wrongWords = error.message;
      use.refresh();
    }
  };
  return {
    element: input,
    single: input,
    focus: () => input.focus(),
    refresh() {
      if (document.activeElement === input || node.wrongWords) return;
      const [first] = node.answers;
      input.value = first ? write(valueOf(first.value)) : "";
    },
  };
}

/** Mark a control as wrong or right, and say what describes it. */
export function describe(element, { describedBy, wrong }) {
  for (const control of element.matches("input,select,textarea,[role=radiogroup],[role=group],[role=combobox]") ? [element] : controls(element)) {
    if (describedBy) control.setAttribute("aria-describedby", describedBy);
    else control.removeAttribute("aria-describedby");
    if (control.getAttribute("role") === "group") continue;
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

const controls = (element) => element.querySelectorAll(":scope input:not([type=radio]):not([type=checkbox]), :scope select, :scope textarea, :scope [role=radiogroup]");
