// The form on the page: what waits for the clinician on top, what is filled in below it by group, how far one is, and on to review.

import { announce, fill, h, plural } from "../element.js";
import { faults } from "../form/check.js";
import { progress, waits } from "../form/progress.js";
import { settle } from "../form/settle.js";
import { isHelp, isShown, questions, walk } from "../form/tree.js";
import { contextsOf } from "./context.js";
import { helpOf, wording } from "./help.js";
import { draw } from "./nodes.js";
import { notice } from "./notice.js";
import { isInOrder, later } from "./order.js";
import { progressView } from "./progress.js";

/** `doing` is what the page may do: { review(), next(), problem(words) }; `form` is the session (session.js). */
export class FormView {
  strict = false;
  draw = draw;

  constructor(form, doing) {
    Object.assign(this, { form, doing });
    this.bar = progressView(form, () => this.focusNext(), () => this.go());
    this.needs = h("div", { class: "cards" });
    this.optional = h("div", { class: "cards" });
    this.answered = h("div", { class: "cards" });
    this.problems = h("div", { class: "notices" });
    this.intro = h("div", { class: "cards intro" });
    this.broken = h("div", { class: "notices" });
    this.onward = h("button", { type: "button", class: "first", onclick: () => this.go() });
    this.wrongs = h("div", { class: "wrongs", role: "alert" });
    this.general = h("div", { class: "wrongs", tabindex: "-1" });
    this.headNeeds = h("h2", { tabindex: "-1" }, "Needs you");
    this.sections = [section("needs", this.headNeeds, this.needs), section("optional", h("h2", {}, "Open, not required"), this.optional), section("answered", h("h2", {}, "Already filled in"), this.answered)];
    this.element = h("div", { class: "form" }, this.broken, this.bar.element, this.problems, this.intro, this.sections, this.general, this.wrongs, h("div", { class: "onward" }, this.onward, h("p", { class: "keys" }, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter"), " goes to the next open question.")));
    addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !this.element.isConnected) return;
      event.preventDefault();
      const from = document.activeElement;
      from.blur(); // so that what was typed there is read
      this.focusNext(from);
    });
    this.element.addEventListener("pointerdown", () => (this.pressing = true), true);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => this.released()));
    this.units = [];
    this.headings = new Map();
    this.told = new Set();
    this.collect(form.root, []);
    this.refresh();
  }

  /** A unit is what moves as one: a question with all below it, a repeating group, a line of text. */
  collect(node, groups) {
    for (const each of node.children) {
      if (isHelp(each)) continue;
      if (each.kind === "group") this.collect(each, [...groups, each]);
      else this.units.push({ node: each, groups, view: null, place: null });
    }
  }

  /** Something changes: do it, come to rest, show it, keep it. */
  change(act) {
    act();
    for (const problem of settle(this.form.root, this.form)) this.doing.problem(problem);
    this.refreshed();
    this.form.keep();
  }

  /** Show it now, or when the finger is off the button: a page that moves under a press would lose the click. */
  refreshed() {
    if (this.pressing) this.owed = true;
    else this.refresh();
  }

  released() {
    this.pressing = false;
    if (this.owed) this.refresh();
  }

  refresh() {
    this.owed = false;
    const { form } = this;
    const found = faults(form.root, form);
    for (const unit of this.units) {
      if (!unit.place && isShown(unit.node)) this.put(unit);
      unit.view?.refresh(found);
    }
    if (isInOrder(form.questionnaire)) for (const { view } of later(this.units, found)) if (view) view.element.hidden = true;
    this.block(form.root.flow ?? []);
    fill(this.general, found.filter(({ node }) => ["group", "row"].includes(node.kind)).map(({ words }) => h("p", {}, words)));
    for (const [group, { element }] of this.headings) element.hidden = !isShown(group) || ![...element.querySelectorAll(":scope > .question, :scope > .display")].some((each) => !each.hidden);
    this.sections.forEach((each) => (each.hidden = !each.querySelector(".question:not([hidden]), .display:not([hidden])")));
    this.now = progress(form.root, form);
    if (this.last?.left > 0 && this.now.left === 0) announce("Nothing is left. You can review.");
    this.last = this.now;
    const onward = form.adaptive && !form.finished ? "Next questions" : "Review";
    this.bar.refresh(this.now, form.root.flow?.length ? "" : onward);
    this.onward.textContent = onward;
    if (!this.now.left) fill(this.wrongs);
  }

  /** With rules that cannot be worked out nobody knows what is asked: said, and not to be finished (spec-81). What was answered is kept. */
  block(flow) {
    this.onward.hidden = flow.length > 0;
    if (flow.length) fill(this.broken, notice("trouble", "This form cannot be finished.", `The rules by which ${this.form.payer} decides what to ask are broken in ${flow.length === 1 ? "one place" : `${flow.length} places`}. It was told. Your answers are kept; ask the payer for another way, or open the form again later.`));
    else fill(this.broken);
  }

  put(unit) {
    const [near] = unit.groups.slice(-1);
    const below = unit.node.kind === "display" && near ? [...walk(near)] : [unit.node, ...walk(unit.node)];
    const waiting = below.some((node) => node.kind === "question" && waits(node));
    const needed = below.some((node) => node.kind === "question" && waits(node) && node.item.required);
    unit.view = draw(unit.node, this);
    unit.view.element.unit = this.units.indexOf(unit);
    unit.place = needed ? "needs" : waiting ? "optional" : "answered";
    const before = this.units.slice(0, this.units.indexOf(unit));
    if (unit.node.kind === "display" && !near && before.every(({ node, groups }) => node.kind === "display" && !groups.length)) {
      insert(this.intro, unit);
    } else if (unit.place === "answered") {
      unit.view.fold?.(true);
      insert(this.heading(unit.groups), unit);
    } else {
      if (near && unit.node.kind !== "display") (unit.view.element.querySelector(".ask") ?? unit.view.element).prepend(h("p", { class: "eyebrow" }, wording(near.item)), ...this.about(unit.groups));
      insert(this[unit.place], unit);
    }
  }

  /** What is said of these groups, and what of the chart helps with them: once, where the first of their questions stands. */
  about(groups) {
    const fresh = groups.filter((each) => !this.told.has(each));
    fresh.forEach((each) => this.told.add(each));
    return fresh.flatMap((each) => [helpOf(each, this.form, "About this part"), ...contextsOf(each, this.form)]).filter(Boolean);
  }

  /** The box of the innermost group among the filled in, made when first needed, in the order of the form. */
  heading(groups) {
    const [group] = groups.slice(-1);
    if (!group) return this.answered;
    if (!this.headings.has(group)) {
      const element = h("div", { class: "set" }, h("h3", {}, wording(group.item)), this.about(groups));
      element.unit = this.units.findIndex((each) => each.groups.includes(group));
      this.headings.set(group, { element });
      const after = [...this.answered.children].find((each) => each.unit > element.unit);
      this.answered.insertBefore(element, after ?? null);
    }
    return this.headings.get(group).element;
  }

  /** To the first question that waits, or on to the review. */
  focusNext(from = document.activeElement) {
    const at = this.units.findIndex((unit) => unit.view?.element.contains(from));
    const order = [...this.units.slice(at + 1), ...this.units.slice(0, at + 1)];
    const wrong = (node) => node.wrongWords || faults(this.form.root, this.form).some((each) => each.node === node && !each.warning);
    const open = (unit) => unit.view && !unit.view.element.hidden && [unit.node, ...walk(unit.node)].some((node) => node.kind === "question" && isShown(node) && (wrong(node) || (waits(node) && node.item.required)));
    const target = order.find(open);
    if (!target) return (this.general.childElementCount ? this.general : this.onward).focus();
    target.view.element.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    return target.view.focus();
  }

  /** On, when nothing is missing or wrong; else say what is, and go there. */
  go() {
    if (this.form.root.flow?.length) return;
    const wrong = faults(this.form.root, this.form).filter(({ warning }) => !warning);
    const unread = questions(this.form.root).filter((node) => isShown(node) && node.wrongWords);
    if (!wrong.length && !unread.length) return this.form.adaptive && !this.form.finished ? this.doing.next() : this.doing.review();
    this.strict = true;
    this.refresh();
    const count = new Set([...wrong.map(({ node }) => node), ...unread]).size;
    fill(this.wrongs, h("p", {}, `${plural(count, "thing")} ${count === 1 ? "needs" : "need"} you before you can go on.`));
    return this.focusNext();
  }
}

function insert(box, unit) {
  const after = [...box.children].find((each) => each.unit !== undefined && each.unit > unit.view.element.unit);
  box.insertBefore(unit.view.element, after ?? null);
}

const section = (name, head, ...rest) => h("section", { class: `part ${name}` }, head, rest);
