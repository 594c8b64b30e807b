// A view for each kind of node: questions, groups, repeating groups with their rows, display lines.
//
// A view: { node, element, refresh(faults), focus() }. A page hands `draw` on to whatever holds nodes of its own.

import { announce, h } from "../element.js";
import { addRow, isHelp, isShown } from "../form/tree.js";
import { displayOf, helpOf, wording } from "./help.js";
import { questionView } from "./question.js";

export function draw(node, page) {
  if (isHelp(node)) return null;
  if (node.kind === "display") return displayView(node);
  if (node.kind === "rows") return rowsView(node, page);
  return node.kind === "group" ? groupView(node, page) : questionView(node, page);
}

function displayView(node) {
  const element = displayOf(node);
  return { node, element, focus() {}, refresh: () => (element.hidden = !isShown(node)) };
}

/** A group inside a row or below a question; the groups of the page itself are its headings (form.js). */
function groupView(node, page) {
  const views = node.children.map((each) => draw(each, page)).filter(Boolean);
  const element = h("fieldset", { class: "group" }, h("legend", {}, wording(node.item)), helpOf(node, page.form), views.map((each) => each.element));
  return {
    node,
    element,
    focus: () => views.find((each) => each.node.kind !== "display")?.focus(),
    refresh(faults) {
      element.hidden = !isShown(node);
      for (const each of views) each.refresh(faults);
    },
  };
}

function rowsView(node, page) {
  const name = node.item.text ?? "Entry";
  const list = h("div", { class: "rows" });
  const error = h("p", { class: "error", hidden: true });
  const add = h("button", { type: "button", class: "second", onclick: () => page.change(() => append(addRow(node)).focus()) }, `Add another: ${name}`);
  const element = h("section", { class: "question repeating" }, h("p", { class: "label" }, wording(node.item)), helpOf(node, page.form), list, error, add);
  let views = [];

  const append = (row) => {
    const nodes = row.children.map((each) => draw(each, page)).filter(Boolean);
    const legend = h("legend", {});
    const drop = h("button", { type: "button", class: "quiet", onclick: () => remove(row) }, "Remove this entry");
    const made = { row, legend, drop, nodes, element: h("fieldset", { class: "row" }, legend, nodes.map((each) => each.element), drop), focus: () => nodes.find((each) => each.node.kind !== "display")?.focus() };
    views.push(made);
    list.append(made.element);
    return made;
  };
  const remove = (row) =>
    page.change(() => {
      node.rows = node.rows.filter((each) => each !== row);
      views.find((each) => each.row === row).element.remove();
      views = views.filter((each) => each.row !== row);
      announce("The entry was removed.");
      (views.at(-1) ?? { focus: () => add.focus() }).focus();
    });
  node.rows.forEach(append);
  return {
    node,
    element,
    focus: () => (views[0] ?? { focus: () => add.focus() }).focus(),
    refresh(faults) {
      element.hidden = !isShown(node);
      const mine = faults.filter((each) => each.node === node).map(({ words }) => words);
      error.hidden = !mine.length;
      error.textContent = mine.join(" ");
      views.forEach((view, at) => {
        view.legend.textContent = `${name}, entry ${at + 1}`;
        view.drop.hidden = views.length < 2;
        for (const each of view.nodes) each.refresh(faults);
      });
    },
  };
}
