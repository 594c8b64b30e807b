"""What the hook says while ordering is what the inquiry and the payer's own people say, in every state of an authorization."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest

from fhir_pa.pas.people import identifiers
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.crd.coverage_answer import orders_answered, read_order
from fhir_pa.provider.pas.claim_response import PasAnswer
from fhir_pa.provider.pas.submission import Submission
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extension_value, extensions, many
from tests.stories.asking import BORDERLINE, SHORT_OF_OXYGEN, inquire, oxygen, submit, update, withdrawn
from tests.stories.ehr import Ehr
from tests.stories.parties import Staff, System


@dataclass(frozen=True)
class Truth:
    """Where a service stands today, in whichever words: ``authorized`` until a day, ``under review``, or ``open``; and the number told."""

    state: str
    number: str | None = None
    until: str | None = None


def heard(order: Json) -> Truth:
    """What the hook's coverage information says."""
    (answer,) = read_order(order)
    if answer.pa_needed == "satisfied":
        (said,) = extensions(order, COVERAGE_INFORMATION)
        details = [part for part in many(said, "extension") if part["url"] == "detail"]
        (period,) = [extension_value(part, "value") for part in details if extension_value(part, "code")["coding"][0]["code"] == "allowed-period"]
        return Truth("authorized", answer.satisfied_pa_id, period["end"])
    assert answer.pa_needed == "auth-needed" and answer.satisfied_pa_id is None
    told = answer.reasons[0]
    return Truth("under review", told.split("under review as ")[1].split()[0]) if "under review as " in told else Truth("open")


def inquired(answers: tuple[PasAnswer, ...], today: date) -> Truth:
    """What the inquiry says of the one service."""
    (answer,) = answers
    (item,) = answer.items
    if item.action == CERTIFIED and str(item.starts) <= str(today) <= str(item.ends):
        return Truth("authorized", item.number, item.ends)
    return Truth("under review", item.reference or next(iter(answer.numbers), None)) if item.action == PENDED else Truth("open")


def looked_up(case: Json, today: date) -> Truth:
    """What somebody of the payer's staff reads out on the phone."""
    (item,) = case["items"]
    made = item["determination"]
    held = made.get("authorized")
    if made["action"] == "certified in total" and held["from"] <= str(today) <= held["until"]:
        return Truth("authorized", case["number"], held["until"])
    return Truth("under review", case["reference"]) if made["action"] == "pended" else Truth("open")


def certified(clinic: System, physician: Staff) -> tuple[str, Submission]:
    asked = oxygen(clinic)
    submit(clinic, asked)
    return SHORT_OF_OXYGEN, asked


def pended(clinic: System, physician: Staff) -> tuple[str, Submission]:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    return BORDERLINE, asked


def certified_by_a_person(clinic: System, physician: Staff) -> tuple[str, Submission]:
    who, asked = pended(clinic, physician)
    (waiting,) = physician.worklist()
    period = {"from": "2026-11-21", "until": "2027-02-18"}
    physician.decide(waiting["number"], items=[1], decision="certify", because="The borderline value is explained.", authorized=period)
    return who, asked


def denied(clinic: System, physician: Staff) -> tuple[str, Submission]:
    who, asked = pended(clinic, physician)
    (waiting,) = physician.worklist()
    physician.decide(waiting["number"], items=[1], decision="deny", because="89 % is above the limit.", reason_code="0F", criteria=["hypoxemia"])
    return who, asked


def cancelled(clinic: System, physician: Staff) -> tuple[str, Submission]:
    who, asked = pended(clinic, physician)
    later, bundle = update(asked)
    clinic.post("Claim/$submit", withdrawn(bundle))
    return who, later


def expired(clinic: System, physician: Staff) -> tuple[str, Submission]:
    who, asked = certified_by_a_person(clinic, physician)
    clinic.plan.clock.turn(days=90)
    return who, asked


def numbers_of(clinic: System, who: str) -> list[str]:
    """What the payer has on file for the patient."""
    chart = clinic.plan.charts.by_patient[who]
    with clinic.plan.payer.store.reading() as tx:
        return [case.number for case in tx.of_member(identifiers([chart.patient, chart.coverage], "identifier"))]


def signed_today(clinic: System, who: str) -> Json:
    """The order, for care that starts today, with what the payer said when it was signed."""
    ehr, today = Ehr(clinic), clinic.plan.clock().date()
    call = ehr.call(who)
    (entry,) = call["context"]["draftOrders"]["entry"]
    entry["resource"] = {**entry["resource"], "occurrenceTiming": {"event": [str(today)]}}
    (order,) = orders_answered(ehr.ask(call)).values()
    return order


@pytest.mark.requirement("crd-2.2:found-9", "crd-2.0.1:23", "crd-2.0.1:24")
@pytest.mark.parametrize(
    ("happened", "state"),
    [
        (certified, "authorized"),
        (certified_by_a_person, "authorized"),
        (pended, "under review"),
        (denied, "open"),
        (cancelled, "open"),
        (expired, "open"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_hook_inquiry_and_phone_say_the_same_in_every_state(
    happened: Callable[[System, Staff], tuple[str, Submission]], state: str, clinic: System, physician: Staff
) -> None:
    who, asked = happened(clinic, physician)
    today = clinic.plan.clock().date()
    (number,) = numbers_of(clinic, who)
    case = physician.call("GET", f"/um/authorizations/{number}").get_json()
    order = signed_today(clinic, who)
    assert heard(order) == inquired(inquire(clinic, asked), today) == looked_up(case, today)
    assert heard(order).state == state


@pytest.mark.requirement("crd-2.2:found-9", "crd-2.0.1:23")
@pytest.mark.parametrize(
    ("ended", "covered", "certified_or_not"),
    [(None, "covered", [CERTIFIED]), (date(2026, 11, 20), "not-covered", []), (date(2026, 11, 21), "covered", [CERTIFIED])],
)
def test_hook_and_request_agree_on_whether_the_member_is_covered(ended: date | None, covered: str, certified_or_not: list[str], clinic: System) -> None:
    plan = clinic.plan
    directory = replace(plan.payer.settings.directory, members=tuple(replace(each, covered_until=ended) for each in plan.payer.directory.members))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    plan.__dict__.pop("application", None)
    clinic.http = plan.http()
    (answer,) = Ehr(clinic).sign(SHORT_OF_OXYGEN)
    told = submit(clinic, oxygen(clinic))
    assert answer.covered == covered
    assert [item.action for item in told.items if item.action == CERTIFIED] == certified_or_not and bool(told.errors) == (not certified_or_not)


@pytest.mark.requirement("crd-2.2:found-9", "crd-2.0.1:23", "crd-2.0.1:24")
def test_a_decision_against_the_service_is_told_with_the_order_and_not_undone_by_it(clinic: System, physician: Staff) -> None:
    who, _ = denied(clinic, physician)
    (number,) = numbers_of(clinic, who)
    case = physician.call("GET", f"/um/authorizations/{number}").get_json()
    (answer,) = Ehr(clinic).sign(who)
    assert f"{case['reference']}, was not certified on 2026-11-21. Appeal that decision" in answer.reasons[0]
    clinic.plan.clock.turn(days=366)
    (later,) = Ehr(clinic).sign(who)
    assert "was not certified" not in later.reasons[0], "a year later it is history"
