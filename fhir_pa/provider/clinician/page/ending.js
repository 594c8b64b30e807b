// After the last form is complete: further forms the payer names, what it decided, and on to sending, or to what it asked for before.

import { call } from "./server.js";
import { answeredView, authorizedView, keptView, moreView, outcomeView } from "./view/outcome.js";

const url = (canonical) => canonical.split("|")[0];

/**
 * `visit` is { sessions, occasion, chosen, send }, `go` what the page can do: { show, wait, attempt, begin, change }.
 * `without` is true once the clinician went on without the further forms.
 */
export async function end(visit, go, without = false) {
  const { sessions, occasion, chosen, send } = visit;
  const further = without ? [] : named(sessions, occasion);
  if (further.length) {
    const { payer, orders } = sessions.at(-1);
    const references = orders.map(({ reference }) => reference);
    const fill = () => go.begin({ ...chosen, form: undefined, orders: references, coverage: coverageOf(visit), forms: further }, sessions);
    return go.show("One more form", moreView(payer, further.length, fill, () => go.attempt(() => end(visit, go, true))));
  }
  if (chosen.task) return answer(visit, go);
  const trouble = sessions.map((each) => each.orderTrouble).find(Boolean);
  if (sessions.every((each) => each.authorized.length && each.authorized.length === each.orders.length)) {
    return go.show("Authorized", authorizedView(sessions.flatMap((each) => each.authorized), sessions[0].payer, trouble, { object, change: go.change }));
  }
  if (send) return submit(visit, go);
  return go.show("Finished", keptView(bundles(sessions)));
}

/** Forms the orders name now and did not name before, and that were not filled in here (spec-49). */
function named(sessions, { orders: before }) {
  const known = new Set([...sessions.map(({ canonical }) => canonical), ...before.flatMap(({ payer }) => payer.flatMap(({ forms }) => forms))].map(url));
  const now = sessions.flatMap(({ orders }) => orders).flatMap(({ payer }) => payer.flatMap(({ forms }) => forms));
  return [...new Set(now)].filter((each) => !known.has(url(each)));
}

/** The coverage that was chosen, else the one the form is about. */
function coverageOf({ chosen, sessions, occasion }) {
  const about = sessions[0].response.extension.map(({ valueReference }) => valueReference?.reference);
  return chosen.coverage ?? occasion.coverages.find(({ reference }) => about.includes(reference)).reference;
}

const forms = (sessions) => sessions.map(({ response }) => `QuestionnaireResponse/${response.id}`);

/** Each form with the address of its Bundle, for whoever performs the order. */
const bundles = (sessions) => sessions.map(({ response, questionnaire }) => ({ title: questionnaire.title ?? "The form", address: `bundle?form=QuestionnaireResponse/${response.id}` }));

async function submit(visit, go) {
  const { sessions, occasion } = visit;
  go.wait("Sending to the payer…");
  const services = [...new Map(sessions.flatMap((each) => each.services).map((each) => [each.order, each])).values()];
  const isPaper = (each) => /^(DocumentReference|DiagnosticReport)\//.test(each);
  const evidence = [...new Set(sessions.flatMap((each) => [...each.evidence.filter((name) => !isPaper(name)), ...each.documents]))];
  const coverage = coverageOf(visit);
  const result = await call("authorization", { coverage, services, forms: forms(sessions), evidence });
  const doing = {
    fill: (asked) => go.begin({ orders: [asked.order], coverage, context: asked.context, task: asked }),
    send: (asked, documents) => call("papers", { coverage, asked, documents }),
  };
  go.show("Sent", outcomeView(result, occasion, sessions[0].payer, doing, bundles(sessions)));
}

/** The form goes where the payer asked for it, under the number it asked with. */
async function answer(visit, go) {
  const { sessions, chosen } = visit;
  go.wait("Sending to the payer…");
  const { words } = await call("answer", { coverage: coverageOf(visit), asked: chosen.task, form: forms(sessions).at(-1) });
  go.show("Sent", answeredView(sessions[0].payer, words, bundles(sessions)));
}

/** The clinician does not hold with a number: kept on the order; the reason it was kept with. */
async function object(order, number, because) {
  const { order: told } = await call("objection", { order: order.reference, number, because });
  return told.payer.find(({ satisfied }) => satisfied === number).objection;
}
