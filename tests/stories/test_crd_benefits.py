"""What a clinician gains by asking: gold cards, the payer's own speed, other authorizations, and rows that measure it all."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from fhir_pa.auth.directory import GoldCard
from fhir_pa.operations.hooks.measured import MEASURED_AGAIN
from fhir_pa.operations.hooks.metric_data import crd_metric_data
from fhir_pa.provider.crd.coverage_answer import CoverageAnswer
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.web.errors import STATUSES
from ig_profiles.names import NPI
from ig_profiles.reading import Json, identifier_value, many
from tests.stories.asking import BORDERLINE, CANCER, SHORT_OF_OXYGEN, oxygen, submit
from tests.stories.ehr import Ehr, said
from tests.stories.parties import NOW, Plan, Staff, System


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    """The clinic's EHR."""
    return Ehr(clinic)


def with_gold_card(plan: Plan, **card: object) -> GoldCard:
    """The plan spares the patient's clinician the asking."""
    number = identifier_value(plan.charts.by_patient[BORDERLINE].clinician.practitioner, NPI)
    given = GoldCard(**{"npi": str(number), "because": "97 % of requests certified in twelve months", **card})  # type: ignore[arg-type]
    settings = replace(plan.payer.settings, directory=replace(plan.payer.settings.directory, gold_cards=(given,)))
    plan.payer = replace(plan.payer, settings=settings)
    return given


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_a_gold_card_spares_the_clinician_the_request_and_says_until_when(guide: str, plan: Plan) -> None:
    with_gold_card(plan, until=date(2027, 3, 1), topics=("home_oxygen",))
    (told,) = Ehr(System(plan, CLIENT_ID, guide)).sign(BORDERLINE)
    assert (told.covered, told.pa_needed, told.doc_needed) == ("covered", "no-auth", ())
    assert "until 2027-03-01: 97 % of requests certified in twelve months." in told.reasons[0]


@pytest.mark.parametrize("card", [{"until": date(2026, 11, 20)}, {"topics": ("surveillance_imaging",)}, {"npi": "9000000019"}])
def test_a_gold_card_that_ended_or_is_for_something_or_somebody_else_spares_nothing(card: dict[str, object], plan: Plan) -> None:
    with_gold_card(plan, **card)
    (told,) = Ehr(System(plan, CLIENT_ID, "2.2")).sign(BORDERLINE)
    assert told.pa_needed == "auth-needed"


def everything_told(ehr: Ehr, who: str) -> str:
    return str(ehr.ask(ehr.call(who)))


def test_the_time_to_a_decision_is_measured_here_and_told_from_five_on(clinic: System, ehr: Ehr, physician: Staff) -> None:
    for done in range(5):
        assert "nine in ten" not in everything_told(ehr, BORDERLINE)
        clinic.plan.clock.turn(seconds=MEASURED_AGAIN.total_seconds())
        pended = oxygen(clinic, BORDERLINE)
        submit(clinic, pended)
        clinic.plan.clock.turn(hours=10 + done)
        (waiting,) = physician.worklist()
        physician.decide(waiting["number"], items=[1], decision="deny", because="89 % is above the limit.", reason_code="0F", criteria=["hypoxemia"])
    assert "Requests for this are decided within 12 hours half of the time, and nine in ten within 14 hours." in everything_told(ehr, BORDERLINE)
    assert "decided within" not in everything_told(ehr, CANCER), "another policy has its own measure"


def test_authorizations_given_with_orders_do_not_make_the_payer_look_fast(clinic: System, ehr: Ehr) -> None:
    (told,) = ehr.sign()
    assert told.satisfied_pa_id
    with clinic.plan.payer.store.reading() as tx:
        assert tx.first_decisions("home_oxygen", ["E1390"]) == []
    submit(clinic, oxygen(clinic, BORDERLINE))
    with clinic.plan.payer.store.reading() as tx:
        assert tx.first_decisions("home_oxygen", ["E1390"]) == [], "pended is no decision"


def test_another_clinics_order_hears_of_the_authorization_but_not_its_number(clinic: System, ehr: Ehr) -> None:
    (mine,) = ehr.sign()
    with clinic.plan.payer.store.transaction() as tx:
        case = tx.authorization(str(mine.satisfied_pa_id))
        elsewhere = replace(case, client="another-ehr", revision=case.revision + 1)
        requestor = replace(case.request.requestor, identifiers=())
        tx.save(replace(elsewhere, request=replace(case.request, requestor=requestor, assertion="another-order")))
    answer = ehr.ask(ehr.call())
    (told,) = said(answer)
    assert told.pa_needed == "auth-needed" and "certified for another practice" in told.reasons[0]
    assert str(mine.satisfied_pa_id) not in str(answer)


def test_the_clinicians_own_number_opens_what_another_system_submitted(clinic: System, ehr: Ehr) -> None:
    (mine,) = ehr.sign()
    with clinic.plan.payer.store.transaction() as tx:
        case = tx.authorization(str(mine.satisfied_pa_id))
        request = replace(case.request, assertion="another-order")
        tx.save(replace(case, client="another-ehr", request=request, revision=case.revision + 1))
    (told,) = ehr.sign()
    assert told.satisfied_pa_id == mine.satisfied_pa_id


def test_signing_the_same_order_in_two_places_at_one_moment_opens_one_authorization(clinic: System) -> None:
    heard: list[CoverageAnswer] = []
    call = Ehr(clinic).call()

    def sign() -> None:
        heard.extend(said(Ehr(System(clinic.plan, clinic.client, clinic.guide)).ask(call)))

    places = [threading.Thread(target=sign) for _ in range(4)]
    for each in places:
        each.start()
    for each in places:
        each.join()
    assert len(heard) == 4 and len({each.satisfied_pa_id for each in heard}) == 1


def rows(clinic: System) -> list[Json]:
    statuses = {kind.__name__: dict(zip(("2.0.1", "2.2"), codes[1:], strict=True)) for kind, codes in STATUSES.items()}
    return crd_metric_data(NOW, NOW + timedelta(days=1), lambda kind, guide: statuses[kind][guide], clinic.plan.payer)


def test_every_call_leaves_a_row_of_codes_and_ids(clinic: System, ehr: Ehr) -> None:
    (told,) = ehr.sign()
    clinic.plan.clock.turn(seconds=1)
    ehr.sign(CANCER)
    clinic.plan.clock.turn(seconds=1)
    ehr.send({"hook": "order-sign"})
    granted, scans, refused = rows(clinic)
    assert (granted["source"], granted["hookType"], granted["httpResponse"], granted["tokenUse"]) == ("payer-src", "order-sign", 200, "used")
    assert granted["requestTime"] <= granted["responseTime"] and granted["payerId"]["system"] == NPI
    (order,) = granted["request"]
    information = order["response"][0]["coverageInfo"][0]
    assert (order["type"], order["orderDetail"]["coding"][0]["code"]) == ("DeviceRequest", "E1390")
    assert (information["covered"], information["paNeeded"], information["satisfiedId"]) == ("covered", "satisfied", told.satisfied_pa_id)
    assert (information["assertionId"], information["businessLine"]) == (told.assertion_id, {"text": "medicare-advantage"})
    assert {"type": "Patient", "count": 1, "prefetch": True} in granted["resources"]
    assert any(each["type"] == "Observation" and not each["prefetch"] for each in granted["resources"])
    assert [each["type"] for each in scans["request"]] == ["ServiceRequest"] * 3
    assert refused["httpResponse"] == {"2.0.1": 422, "2.2": 400}[clinic.guide] and refused["issue"] == [{"code": "structure"}]
    assert "request" not in refused


def test_a_row_names_nobody(clinic: System, ehr: Ehr) -> None:
    ehr.sign()
    chart = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
    written = str(rows(clinic))
    private = [*many(chart.patient, "name", "family"), chart.patient["birthDate"], chart.coverage["subscriberId"], chart.patient["id"]]
    assert [word for word in private if str(word) in written] == []
