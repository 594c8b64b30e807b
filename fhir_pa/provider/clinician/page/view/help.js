// Beside each question: what the payer says of it. Help items, the criteria it weighs, links it gives.

import { h } from "../element.js";
import { all, control, URL as NAME, value, valueOf } from "../form/extensions.js";
import { isHelp } from "../form/tree.js";
import { link, safe } from "./markup.js";
import { contained, save } from "./media.js";

/** The text of an item, with the markup the payer gave it where there is any. */
export function wording(item) {
  const markup = value({ extension: item._text?.extension }, NAME.renderingXhtml);
  if (!markup) return document.createTextNode([item.prefix, item.text].filter(Boolean).join(" "));
  return item.prefix ? h("span", {}, `${item.prefix} `, safe(markup)) : safe(markup);
}

/** An aside with help, reasons and links; null when the payer says nothing. */
export function helpOf(node, form, title = "Why the payer asks") {
  const helps = (node.children ?? []).filter(isHelp);
  const links = all(node.item, NAME.supportLink, NAME.supportHyperlink).map((each) => supportLink(each, form)).filter(Boolean);
  if (!helps.length && !links.length) return null;
  return h("aside", { class: "why" }, h("p", { class: "eyebrow" }, title), helps.map(({ item }) => h("p", {}, wording(item))), links.length > 0 && h("ul", { class: "links" }, links.map((each) => h("li", {}, each))));
}

function supportLink(extension, form) {
  const address = typeof valueOf(extension) === "string" ? valueOf(extension) : value(extension, "link") ?? value(extension, "url");
  if (!address) return null;
  const words = value(extension, "label") ?? "Read the payer's policy";
  if (address.startsWith("#")) return pageOf(contained(address, form), words);
  const made = h("a", {}, words);
  link(made, address);
  return made.hasAttribute("href") ? made : null;
}

/** A page the form brings along (a contained Binary, spec-160): its markup rebuilt here, any other file handed to the browser. */
function pageOf(binary, words) {
  if (!binary?.data) return null;
  if (binary.contentType?.startsWith("application/xhtml")) return h("details", {}, h("summary", {}, words), safe(new TextDecoder().decode(Uint8Array.from(atob(binary.data), (each) => each.charCodeAt(0)))));
  return h("button", { type: "button", class: "quiet", onclick: () => save(binary.contentType, binary.data, words) }, words);
}

/** A display item standing for itself: a heading-like sentence, a security note, an instruction. */
export function displayOf(node) {
  const category = value(node.item, NAME.displayCategory)?.coding?.[0]?.code;
  return h("p", { class: `display ${category === "security" ? "security" : (control(node.item) ?? "")}` }, wording(node.item));
}
