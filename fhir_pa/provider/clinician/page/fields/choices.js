// Choices that can be seen at once: radio buttons, boxes to tick, a drop-down; an open choice also takes own words.

import { fresh, h } from "../element.js";
import { control, URL as NAME, value } from "../form/extensions.js";
import { combobox } from "./combobox.js";
import { isClosed } from "../form/toggles.js";
import { same } from "../form/typed.js";
import { optionsOf } from "./options.js";

const MOST_SEEN = 7;
const YES_NO = [{ value: { valueBoolean: true }, words: "Yes" }, { value: { valueBoolean: false }, words: "No" }];

export const boolean = (node, use) => buttons(node, use, YES_NO);

/** The control the form asks for, else the one that suits the number of options. */
export function choice(node, use) {
  const { options, search } = optionsOf(node, use.form);
  const asked = control(node.item);
  if (search || asked === "autocomplete" || (options.length > 3 * MOST_SEEN && asked !== "drop-down")) return combobox(node, use, { options, search });
  if (!node.item.repeats && node.item.type === "choice" && (asked === "drop-down" || (options.length > MOST_SEEN && asked !== "radio-button"))) return dropDown(node, use, options);
  return buttons(node, use, options);
}

function buttons(node, use, options) {
  const kind = node.item.repeats ? "checkbox" : "radio";
  const name = fresh("choice");
  const open = node.item.type === "open-choice";
  const rows = options.map((option) => {
    const input = h("input", { type: kind, name, onchange: () => pick(option, input.checked) });
    return { option, input, element: h("label", { class: "option" }, input, h("span", {}, option.shown ?? option.words, option.media)) };
  });
  const openLabel = value(node.item, NAME.openLabel);
  const own = open && h("input", { type: "text", class: "wide", "aria-label": openLabel ?? "Another answer, in your own words", placeholder: openLabel ?? "Another answer", onchange: () => write() });
  const listed = ({ value }) => options.some((option) => same(option.value, value));
  const values = () => node.answers.map(({ value }) => value);

  const pick = (option, on) => {
    if (kind === "radio") return use.say([option.value]);
    const others = values().filter((value) => !same(value, option.value) && !(on && (option.alone || options.some((each) => each.alone && same(each.value, value)))));
    return use.say(on ? [...others, option.value] : others);
  };
  const write = () => {
    const words = own.value.trim();
    const kept = kind === "radio" && words ? [] : node.answers.filter(listed).map(({ value }) => value);
    use.say(words ? [...kept, { valueString: words }] : kept);
  };
  const role = kind === "radio" ? { role: "radiogroup", "aria-required": node.item.required ? "true" : undefined } : { role: "group" };
  const short = rows.every(({ option }) => option.words.length < 12) && rows.length < 4;
  return {
    element: h("div", { ...role, "aria-labelledby": use.labelId, class: short ? "options side" : "options" }, rows.map(({ element }) => element), own),
    focus: () => (rows.find(({ input }) => input.checked)?.input ?? rows[0]?.input ?? own)?.focus(),
    refresh() {
      for (const { option, input, element } of rows) {
        input.checked = values().some((value) => same(value, option.value));
        element.hidden = isClosed(node, option.value) && !input.checked;
      }
      if (own && document.activeElement !== own) own.value = node.answers.filter((each) => !listed(each)).map(({ value }) => value.valueString ?? value.valueCoding?.display ?? "")[0] ?? "";
    },
  };
}

function dropDown(node, use, options) {
  const select = h(
    "select",
    { id: use.id, "aria-required": node.item.required ? "true" : undefined, onchange: () => use.say(select.value === "" ? [] : [options[Number(select.value)].value]) },
    h("option", { value: "" }, "Choose…"),
    options.map((option, at) => h("option", { value: String(at) }, option.words)),
  );
  return {
    element: select,
    single: select,
    focus: () => select.focus(),
    refresh() {
      const at = options.findIndex((option) => node.answers.some(({ value }) => same(value, option.value)));
      options.forEach((option, place) => (select.options[place + 1].hidden = select.options[place + 1].disabled = isClosed(node, option.value) && place !== at));
      select.value = at < 0 ? "" : String(at);
    },
  };
}
