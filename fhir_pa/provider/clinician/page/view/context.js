// Beside a question: what of the chart helps to answer it (SDC contextExpression), each with the payer's label and its day.

import { fill, h, plural } from "../element.js";
import { describe } from "../facts/evidence.js";
import { isQuery, searched } from "../facts/queries.js";
import { all, URL as NAME, value } from "../form/extensions.js";
import { Moment } from "../form/expressions.js";
import { grounds } from "./words.js";

const MOST = 8;

/** One folded list for each context of the node; it is looked up when the clinician opens it, and not before (minimum necessary). */
export function contextsOf(node, form) {
  return all(node.item, NAME.contextExpression).map((each) => contextView(value(each, "label") ?? "From the chart", value(each, "expression"), node, form));
}

function contextView(label, expression, node, form) {
  const list = h("div", { "aria-live": "polite" });
  const look = async () => {
    fill(list, h("p", {}, "Looking in the chart…"));
    try {
      fill(list, ...listed(await found(expression, node, form)));
    } catch (trouble) {
      if (!trouble.title) form.report([trouble.message]);
      fill(list, h("p", {}, `This could not be looked up. ${trouble.words ?? ""}`));
    }
  };
  return h("details", { class: "context", ontoggle: (event) => event.target.open && look() }, h("summary", {}, label), list);
}

async function found(expression, node, form) {
  const values = isQuery(expression) ? (await searched(expression.expression, form.launch)).entry.map(({ resource }) => resource) : new Moment(form.root, form).evaluate(expression, node);
  return values.flatMap((each) => (each?.resourceType === "Bundle" ? (each.entry ?? []).map(({ resource }) => resource) : [each]));
}

function listed(values) {
  if (!values.length) return [h("p", {}, "The chart holds nothing of it.")];
  const lines = values.map((each) => (each?.resourceType ? describe(each) : { what: String(each?.display ?? each?.value ?? each) }));
  lines.sort((one, other) => String(other.on ?? "").localeCompare(String(one.on ?? "")));
  const rest = lines.length - MOST;
  return [h("ul", {}, lines.slice(0, MOST).map((each) => h("li", {}, grounds(each)))), rest > 0 && h("p", { class: "quiet" }, `and ${plural(rest, "earlier one")}`)];
}
