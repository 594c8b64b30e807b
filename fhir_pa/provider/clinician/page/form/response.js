// The tree as a QuestionnaireResponse: only what is asked, each answer with its origin, what was cleared remembered.

import { write as origin } from "./origin.js";
import { isAsked } from "./tree.js";

/**
 * `response` is what is filled in (its id, context and contained form stay); `elements` takes each node's QR item, for
 * expressions; `status` is in-progress until the clinician finishes.
 */
export function write(root, { response, guide, clinician, status = "in-progress", elements = new Map() }) {
  const item = items(root.children, { guide, clinician, elements });
  const { item: _, ...rest } = response;
  const written = { ...rest, status, ...(item.length && { item }) };
  elements.set(root, written);
  return written;
}

function items(nodes, how) {
  return nodes.flatMap((node) => item(node, how));
}

function item(node, how) {
  if (node.kind === "display" || !node.enabled || !isAsked(node)) return [];
  if (node.kind === "rows") return node.rows.flatMap((row) => group(row, how));
  return node.kind === "group" ? group(node, how) : question(node, how);
}

function group(node, how) {
  const below = items(node.children, how);
  return below.length ? [remember(node, { linkId: node.item.linkId, ...text(node), item: below }, how)] : [];
}

function question(node, how) {
  const below = items(node.children, how);
  const answer = node.answers.map((each, at) => ({
    extension: [origin(each.origin, how.guide, how.clinician)],
    ...each.value,
    ...(at === 0 && below.length && { item: below }),
  }));
  const forgotten = node.cleared && { extension: [origin({ source: "override", ...node.cleared }, how.guide, how.clinician)] };
  if (!answer.length && !forgotten) return below.length ? [remember(node, { linkId: node.item.linkId, ...text(node), item: below }, how)] : [];
  return [remember(node, { ...forgotten, linkId: node.item.linkId, ...text(node), ...(answer.length && { answer }) }, how)];
}

const text = (node) => (node.item.text ? { text: node.item.text } : {});

function remember(node, written, { elements }) {
  elements.set(node, written);
  return written;
}
