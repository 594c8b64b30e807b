// The app from opening to the payer's answer: learn what it is about, get the forms, fill them, work, review, send.

import { announce, h } from "./element.js";
import { end } from "./ending.js";
import { Engine } from "./facts/engine.js";
import { questions } from "./form/tree.js";
import { call } from "./server.js";
import { Session } from "./session.js";
import { showBanner } from "./view/banner.js";
import { chooseView, settled } from "./view/choose.js";
import { FormView } from "./view/form.js";
import { headView } from "./view/head.js";
import { button, notice } from "./view/notice.js";
import { reviewView } from "./view/review.js";

const main = document.getElementById("main");
const engine = new Engine();
let occasion;
let chosen;
let sessions = [];
let at = 0;

/** One screen at a time; its heading or first field takes the focus. */
function show(title, ...content) {
  document.title = `${title}, ${occasion ? occasion.patient.name : "authorization form"}`;
  main.replaceChildren(...content);
  scrollTo(0, 0);
  (main.querySelector("h1[tabindex], h2[tabindex]") ?? main).focus({ preventScroll: true });
}

const wait = (words) => {
  main.setAttribute("aria-busy", "true");
  main.replaceChildren(h("p", { class: "wait" }, words));
  announce(words);
};

/** Do it, and when it goes wrong say so with a way on. */
async function attempt(act, again) {
  try {
    await act();
  } catch (trouble) {
    if (!trouble.title) {
      show("Fault", notice("trouble", "The app met a fault of its own.", "What was saved is in the chart. Open the app again from there, or try again.", again && button("Try again", again, "first")));
      throw trouble;
    }
    show(trouble.title, notice("trouble", trouble.title, trouble.words, again && trouble.status !== 401 && button("Try again", again, "first")));
  } finally {
    main.removeAttribute("aria-busy");
  }
}

const open = () =>
  attempt(async () => {
    occasion = await call("occasion");
    showBanner(occasion);
    const { orders, coverages } = occasion;
    const resumed = occasion.about.find((each) => each.startsWith("QuestionnaireResponse/"));
    const asked = occasion.asked.find(({ task }) => occasion.about.includes(task));
    if (resumed) await begin({ form: resumed });
    else if (asked && coverages.length) await begin({ orders: [asked.order], coverage: coverages[0].reference, context: asked.context, task: asked });
    else if (settled(occasion)) await begin({ orders: orders.map(({ reference }) => reference), coverage: coverages[0].reference });
    else show("Choose", h("h1", { tabindex: "-1" }, "Documentation for an authorization"), chooseView(occasion, begin));
  }, open);

/** `before` are forms that were filled in already and go along with these. */
const begin = (choice, before = []) =>
  attempt(async () => {
    chosen = choice;
    wait("Getting the payer's form…");
    const handed = await call(choice.form ? "resumption" : "package", choice.form ? { form: choice.form } : choice);
    wait("Reading the chart…");
    const chart = { ...(await call("chart")), patient: occasion.resources.patient.id };
    const begun = handed.packages.map((each) => new Session(each, occasion, chart, engine));
    sessions = [...before, ...begun];
    at = before.length;
    for (const session of begun) {
      wait("Filling the form from the chart…");
      session.problems = await session.populate();
      if (session.adaptive && !session.finished && !questions(session.root).length) session.problems = await session.next();
      session.keep();
    }
    work(handed.said);
  }, () => begin(choice, before));

/** The orders this form is about. */
const ordersOf = (session) => {
  const about = (session.response.extension ?? []).map(({ valueReference }) => valueReference?.reference);
  const named = occasion.orders.filter(({ reference }) => about.includes(reference));
  return named.length ? named : occasion.orders.filter(({ reference }) => chosen.orders?.includes(reference));
};

function work(said = []) {
  const session = sessions[at];
  const view = new FormView(session, {
    review: () => review(session),
    next: () => next(session),
    problem: (words) => session.report([words]),
  });
  if (session.problems?.length)
    view.problems.append(notice("warning", "Some answers could not be looked up in the chart.", "Please answer them yourself. The payer was told that its form has a fault; nothing about the patient was sent."));
  for (const words of said) view.problems.append(notice("note", words));
  show(session.questionnaire.title ?? "Form", headView(session, ordersOf(session), { at, of: sessions.length }), view.element);
}

const next = (session) =>
  attempt(async () => {
    wait("Asking the payer for the next questions…");
    await session.saver.now();
    session.problems = await session.next();
    work();
  }, () => work());

function review(session) {
  const doing = { back: () => work(), finish: (how) => finish(session, how) };
  show("Review", reviewView(session, ordersOf(session), occasion.today, doing));
}

const finish = (session, { signed, send, services, documents }) =>
  attempt(async () => {
    wait("Finishing the form…");
    if (!session.done) await session.complete(signed);
    Object.assign(session, { services, documents });
    if (at + 1 < sessions.length) {
      at += 1;
      work();
    } else await end({ sessions, occasion, chosen, send }, { show, wait, attempt, begin, change });
  }, () => finish(session, { signed, send, services, documents }));

/** Back to the form after it was finished; a number given for the answers as they were is marked as soon as one changes. */
function change() {
  for (const each of sessions) each.reopen();
  at = 0;
  work();
}

open();
