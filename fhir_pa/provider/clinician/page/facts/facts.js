// The facts of a form: which defines its expressions name, their values for the form's questions, and the evidence they rest on.

import { identifier, isCql } from "../form/expressions.js";
import { all, alternativeElm, URL, value } from "../form/extensions.js";
import { evidenceOf } from "./evidence.js";
import { plainOf } from "./values.js";

const EVIDENCE = " evidence";
const WITH_EXPRESSION = [URL.initialExpression, URL.itemPopulationContext, URL.calculatedExpression, URL.enableWhenExpression, URL.candidateExpression, URL.answerExpression, URL.variable];
const HOLDING_ONE = [URL.contextExpression, URL.answerOptionsToggleExpression];

/** Every CQL expression of a questionnaire. */
export function expressions(node) {
  const own = [...all(node, ...WITH_EXPRESSION).map(({ valueExpression }) => valueExpression), ...all(node, ...HOLDING_ONE).map((each) => value(each, "expression"))];
  return [...own.filter(isCql), ...(node.item ?? []).flatMap(expressions)];
}

export class Facts {
  #told = new Map();

  /**
   * `elms` are the package's compiled libraries; `problems` collects what did not work, without data. With `stops` the first
   * define that breaks is the last that is run, as DTR 2.0.1 has it (R198).
   */
  constructor(engine, elms, valueSets, stops = false) {
    Object.assign(this, { engine, elms, valueSets, stops, stopped: false, problems: [] });
  }

  /** Run what these expressions name and was not run yet, library by library. */
  async find(wanted, resources, patient) {
    const position = resources.findIndex((each) => each.resourceType === "Patient" && each.id === patient);
    for (const [library, names] of this.#byLibrary(wanted)) {
      if (this.stopped) return;
      const main = this.elms.find((elm) => elm.library.identifier.id === library);
      if (!main) {
        this.problems.push(`The form names the library ${library}, which its package does not bring.`);
        continue;
      }
      await this.#run(main, names, resources, position);
    }
  }

  async #run(main, names, resources, patient) {
    const library = main.library.identifier.id;
    const defined = new Set((main.library.statements?.def ?? []).map(({ name }) => name));
    const asked = names.filter((name) => defined.has(name));
    const request = {
      key: `${library}|${main.library.identifier.version}`,
      elms: [main, ...this.elms.filter((elm) => elm !== main)],
      resources,
      patient,
      at: now(),
      valueSets: this.valueSets,
      parameters: {},
    };
    const batches = this.stops ? asked.map((name) => [name]) : [asked];
    for (const batch of batches) {
      if (!batch.length || this.stopped) return;
      const before = this.problems.length;
      try {
        const told = await this.engine.ask({ ...request, names: batch.flatMap((name) => (defined.has(name + EVIDENCE) ? [name, name + EVIDENCE] : [name])) });
        for (const name of batch) this.#keep(library, name, told, resources);
      } catch (error) {
        this.problems.push(`${library}: ${error.message}`);
      }
      this.stopped = this.stops && this.problems.length > before;
    }
  }

  #keep(library, name, told, resources) {
    const failed = told[name]?.failed ?? told[name + EVIDENCE]?.failed;
    if (failed) {
      this.problems.push(`${library}: '${name}' could not be computed (step ${failed.step}${failed.outOfTime ? ", it takes too long" : ""}).`);
      return;
    }
    this.#told.set(`${library}.${name}`, { plain: plainOf(told[name].value, resources), evidence: evidenceOf(told[name + EVIDENCE]?.value, resources) });
  }

  /** Why an expression has no fact, in one sentence; undefined when its trouble was told already. */
  lack(expression) {
    const named = this.#named(expression);
    const main = named && this.elms.find((elm) => elm.library.identifier.id === named.library);
    if (!main) return undefined;
    return main.library.statements.def.some(({ name }) => name === named.define) ? undefined : `${named.library} has no define ${named.define}.`;
  }

  /** { plain, evidence } of the define an expression names; undefined when it names none that was found. */
  of(expression) {
    const named = this.#named(expression);
    return named && this.#told.get(`${named.library}.${named.define}`);
  }

  /** By its name, or by the compiled reference it brings along; without a library name, the only library is meant. */
  #named(expression) {
    const compiled = alternativeElm(expression);
    const named = compiled?.type === "ExpressionRef" ? { library: compiled.libraryName, define: compiled.name } : identifier(expression);
    if (!named) return undefined;
    const main = this.elms.find((elm) => elm.library.identifier.id !== "FHIRHelpers");
    return { ...named, library: named.library ?? main?.library.identifier.id };
  }

  #byLibrary(wanted) {
    const found = new Map();
    for (const expression of wanted) {
      const named = this.#named(expression);
      if (!named || this.#told.has(`${named.library}.${named.define}`)) continue;
      found.set(named.library, [...new Set([...(found.get(named.library) ?? []), named.define])]);
    }
    return found;
  }
}

/** This moment as CQL wants it, with the offset of the place where the clinician sits. */
export function now(date = new Date()) {
  const minutes = -date.getTimezoneOffset();
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 23);
  return `${local}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}
