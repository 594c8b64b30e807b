"""Sent to a performer over HTTP: inside the network, outside it, and therapy that is billed by how it is given, until the visits are used up."""

from __future__ import annotations

import json as plain_json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cds_hooks.apps import App
from cds_hooks.membership import Insured, MemberStanding, Standing
from cds_hooks.network import Address, Network, Provider
from fhir_pa.operations.weighing.used import used_of_limit
from fhir_pa.provider.charts.npi import synthetic_npi
from fhir_pa.provider.codes import OUTPATIENT_HOSPITAL
from fhir_pa.provider.pas.submission import Line, sign
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles.names import COVERAGE_INFORMATION, CPT, HCPCS, NPI, SNOMED
from ig_profiles.reading import Json, extension_value, extensions, many
from questionnaires.benefits import Benefits, Limit
from questionnaires.library import Shelf
from tests.stories.asking import SHORT_OF_OXYGEN, oxygen, submit
from tests.stories.ehr import Ehr, searchset
from tests.stories.parties import Plan, Staff, System

INSIDE, OUTSIDE = synthetic_npi(50_001), synthetic_npi(50_002)
PHYSICAL_THERAPY = "PT"  # X12 1365
THERAPY = {"coding": [{"system": SNOMED, "code": "91251008", "display": "Physical therapy"}], "text": "Physical therapy"}
BIRCH = Provider(
    INSIDE, "Birch Therapy", address=Address("1 Birch Way", "Springfield", "OH", "45502"), topics=("outpatient_therapy",), next_available=date(2026, 11, 24)
)


@pytest.fixture(params=["2.0.1", "2.2"])
def ehr(plan: Plan, request: pytest.FixtureRequest) -> Ehr:
    """The clinic's EHR, and a payer that lists one therapist and has one app."""
    app = App("Visit planner", "https://apps.larkfield.example/launch", "It shows which visits are left.", ("outpatient_therapy",), ("order-sign",))
    directory = replace(plan.payer.settings.directory, network=Network((BIRCH,)), apps=(app,))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    return Ehr(System(plan, CLIENT_ID, request.param))


def therapy(code: str | None = None, visits: int | None = None, **more: object) -> Json:
    coded = {"coding": [*THERAPY["coding"], {"system": CPT, "code": code}], "text": "Physical therapy"} if code else THERAPY
    quantity = {"quantityQuantity": {"value": visits, "unit": "visits"}} if visits else {}
    return {
        "resourceType": "ServiceRequest",
        "id": "therapy-1",
        "status": "draft",
        "intent": "order",
        "code": coded,
        "subject": {"reference": f"Patient/{SHORT_OF_OXYGEN}"},
        "authoredOn": "2026-11-21",
        "requester": {"reference": "Practitioner/dr"},
        "occurrenceDateTime": "2026-12-01",
        **quantity,
        **more,
    }


def organization(npi: str) -> Json:
    return {"resourceType": "Organization", "id": "o1", "active": True, "name": "Hazel Therapy", "identifier": [{"system": NPI, "value": npi}]}


def signing(ehr: Ehr, *orders: Json) -> Json:
    call = ehr.call()
    call["context"]["draftOrders"] = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order} for order in orders]}
    return ehr.ask(call)


def dispatching(ehr: Ehr, order: Json, performer: Json) -> Json:
    call = ehr.call()
    call |= {"hook": "order-dispatch"}
    call["context"] = {"patientId": SHORT_OF_OXYGEN, "dispatchedOrders": [f"ServiceRequest/{order['id']}"], "performer": f"Organization/{performer['id']}"}
    call["prefetch"] |= {"order": searchset(order), "performer": performer}
    answered = ehr.send(call, "order-dispatch-crd")
    assert answered.status_code == 200, answered.text
    return dict(answered.get_json())


def told(answer: Json, position: int = 0) -> dict[str, Json]:
    """The repetitions on one order of the answer, by the first billing code each is for."""
    said = extensions(answer["systemActions"][position]["resource"], COVERAGE_INFORMATION)
    return {extension_value(each, "billingCode")["code"]: each for each in said}


def value(repetition: Json, name: str) -> object:
    found = extension_value(repetition, name)
    return found["text"] if isinstance(found, dict) and "text" in found else found


def card(answer: Json, topic: str) -> Json | None:
    return next((each for each in answer["cards"] if each["source"]["topic"]["code"] == topic), None)


def test_therapy_is_answered_by_how_it_may_be_billed_and_depends_on_who_gives_it(ehr: Ehr) -> None:
    answer = signing(ehr, therapy())
    said = told(answer)
    states = {code: (value(each, "covered"), value(each, "pa-needed")) for code, each in said.items()}
    assert states == {"97110": ("covered", "conditional"), "97161": ("covered", "no-auth"), "97039": ("not-covered", None)}
    assert value(said["97110"], "info-needed") == "performer" and len({value(each, "coverage-assertion-id") for each in said.values()}) == 1
    launch = next(link for each in answer["cards"] for link in each.get("links", []) if link["type"] == "smart")
    context = plain_json.loads(launch["appContext"])
    assert context["policy"] == "outpatient_therapy" and SHORT_OF_OXYGEN not in launch["appContext"]


def test_what_was_said_of_every_way_is_kept_under_the_one_assertion(ehr: Ehr) -> None:
    said = told(signing(ehr, therapy()))
    with ehr.clinic.plan.payer.store.reading() as tx:
        kept = tx.assertion(str(value(said["97110"], "coverage-assertion-id")))
    assert kept is not None and kept.topic == "outpatient_therapy" and kept.said["authorization_number"] is None
    assert [each["billing_codes"][0] for each in kept.said["repetitions"]] == ["97110", "97161", "97039"]


def test_each_way_of_billing_is_measured_and_its_cards_are_counted_once(ehr: Ehr) -> None:
    answer, plan = signing(ehr, therapy()), ehr.clinic.plan
    with plan.payer.store.reading() as tx:
        (metric,) = tx.crd_metrics(plan.clock(), plan.clock() + timedelta(seconds=1))
    assert [(each.covered, each.pa_needed) for each in metric.orders] == [("covered", "conditional"), ("covered", "no-auth"), ("not-covered", "")]
    assert [len(each.cards) for each in metric.orders] == [len(answer["cards"]), 0, 0]


def test_inside_the_network_nobody_has_to_ask(ehr: Ehr) -> None:
    answer = dispatching(ehr, therapy("97110"), {**organization(INSIDE), "name": "Birch Therapy"})
    (said,) = told(answer).values()
    assert value(said, "pa-needed") == "no-auth" and "Birch Therapy is in the network" in str(value(said, "reason"))
    assert card(answer, "network") is None and card(answer, "cost") is None


def test_outside_the_network_it_must_be_asked_for_and_a_click_sends_it_inside(ehr: Ehr) -> None:
    order = therapy("97110")
    answer = dispatching(ehr, order, organization(OUTSIDE))
    (said,) = told(answer).values()
    assert (value(said, "covered"), value(said, "pa-needed")) == ("covered", "auth-needed")
    network, cost = card(answer, "network"), card(answer, "cost")
    assert network is not None and "Hazel Therapy is outside the network" in network["summary"] and "1 Birch Way" in network["detail"]
    assert cost is not None and "about 40 % with Hazel Therapy, 10 % inside" in cost["summary"]
    if ehr.clinic.guide == "2.0.1":
        assert "suggestions" not in network, "by 2.0.1 no organization performs a ServiceRequest"
        return
    (action,) = network["suggestions"][0]["actions"]
    assert network["suggestions"][0]["label"] == "Send to Birch Therapy, room from 2026-11-24"
    redirected = action["resource"]
    assert redirected["performer"][0]["identifier"] == {"system": NPI, "value": INSIDE}
    (again,) = told(signing(ehr, redirected)).values()
    assert value(again, "pa-needed") == "no-auth", "the order as taken from the card is answered for its new performer"


def test_visits_beyond_the_limit_are_referred_and_told_on_a_card(ehr: Ehr) -> None:
    answer = dispatching(ehr, therapy("97110", visits=24), organization(INSIDE))
    (said,) = told(answer).values()
    assert (value(said, "covered"), value(said, "pa-needed")) == ("covered", "auth-needed")
    assert "The order asks for 24 visits; 0 of 20 visits used in 2026, 20 remain." in str(value(said, "reason"))
    limits = card(answer, "limits")
    assert limits is not None and "more than is left (20 visits)" in limits["summary"]
    inside = dispatching(ehr, {**therapy("97110", visits=20), "id": "therapy-2"}, organization(INSIDE))
    (enough,) = told(inside).values()
    assert value(enough, "pa-needed") == "no-auth"


def test_visits_certified_on_request_are_used_and_the_next_order_hears_what_is_left(ehr: Ehr, nurse: Staff) -> None:
    clinic, asked = ehr.clinic, oxygen(ehr.clinic)
    ordered = {**therapy("97110", visits=12), "id": "therapy-before", "requester": asked.chart.orders[0]["requester"]}
    order = sign(ordered, asked.chart.coverage, clinic.guide)
    line = Line(order, PHYSICAL_THERAPY, OUTPATIENT_HOSPITAL, date(2026, 12, 1), date(2026, 12, 10), units=12)
    submit(clinic, replace(asked, lines=(line,)))
    (waiting,) = nurse.worklist()
    certified = {"from": "2026-12-01", "until": "2026-12-10", "quantity": 12, "unit": "visits"}
    nurse.decide(waiting["number"], items=[1], decision="certify", because="The plan of care is sound.", authorized=certified)
    answer = dispatching(ehr, therapy("97110", visits=24, occurrenceDateTime="2026-12-20"), organization(INSIDE))
    (said,) = told(answer).values()
    assert "12 of 20 visits used in 2026, 8 remain" in str(answer) and "more than is left (8 visits)" in str(card(answer, "limits"))
    assert value(said, "pa-needed") == "auth-needed"
    next_year = dispatching(ehr, therapy("97110", visits=20, occurrenceDateTime="2027-01-11"), organization(INSIDE))
    assert value(next(iter(told(next_year).values())), "pa-needed") == "no-auth", "a new year begins"


def test_therapy_ordered_with_a_knee_replacement_names_the_operation_it_follows(ehr: Ehr) -> None:
    knee = {**therapy(), "id": "knee-1", "code": {"coding": [{"system": CPT, "code": "27447"}], "text": "Knee replacement"}}
    answer = signing(ehr, therapy("97110"), knee)
    (said,) = told(answer).values()
    assert extension_value(said, "dependency") == {"reference": "ServiceRequest/knee-1"}
    reasons = [each["valueCodeableConcept"]["text"] for each in many(said, "extension") if each["url"] == "reason"]
    assert "This follows Knee replacement, ordered with it, and holds when that is done." in reasons


def limited(plan: Plan, limit: Limit) -> Ehr:
    """The clinic's EHR, and a plan that limits what it certifies of home oxygen."""
    benefits = Benefits(limit=limit)
    volumes = plan.payer.shelf.volumes()
    oxygen = [replace(each, edition=replace(each.edition, benefits=benefits)) for each in volumes if each.edition.topic == "home_oxygen"]
    plan.payer = replace(plan.payer, shelf=Shelf([*oxygen, *(each for each in volumes if each.edition.topic != "home_oxygen")]))
    return Ehr(System(plan, CLIENT_ID, "2.2"))


def test_what_was_certified_with_an_order_counts_against_the_next_one(plan: Plan) -> None:
    ehr = limited(plan, Limit(Decimal(1), "each"))
    first = ehr.ask(ehr.call())
    assert value(told(first)["E1390"], "pa-needed") == "satisfied"
    call = ehr.call()
    (order,) = [entry["resource"] for entry in call["context"]["draftOrders"]["entry"]]
    portable = {"coding": [{"system": HCPCS, "code": "E0431"}], "text": "Portable oxygen"}
    call["context"]["draftOrders"]["entry"] = [{"resource": {**order, "id": "portable-1", "codeCodeableConcept": portable}}]
    second = ehr.ask(call)
    (said,) = told(second).values()
    assert value(said, "pa-needed") == "auth-needed"
    assert "The order asks for one more; 1 of 1 each used in 2026, 0 remain." in str(value(said, "reason"))
    details = [part for part in many(said, "extension") if part["url"] == "detail"]
    left = next(part for part in details if extension_value(part, "code")["coding"][0]["code"] == "allowed-quantity")
    assert extension_value(left, "value") == {"value": 0, "unit": "each"}
    limits = [each for each in second["cards"] if "more than is left" in each["summary"]]
    assert len(limits) == 1


def test_another_years_certifications_do_not_count(plan: Plan) -> None:
    ehr = limited(plan, Limit(Decimal(1), "each"))
    ehr.ask(ehr.call())
    with plan.payer.store.reading() as tx:
        chart = plan.charts.by_patient[SHORT_OF_OXYGEN]
        insured = Insured(chart.coverage, "Coverage/1", MemberStanding(Standing.ACTIVE), chart.patient)
        edition = plan.payer.shelf.volume("home_oxygen").edition
        counted = [used_of_limit(insured, edition, day, plan.payer.shelf, tx) for day in (date(2026, 12, 31), date(2027, 1, 1))]
        stranger = replace(insured, coverage={**chart.coverage, "subscriberId": "SYN-0", "identifier": []}, patient=None)
        assert used_of_limit(stranger, edition, date(2026, 12, 31), plan.payer.shelf, tx) == 0
    assert counted == [1, 0]
