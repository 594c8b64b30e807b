// Markup the payer wrote (rendering-xhtml), rebuilt element by element from a short list; everything else becomes plain text.

import { inert } from "../trusted.js";

const ALLOWED = new Set(["p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "span", "div", "sub", "sup", "table", "thead", "tbody", "tr", "th", "td", "a"]);
const DROPPED = new Set(["script", "style", "iframe", "object", "embed", "template", "svg", "math", "link", "meta", "form", "input", "button"]);

/** A fragment that is safe to show. */
export function safe(xhtml) {
  const made = document.createDocumentFragment();
  for (const node of inert(xhtml).body.childNodes) rebuild(node, made);
  return made;
}

function rebuild(node, into) {
  if (node.nodeType === Node.TEXT_NODE) {
    into.append(node.textContent);
    return;
  }
  const name = node.nodeName.toLowerCase();
  if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(name)) return;
  const target = ALLOWED.has(name) ? document.createElement(name) : into;
  if (target !== into) {
    into.append(target);
    if (name === "a") link(target, node.getAttribute("href"));
  }
  for (const child of node.childNodes) rebuild(child, target);
}

/** A link opens elsewhere and tells nobody where it was followed. */
export function link(element, address) {
  if (!/^https?:\/\//i.test(address ?? "")) return;
  element.setAttribute("href", address);
  element.setAttribute("target", "_blank");
  element.setAttribute("rel", "noopener noreferrer");
}
