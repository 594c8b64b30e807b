// One form in work: the payer's package, the tree of answers, the chart's facts, and the saver; adaptive ones grow by questions.

import { Facts } from "./facts/facts.js";
import { populate } from "./facts/populate.js";
import { begin, recall } from "./form/answers.js";
import { all, URL } from "./form/extensions.js";
import { write } from "./form/response.js";
import { settle } from "./form/settle.js";
import { measure } from "./form/progress.js";
import { grow, questions } from "./form/tree.js";
import { Saver } from "./saver.js";
import { call } from "./server.js";

export class Session {
  /** `handed` is one package (forms.py `handed`), `occasion` what the visit is about, `chart` { resources, patient }. */
  constructor(handed, occasion, chart, engine) {
    Object.assign(this, { ...handed, chart, clinician: occasion.clinician, launch: occasion.resources });
    this.began = Date.now();
    this.finished = !this.adaptive || handed.response.status === "completed";
    this.libraryTrouble = [];
    this.facts = new Facts(engine, handed.elms, handed.valueSets, handed.guide === "2.0.1");
    this.saver = new Saver(
      () => this.written(),
      (kept) => (this.response = { ...this.response, id: kept.id, meta: { ...this.response.meta, ...kept.meta } }),
    );
    this.open();
  }

  /** The tree anew from the response, with the form that applies now: the payer's, or the one an adaptive response contains. */
  open() {
    const before = new Map(this.root ? questions(this.root).map((node) => [node.key, node]) : []);
    const contained = this.response.contained?.find((each) => each.resourceType === "Questionnaire");
    if (this.adaptive) this.questionnaire = contained ?? this.questionnaire;
    this.root = grow(this.questionnaire, this.response);
    recall(this.root);
    begin(this.root);
    for (const node of questions(this.root)) {
      const old = before.get(node.key);
      if (old) Object.assign(node, { found: old.found, looked: old.looked, cleared: node.cleared ?? old.cleared, touched: old.touched });
    }
  }

  /** Fill from the chart; what did not work is told to the payer and returned. */
  async populate() {
    const problems = await populate(this.root, this, this.chart);
    if (problems.length) this.report(problems);
    return problems;
  }

  /** The payer's next questions; the answers so far stay. Throws Trouble. */
  async next() {
    const answered = await call("next-question", { canonical: this.canonical, response: this.written() });
    const { id, meta } = this.response;
    this.response = { ...answered, ...(id && { id }), meta: { ...answered.meta, ...meta }, status: "in-progress" };
    this.finished = answered.status === "completed";
    this.open();
    const problems = await this.populate();
    this.keep();
    return problems;
  }

  /** Open a finished form again: complete no more, and what the payer decided on it is no longer part of it. */
  reopen() {
    const extension = (this.response.extension ?? []).filter(({ url }) => ![URL.coverageInformation, URL.responseSignature].includes(url));
    this.response = { ...this.response, status: "in-progress", extension };
    this.issued = this.authorized.flatMap(({ reference, payer }) => payer.filter(({ satisfied, objection }) => satisfied && objection === null).map(({ satisfied }) => ({ order: reference, number: satisfied })));
    Object.assign(this, { done: false, finished: !this.adaptive });
    this.saver.start();
    this.open();
    settle(this.root, this);
  }

  /** The response as it stands. */
  written(status = "in-progress") {
    return write(this.root, { response: this.response, guide: this.guide, clinician: this.clinician, status });
  }

  /** Keep it soon; a number that was given for the answers as they were does not hold for others (spec-44). */
  keep() {
    this.saver.soon();
    const issued = this.issued ?? [];
    this.issued = [];
    for (const each of issued) call("objection", { ...each, because: "An answer was changed after the number was given" }).catch(() => (this.issued = [...this.issued, each]));
  }

  /** Tell the payer that its form misbehaves, once for each problem, and go on in any case. */
  report(problems) {
    const fresh = problems.filter((each) => !this.libraryTrouble.includes(each));
    this.libraryTrouble.push(...fresh);
    if (fresh.length) call("problems", { canonical: this.canonical, problems: fresh }).catch(() => {});
  }

  /** Whether the whole form or any part of it must be signed. */
  get mustBeSigned() {
    const wants = (item) => all(item, URL.signatureRequired).length > 0 || (item.item ?? []).some(wants);
    return wants(this.questionnaire);
  }

  /** What the payer authorized while the form was filled: its orders with their numbers. */
  get authorized() {
    return (this.orders ?? []).filter(({ payer }) => payer.some(({ satisfied }) => satisfied));
  }

  /** Finish: the completed form as the chart keeps it, and what the payer said of its orders. Throws Trouble. */
  async complete(signed) {
    await this.saver.now();
    const { response, orders, trouble } = await call("completion", { canonical: this.canonical, response: this.written("completed"), signed, measure: measure(this.root, this.began) });
    this.saver.stop();
    this.response = response;
    Object.assign(this, { done: true, orders, orderTrouble: trouble });
  }

  /** References of what the answers taken from the chart rest on. */
  get evidence() {
    const used = questions(this.root).filter(({ answers }) => answers[0]?.origin.source === "chart");
    return [...new Set(used.flatMap(({ found }) => (found?.evidence ?? []).map(({ reference }) => reference)))];
  }
}
