"""A gold card is heard while ordering and honoured when the request comes: by orderer or performer, while it holds, within the policy's limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fhir_pa.auth.directory import GoldCard
from fhir_pa.operations.proofs.prove import prove
from fhir_pa.provider.charts.practice import CLINIC_NPI, SUPPLIER_NPI
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.claim_response import PasAnswer
from ig_profiles.names import COVERAGE_INFORMATION, CRD_TEMP_CODES, NPI
from ig_profiles.reading import Json, extension_value, extensions, identifier_value, many
from tests.stories.asking import BORDERLINE, oxygen, submit, update
from tests.stories.ehr import Ehr, searchset
from tests.stories.parties import AUDITOR, NOW, Staff, System

RECORD = "97 % of requests certified in twelve months"
UNTIL = date(2027, 3, 1)


def give(clinic: System, npi: str | None = None, **card: Any) -> None:
    """The plan gives a gold card, in the stead of any other: to the patient's clinician, unless another number is named."""
    plan = clinic.plan
    number = npi or identifier_value(plan.charts.by_patient[BORDERLINE].clinician.practitioner, NPI)
    given = GoldCard(**{"npi": str(number), "because": RECORD, "until": UNTIL, "topics": ("home_oxygen",), **card})
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=replace(plan.payer.settings.directory, gold_cards=(given,))))
    plan.__dict__.pop("application", None)  # the server starts anew, and reads its file
    clinic.http = plan.http()


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    """The clinic's EHR."""
    return Ehr(clinic)


def reasons(answer: Json) -> list[tuple[str, str]]:
    """Code and text of each reason on the first order."""
    (said,) = extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION)
    told = [part["valueCodeableConcept"] for part in many(said, "extension") if part["url"] == "reason"]
    assert all(coding["system"] == CRD_TEMP_CODES for each in told for coding in each.get("coding", []))
    return [(next((coding["code"] for coding in each.get("coding", [])), ""), each["text"]) for each in told]


def needed(answer: Json) -> str:
    (said,) = extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION)
    return str(extension_value(said, "pa-needed"))


def outcome(answer: PasAnswer) -> str:
    (item,) = answer.items
    return str(item.action)


def test_what_the_card_spares_while_ordering_it_certifies_when_the_request_comes(clinic: System, ehr: Ehr) -> None:
    give(clinic)
    heard = ehr.ask(ehr.call(BORDERLINE))
    assert needed(heard) == "no-auth"
    (code, text) = reasons(heard)[0]
    assert code == "gold-card" and text.startswith("The ordering clinician is exempt") and text.endswith(f"until 2027-03-01: {RECORD}.")
    answer = submit(clinic, oxygen(clinic, BORDERLINE))
    assert outcome(answer) == CERTIFIED
    (item,) = answer.items
    assert "until 2027-03-01" in " ".join(item.notes) and RECORD in " ".join(item.notes), "the reason is told on the wire"
    (number, *_) = answer.numbers
    with clinic.plan.payer.store.reading() as tx:
        case = tx.authorization(number)
    (kept,) = case.items
    assert kept.determination.signed_by is None and kept.determination.findings == ()
    assert kept.determination.exemption is not None and kept.determination.exemption.until == UNTIL
    held = kept.determination.authorized
    assert held is not None and (held.starts_on, held.until) == (NOW.date(), date(2027, 2, 18)), "the days asked for"
    assert any("Exempt from prior authorization" in event.because for event in case.trail)
    seen = Staff(clinic.plan, AUDITOR).call("GET", f"/um/authorizations/{number}").get_json()
    assert RECORD in seen["items"][0]["determination"]["because"]


def test_the_proof_of_such_a_certification_holds_and_names_the_card(clinic: System) -> None:
    give(clinic)
    (number, *_) = submit(clinic, oxygen(clinic, BORDERLINE)).numbers
    give(clinic, until=date(2026, 11, 1))
    shown = prove(number, clinic.plan.payer)
    (replay,) = shown.replays
    assert shown.holds and replay.differences == () and "gold card" in replay.how
    assert replay.decided["exemption"]["until"] == "2027-03-01" and replay.decided["exemption"]["because"] == RECORD
    assert replay.decided["decided_by"] == {"kind": "engine"} and replay.decided["findings"] == []


@pytest.mark.parametrize("card", [{"until": date(2026, 11, 20)}, {"topics": ("surveillance_imaging",)}, {"npi": "9000000019"}])
def test_a_card_that_ended_or_is_anothers_spares_neither_the_request_nor_its_review(card: dict[str, Any], clinic: System, ehr: Ehr) -> None:
    give(clinic, **card)
    assert needed(ehr.ask(ehr.call(BORDERLINE))) == "auth-needed"
    assert outcome(submit(clinic, oxygen(clinic, BORDERLINE))) == PENDED


def test_the_day_of_service_counts_not_the_day_of_asking(clinic: System) -> None:
    give(clinic, until=NOW.date())
    asked = oxygen(clinic, BORDERLINE)
    (line,) = asked.lines
    tomorrow = replace(asked, lines=(replace(line, starts=date(2026, 11, 22), ends=date(2027, 2, 1)),))
    assert outcome(submit(clinic, tomorrow)) == PENDED
    assert outcome(submit(clinic, asked)) == CERTIFIED


def test_a_card_spares_the_criteria_and_not_the_limits_of_the_policy(clinic: System, ehr: Ehr) -> None:
    give(clinic)
    asked = oxygen(clinic, BORDERLINE)
    (line,) = asked.lines
    longer = replace(asked, lines=(replace(line, ends=date(2028, 11, 21)),))
    assert outcome(submit(clinic, longer)) == PENDED
    order = ehr.clinic.plan.charts.by_patient[BORDERLINE].orders[0]
    call = ehr.call(BORDERLINE)
    call["context"]["draftOrders"]["entry"] = [{"resource": {**order, "occurrencePeriod": {"start": "2026-11-21", "end": "2028-11-21"}}}]
    assert needed(ehr.ask(call)) == "auth-needed", "the hook says what the request will be told"


def dispatch(ehr: Ehr) -> Json:
    """The order is sent to the supplier of oxygen."""
    chart = ehr.clinic.plan.charts.by_patient[BORDERLINE]
    order = chart.orders[0]
    supplier = {
        "resourceType": "Organization",
        "id": "fernhill-oxygen",
        "active": True,
        "name": "Fernhill Oxygen",
        "identifier": [{"system": NPI, "value": SUPPLIER_NPI}],
    }
    brought = {"patient": chart.patient, "coverage": searchset(chart.coverage), "performer": supplier, "orders": searchset(order)}
    context = {"patientId": BORDERLINE, "dispatchedOrders": [f"{order['resourceType']}/{order['id']}"], "performer": "Organization/fernhill-oxygen"}
    return ehr.call(BORDERLINE, hook="order-dispatch", context=context, prefetch=brought)


def test_at_dispatch_the_performers_card_counts_too_and_the_answer_says_whose_it_is(clinic: System, ehr: Ehr) -> None:
    give(clinic, npi=SUPPLIER_NPI)
    assert needed(ehr.ask(ehr.call(BORDERLINE))) == "auth-needed", "nobody knows yet who performs it"
    told = ehr.send(dispatch(ehr), "order-dispatch-crd")
    assert told.status_code == 200, told.text
    (code, text) = reasons(told.get_json())[0]
    assert needed(told.get_json()) == "no-auth" and code == "gold-card" and text.startswith("Fernhill Oxygen is exempt")


def test_the_organization_that_asks_may_hold_the_card(clinic: System) -> None:
    give(clinic, npi=CLINIC_NPI)
    assert outcome(submit(clinic, oxygen(clinic, BORDERLINE))) == CERTIFIED


def test_a_card_given_while_a_request_waits_certifies_it_with_its_next_update(clinic: System) -> None:
    asked = oxygen(clinic, BORDERLINE)
    assert outcome(submit(clinic, asked)) == PENDED
    give(clinic)
    _, bundle = update(asked)
    answered = clinic.post("Claim/$submit", bundle)
    assert RECORD in str(answered)


