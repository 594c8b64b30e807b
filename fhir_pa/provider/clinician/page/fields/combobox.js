// Type to find one of many (ARIA combobox with a listbox): options at hand, or searched as the clinician types.

import { announce, fresh, h, plural } from "../element.js";
import { spoken } from "../view/words.js";
import { isClosed } from "../form/toggles.js";
import { same } from "../form/typed.js";

const WAIT = 250;
const MOST = 30;

export function combobox(node, use, { options, search }) {
  const listId = fresh("list");
  const list = h("ul", { id: listId, role: "listbox", "aria-labelledby": use.labelId, hidden: true });
  const input = h("input", {
    id: use.id,
    type: "text",
    class: "wide",
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-required": node.item.required ? "true" : undefined,
    placeholder: "Type to search",
    oninput: () => look(),
    onclick: () => list.hidden && look(),
    onkeydown: (event) => key(event),
    onblur: () => setTimeout(leave, 150),
  });
  const chips = h("ul", { class: "chips", hidden: true });
  let found = [];
  let at = -1;
  let clock;

  const look = () => {
    clearTimeout(clock);
    clock = setTimeout(async () => show(await matching(input.value.trim())), search ? WAIT : 0);
  };
  const matching = async (words) => {
    if (!search) return options.filter((each) => !isClosed(node, each.value) && each.words.toLowerCase().includes(words.toLowerCase())).slice(0, MOST);
    if (words.length < (search.least ?? 2)) return [];
    try {
      node.wrongWords = undefined;
      return await search(words);
    } catch (trouble) {
      node.wrongWords = `The list could not be searched. ${trouble.words ?? ""}`;
      use.refresh();
      return [];
    }
  };
  const show = (rows) => {
    found = rows;
    at = -1;
    list.replaceChildren(...rows.map((row, place) => h("li", { id: `${listId}-${place}`, role: "option", "aria-selected": "false", onmousedown: (event) => (event.preventDefault(), take(row)) }, row.words)));
    open(rows.length > 0);
    if (input.value.trim()) announce(rows.length ? plural(rows.length, "match", "matches") : "Nothing matches.");
  };
  const open = (on) => {
    list.hidden = !on;
    input.setAttribute("aria-expanded", String(on));
    if (!on) input.removeAttribute("aria-activedescendant");
  };
  const move = (by) => {
    at = (at + by + found.length) % found.length;
    list.childNodes.forEach((row, place) => row.setAttribute("aria-selected", String(place === at)));
    input.setAttribute("aria-activedescendant", `${listId}-${at}`);
    list.childNodes[at].scrollIntoView({ block: "nearest" });
  };
  const key = (event) => {
    if (["ArrowDown", "ArrowUp"].includes(event.key) && !event.altKey) {
      event.preventDefault();
      if (list.hidden) look();
      else if (found.length) move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden && found.length) {
      event.preventDefault();
      take(found[Math.max(at, 0)]);
    } else if (event.key === "Escape") open(false);
  };
  const take = ({ value }) => {
    open(false);
    const others = node.item.repeats ? node.answers.map((each) => each.value).filter((each) => !same(each, value)) : [];
    use.say([...others, value]);
    input.value = node.item.repeats ? "" : spoken(value, node.item);
  };
  const leave = () => {
    open(false);
    const words = input.value.trim();
    const [first] = node.answers;
    if (node.item.type === "open-choice" && words && words !== (first && spoken(first.value, node.item))) use.say([...(node.item.repeats ? node.answers.map(({ value }) => value) : []), { valueString: words }]);
    else if (!words && first && !node.item.repeats) use.say([]);
    else field.refresh();
  };
  const field = {
    element: h("div", { class: "combobox" }, chips, input, list),
    single: input,
    focus: () => input.focus(),
    refresh() {
      if (document.activeElement === input && !list.hidden) return;
      const [first] = node.answers;
      if (!node.item.repeats && document.activeElement !== input) input.value = first ? spoken(first.value, node.item) : "";
      chips.hidden = !node.item.repeats || !first;
      if (node.item.repeats) chips.replaceChildren(...node.answers.map(({ value }) => chip(value)));
    },
  };
  const chip = (value) => {
    const words = spoken(value, node.item);
    const drop = () => (use.say(node.answers.map((each) => each.value).filter((each) => !same(each, value))), input.focus());
    return h("li", {}, words, h("button", { type: "button", class: "quiet", "aria-label": `Remove ${words}`, onclick: drop }, "×"));
  };
  return field;
}
