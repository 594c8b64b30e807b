"""The journey every scene takes: ask at signing, fill the form, submit, and hear again by notice and by inquiry."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fhir_pa.provider.cds_client import service_for
from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.charts.practice import CLINIC_NPI, PAYER_NPI
from fhir_pa.provider.crd.coverage_answer import CoverageAnswer
from fhir_pa.provider.dtr.answers import Occasion
from fhir_pa.provider.pas.claim_response import PasAnswer, read_bundle, read_inquiry
from fhir_pa.provider.pas.inquiry import inquiry_of
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Line, Submission, sign
from fhir_pa.provider.play.stage import Stage
from fhir_pa.provider.play.telling import tell_answer, tell_coverage
from fhir_pa.provider.wire import WrongAnswer
from ig_profiles.reading import Json, many, text


@dataclass(frozen=True)
class Signed:
    """The orders as CRD left them, by ``Type/id``, with what the payer said of each."""

    orders: dict[str, Json]
    coverage: dict[str, tuple[CoverageAnswer, ...]]


def ask_at_signing(stage: Stage, chart: Chart, what: str) -> Signed:
    """Fire order-sign for the chart's drafts; every order must come back with coverage information and an assertion id.

    This clinic sends every request itself, so it lets the payer authorize nothing unasked.
    """
    tell = stage.narrator
    discovery = stage.cds.discover()
    answered = stage.cds.order_sign(chart, service_for(discovery.body, "order-sign"), unasked=False)
    tell.step(f"{_name(chart.clinician.practitioner)} signs {what}; the EHR asks the payer (order-sign)", answered.reply.took_ms)
    tell.asked(f"{len(chart.orders)} order(s) with a signed JWT; prefetched: {', '.join(answered.prefetched) or 'nothing'}")
    wanted = {f"{order['resourceType']}/{order['id']}" for order in chart.orders}
    tell.check("every order bears coverage information", {name for name, said in answered.coverage.items() if said}, wanted)
    for name, said in answered.coverage.items():
        for each in said:
            tell_coverage(tell, name, each)
    said_of_all = [each for said in answered.coverage.values() for each in said]
    tell.check("authorization is needed", {each.pa_needed for each in said_of_all}, {"auth-needed"})
    tell.check("clinical documentation is asked for", {each.doc_needed for each in said_of_all}, {("clinical",)})
    complete = all(each.questionnaires and each.assertion_id for each in said_of_all)
    tell.require("a form and an assertion id are named", complete, "one of the answers lacks them")
    return Signed(answered.orders, answered.coverage)


def document(stage: Stage, chart: Chart, signed: Signed, said: Mapping[str, Any]) -> tuple[Json, ...]:
    """Fetch the form by assertion id, fill it from the chart, let the clinician finish it; the QuestionnaireResponses."""
    tell = stage.narrator
    replies, packages = stage.dtr.fetch(chart, signed.orders, signed.coverage, stage.reader(chart).read)
    tell.step("The DTR app fetches the form ($questionnaire-package)", sum(reply.took_ms for reply in replies))
    tell.asked(f"{len(replies)} time(s): the coverage, an order as CRD left it with what it refers to, and its assertion id as context")
    tell.answered(", ".join(f"“{package.questionnaire.get('title')}” {package.canonical.rpartition('|')[2]}" for package in packages))
    tell.check("one form comes for these orders", len(packages), 1)
    occasion = Occasion(chart, tuple(signed.orders.values()), stage.guide, stage.at())
    responses = []
    for package in packages:
        began = time.perf_counter()
        filled = stage.dtr.fill(package, occasion, stage.reader(chart), said)
        answers = filled.answers
        took = (time.perf_counter() - began) * 1000
        tell.step("The app reads the chart, runs the payer's CQL over it and fills the form; the clinician completes it", took)
        tell.answered(f"from the chart: {', '.join(answers.from_chart) or 'nothing'}; by the payer: {', '.join(answers.from_payer) or 'nothing'}")
        tell.detail(f"by the clinician: {', '.join(answers.by_person) or 'nothing'}; left open: {', '.join(answers.open) or 'nothing'}")
        tell.check("every fact could be looked up", filled.trouble, ())
        tell.require("the chart answered questions by itself", len(answers.from_chart) >= 3, f"expected at least 3, got {answers.from_chart}")
        tell.check("the clinician's own answers are marked as such", set(answers.by_person), set(said))
        responses.append(answers.response)
    return tuple(responses)


def submit(stage: Stage, chart: Chart, lines: tuple[Line, ...], documents: tuple[Json, ...]) -> tuple[Submission, PasAnswer]:
    """POST the request Bundle and tell the answer."""
    number = stage.trace_number()
    submission = Submission(
        stage.guide, number, chart, stage.charts.practice, lines, documents, stage.at(), f"{stage.ehr_url}/fhir", sender=CLINIC_NPI, receiver=PAYER_NPI
    )
    bundle = request_of(submission)
    reply = stage.pas.submit(bundle)
    tell = stage.narrator
    tell.step("The request goes to the payer (Claim/$submit)", reply.took_ms)
    tell.asked(f"{len(lines)} service(s) with {len(documents)} document(s), {len(bundle['entry'])} resources in all, as {number}")
    answer = read_bundle(reply.body)
    tell_answer(tell, answer, with_findings=True)
    tell.check("every requested service is answered", sorted(answer.actions), list(range(1, len(lines) + 1)))
    tell.require("the exchange stays within 15 s", reply.took_ms < 15_000, f"it took {reply.took_ms:.0f} ms")
    return submission, answer


def inquire(stage: Stage, submission: Submission, number: str) -> PasAnswer:
    """POST an inquiry and tell the answer for the authorization of this number. Raises WrongAnswer when it is not found."""
    reply = stage.pas.inquire(inquiry_of(submission, stage.trace_number()))
    tell = stage.narrator
    tell.step("The provider asks how it stands (Claim/$inquire)", reply.took_ms)
    tell.check("the answer has the guide's shape", text(reply.body, "resourceType"), "Parameters" if stage.guide == "2.2" else "Bundle")
    found = [answer for answer in read_inquiry(reply.body) if number in answer.numbers]
    if not found:
        raise WrongAnswer(f"The inquiry did not bring authorization {number}.")
    tell_answer(tell, found[0])
    return found[0]


def hear(stage: Stage, act: Callable[[], None], what: str) -> PasAnswer | None:
    """Do something that changes an authorization and wait for its notice.

    In 2.2 the notice brings the whole answer, which is returned; in 2.0.1 it names the ClaimResponse and the answer is
    for an inquiry to fetch.
    """
    before = stage.events_so_far()
    act()
    event = stage.events_so_far()
    if event == before:
        raise WrongAnswer(f"The payer generated no event although something changed ({what}).")
    notice, waited = stage.wait_for_event(event)
    tell = stage.narrator
    tell.step(f"The payer's notice arrives at the provider's rest-hook ({what})", waited)
    tell.answered(f"event {notice['event_number']}, about {notice['focus'] or 'nothing'}")
    tell.require("the notice says what it is about", bool(notice["focus"]), "expected a focus, got none")
    resources = many(notice["bundle"], "entry", "resource")[1:]
    if stage.guide == "2.0.1":
        tell.check("an id-only notice carries no answer", [each["resourceType"] for each in resources if each["resourceType"] == "ClaimResponse"], [])
        return None
    bundle = next((each for each in resources if each["resourceType"] == "Bundle"), None)
    if bundle is None:
        raise WrongAnswer("A full-resource notice must bring the PAS response Bundle.")
    answer = read_bundle(bundle)
    tell_answer(tell, answer)
    return answer


def in_order(signed: Signed, chart: Chart, guide: str) -> list[Json]:
    """The orders as they go to PAS, in the order they were drafted."""
    return [sign(signed.orders[f"{order['resourceType']}/{order['id']}"], chart.coverage, guide) for order in chart.orders]


def on_worklist(stage: Stage, answer: PasAnswer, person: str) -> str:
    """The number of the case on the reviewer's worklist that this answer is about."""
    tell = stage.narrator
    reply = stage.desk.worklist(person)
    listed = [case for case in reply.body["authorizations"] if {case["number"], case.get("reference")} & set(answer.numbers)]
    tell.step("The case stands on the reviewers' worklist (GET /um/worklist)", reply.took_ms)
    tell.check("exactly once", len(listed), 1)
    stage.last_case = str(listed[0]["number"])
    return stage.last_case


def _name(practitioner: Json) -> str:
    human = practitioner["name"][0]
    return f"Dr. {human['given'][0]} {human['family']}"
