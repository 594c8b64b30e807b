// Beside each question: what the payer says of it. Help items, the criteria it weighs, links it gives.

import { h } from "../element.js";
import { all, control, URL as NAME, value, valueOf } from "../form/extensions.js";
import { isHelp } from "../form/tree.js";
import { link, safe } from "./markup.js";

/** The text of an item, with the markup the payer gave it where there is any. */
export function wording(item) {
  const markup = value({ extension: item._text?.extension }, NAME.renderingXhtml);
  return markup ? safe(markup) : document.createTextNode([item.prefix, item.text].filter(Boolean).join(" "));
}

/** An aside with help, reasons and links; null when the payer says nothing. */
export function helpOf(node, title = "Why the payer asks") {
  const helps = (node.children ?? []).filter(isHelp);
  const links = all(node.item, NAME.supportLink, NAME.supportHyperlink).map(supportLink).filter(Boolean);
  if (!helps.length && !links.length) return null;
  return h("aside", { class: "why" }, h("p", { class: "eyebrow" }, title), helps.map(({ item }) => h("p", {}, wording(item))), links.length > 0 && h("ul", { class: "links" }, links.map((each) => h("li", {}, each))));
}

function supportLink(extension) {
  const address = typeof valueOf(extension) === "string" ? valueOf(extension) : value(extension, "link") ?? value(extension, "url");
  if (!address) return null;
  const made = h("a", {}, value(extension, "label") ?? "Read the payer's policy");
  link(made, address);
  return made.hasAttribute("href") ? made : null;
}

/** A display item standing for itself: a heading-like sentence, a security note, an instruction. */
export function displayOf(node) {
  const category = value(node.item, NAME.displayCategory)?.coding?.[0]?.code;
  return h("p", { class: `display ${category === "security" ? "security" : (control(node.item) ?? "")}` }, wording(node.item));
}
