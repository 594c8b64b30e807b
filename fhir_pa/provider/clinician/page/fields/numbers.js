// Numbers, and quantities with their unit: typed as text, so that nothing is rounded or scrolled away by the browser.

import { h } from "../element.js";
import { URL, value, valueOf } from "../form/extensions.js";
import { units } from "../form/typed.js";
import { typed } from "./field.js";
import { codesOf } from "./options.js";

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** "1,5" is taken for 1.5, as people from many places write it. */
function number(words, whole) {
  const plain = words.replace(",", ".");
  if (whole && !/^-?\d+$/.test(plain)) throw new Error("Write a whole number, e.g. 4.");
  if (!DECIMAL.test(plain)) throw new Error("Write a number, e.g. 88.5.");
  return Number(plain);
}

export function integer(node, use) {
  return united(node, typed(node, use, { inputmode: "numeric", class: "short", read: (words) => ({ valueInteger: number(words, true) }) }));
}

export function decimal(node, use) {
  return united(node, typed(node, use, { inputmode: "decimal", class: "short", read: (words) => ({ valueDecimal: number(words) }) }));
}

/** The number with its unit, chosen where there are several. */
export function quantity(node, use) {
  const listed = value(node.item, URL.unitValueSet);
  const offered = (listed && codesOf(listed, use.form)) ?? units(node.item);
  const held = () => (node.answers[0] ? valueOf(node.answers[0].value) : {});
  let chosen = held().code ?? offered[0]?.code;
  const whole = () => offered.find(({ code }) => code === chosen) ?? (chosen ? { code: chosen } : undefined);
  const made = (amount) => {
    const unit = whole();
    return { valueQuantity: { value: amount, ...(unit && { unit: unit.display ?? unit.code, system: unit.system ?? "http://unitsofmeasure.org", code: unit.code }) } };
  };
  const amount = typed(node, use, { inputmode: "decimal", class: "short", read: (words) => made(number(words)), write: ({ value }) => String(value) });
  const choose = ({ target }) => {
    chosen = target.value;
    if (node.answers.length) use.say([made(held().value)]);
  };
  const unit =
    offered.length > 1
      ? h("select", { class: "unit", "aria-label": "Unit", onchange: choose }, offered.map(({ code, display }) => h("option", { value: code }, display ?? code)))
      : offered.length
        ? h("span", { class: "unit" }, offered[0].display ?? offered[0].code)
        : h("input", { class: "unit short", "aria-label": "Unit", placeholder: "Unit", value: chosen ?? "", onchange: choose });
  return {
    ...amount,
    element: h("span", { class: "with-unit" }, amount.element, unit),
    refresh() {
      amount.refresh();
      chosen = held().code ?? chosen;
      if (offered.length > 1) unit.value = chosen ?? offered[0].code;
    },
  };
}

/** A plain number with the unit its question names. */
function united(node, field) {
  const [unit] = units(node.item);
  return unit ? { ...field, element: h("span", { class: "with-unit" }, field.element, h("span", { class: "unit" }, unit.display ?? unit.code)) } : field;
}
