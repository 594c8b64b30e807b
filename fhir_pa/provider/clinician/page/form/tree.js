// The form as a tree of nodes: each item once, in a repeating group once for each row, with its answers.
//
// node: { item, parent, key, kind: "display" | "group" | "rows" | "question", children, rows, answers, enabled,
//         found, cleared, touched }
// A row is { parent: the rows node, children, rows: none }. An answer is { value: { valueX }, origin } (see origin.js).

import { control, URL, value } from "./extensions.js";

export function grow(questionnaire, response = {}) {
  const root = { item: questionnaire, parent: null, key: "", kind: "group", enabled: true, children: [] };
  root.children = nodes(questionnaire.item ?? [], root, response.item ?? []);
  return root;
}

function nodes(items, parent, saved) {
  return items.map((item) => node(item, parent, saved.filter((each) => each.linkId === item.linkId)));
}

function node(item, parent, saved) {
  const made = { item, parent, key: `${parent.key}/${item.linkId}`, enabled: true, children: [], answers: [], touched: false };
  if (item.type === "display") return Object.assign(made, { kind: "display" });
  if (item.type === "group" && item.repeats) {
    made.kind = "rows";
    made.nextRow = 0;
    made.rows = [];
    for (const each of saved.length ? saved : [{}]) addRow(made, each.item ?? []);
    return made;
  }
  made.kind = item.type === "group" ? "group" : "question";
  if (made.kind === "group") {
    made.children = nodes(item.item ?? [], made, saved.flatMap((each) => each.item ?? []));
  } else {
    made.saved = saved.flatMap((each) => each.answer ?? []);
    made.savedItem = saved[0];
    made.children = nodes(item.item ?? [], made, made.saved.flatMap((each) => each.item ?? []));
  }
  return made;
}

/** One more row of a repeating group. */
export function addRow(rowsNode, saved = []) {
  const row = { parent: rowsNode, key: `${rowsNode.key}[${rowsNode.nextRow}]`, kind: "row", item: rowsNode.item, enabled: true };
  rowsNode.nextRow += 1;
  row.children = nodes(rowsNode.item.item ?? [], row, saved);
  rowsNode.rows.push(row);
  return row;
}

/** What lies directly below: rows of a repeating group, else children. */
export const below = (node) => node.rows ?? node.children ?? [];

/** Every node below, in the order of the page. */
export function* walk(node) {
  for (const each of below(node)) {
    yield each;
    yield* walk(each);
  }
}

/** Every question below. */
export const questions = (root) => [...walk(root)].filter((node) => node.kind === "question");

/** Whether the node and all above it are enabled. */
export const isAsked = (node) => !node || (node.enabled && isAsked(node.parent));

/** Whether a person is shown this node. */
export const isShown = (node) => isAsked(node) && !isHidden(node);

export const isHidden = (node) => Boolean(node && (value(node.item, URL.hidden) === true || isHidden(node.parent)));

/** Whether only a calculation may fill it. */
export const isReadOnly = (node) => Boolean(node && (node.item.readOnly || isReadOnly(node.parent)));

/** A display item that explains the item it stands in, rather than standing for itself. */
export const isHelp = (node) => node.kind === "display" && ["help", "flyover", "instructions-for-item"].includes(control(node.item));

/** The nodes with this link id that a node at this place means: those nearest above it. */
export function named(node, linkId) {
  for (let scope = node.parent; scope; scope = scope.parent) {
    const found = [...walk(scope)].filter((each) => each.item?.linkId === linkId && each.kind !== "row");
    if (found.length) return found;
  }
  return [];
}
