// Expressions of a form: FHIRPath over the response as it stands, CQL by the facts the worker found, variables of all above.

import { evaluate as fhirpath } from "/engine/fhirpath.js";
import { all, URL } from "./extensions.js";
import { write } from "./response.js";

const NAMED = /^\s*(?:"?(?<library>[\w.-]+?)"?\s*\.\s*)?"?(?<define>[^".]+?)"?\s*$/;

export class Broken extends Error {}

/** What a CQL expression names: { library, define }; undefined when it is no plain name. */
export function identifier(expression) {
  const found = NAMED.exec(expression?.expression ?? "");
  return found ? { library: found.groups.library, define: found.groups.define } : undefined;
}

/** Some payers call FHIRPath CQL: its variables and calls give it away. */
export const looksLikePath = ({ expression }) => /[%(]/.test(expression ?? "");

export const isCql = (expression) => (expression?.language ?? "").startsWith("text/cql");

/** One moment's view of the form, to evaluate several expressions over. */
export class Moment {
  constructor(root, form) {
    this.elements = new Map();
    this.form = form;
    this.response = write(root, { response: form.response, guide: form.guide, clinician: form.clinician, elements: this.elements });
    this.environment = { ...form.launch, ...form.queried, resource: this.response, questionnaire: form.questionnaire };
  }

  /** What the expression gives at this node, as a list of plain values. Throws Broken with the engine's words. */
  evaluate(expression, node) {
    if (isCql(expression)) {
      const fact = this.form.facts?.of(expression);
      if (fact) return fact.plain;
      if (!looksLikePath(expression)) throw new Broken(`${node.item.linkId ?? "the form"}: ${expression.expression} was not computed`);
    }
    const context = this.elements.get(node) ?? (node.parent === null ? this.response : { linkId: node.item.linkId });
    try {
      return fhirpath(context, expression.expression, { ...this.environment, ...this.variables(node), context, qitem: node.item });
    } catch (error) {
      throw new Broken(`${node.item.linkId ?? "the form"}: ${error.message}`);
    }
  }

  /** The variables in scope at a node, outermost first; a later one may use an earlier. */
  variables(node) {
    const found = {};
    for (const holder of line(node)) {
      Object.assign(found, holder.context);
      for (const { valueExpression: each } of all(holder.item, URL.variable)) {
        if (!each?.name || each.language === "application/x-fhir-query") continue;
        const context = this.elements.get(holder) ?? this.response;
        try {
          found[each.name] = isCql(each) ? (this.form.facts?.of(each)?.plain ?? []) : fhirpath(context, each.expression, { ...this.environment, ...found, context });
        } catch (error) {
          throw new Broken(`variable ${each.name}: ${error.message}`);
        }
      }
    }
    return found;
  }
}

/** The node and all above it, outermost first. */
export const line = (node) => (node ? [...line(node.parent), node] : []);
