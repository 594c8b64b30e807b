"""A series is certified whole; each one keeps its interval, and one that comes before its day goes to a person, never to a no (F35)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import Authorized, Certify, Refer, determine
from fhir_pa.um.deciding.exemption import Exemption
from fhir_pa.um.deciding.gold_card import certified
from fhir_pa.um.deciding.recurrence import Recurrence
from fhir_pa.um.deciding.request import CertificationType
from fhir_pa.um.on_file import units
from fhir_pa.um.on_file.series import answers_all, next_in_series, next_of, not_due
from fhir_pa.um.on_file.status import Standing, status
from fhir_pa.um.stays.falls_due import Matter, fallen_due
from questionnaires.policy import Edition
from questionnaires.schedule import Schedule
from tests.builders import EDITION, NOON, TODAY, authorization, finding, item, physician, refer, request, service
from tests.fhir_pa.test_um_determination import EDITION as POLICY

HALF_YEARLY = Recurrence(183, 19)
POLICY_WITH_SCHEDULE: Edition = replace(POLICY, schedules=(Schedule(every_days=183, days=730, quantity=4, early_days=19),))
DAY = timedelta(days=1)
CODES = service().codes


def scans(**given):
    return service(quantity=Decimal(4), until=TODAY + 729 * DAY, **given)


def series(times=4):
    held = Authorized(TODAY, TODAY + 729 * DAY, Decimal(times), None, HALF_YEARLY)
    return authorization(Certify("Every criterion is met.", (finding(),), EDITION, held), request=request(item(service=scans())))


def given(case, *days):
    for number, day in enumerate(days, 1):
        case = units.use(case, 1, Decimal(1), day, f"C-{len(case.uses) + number}", "claims", NOON)
    return case


def test_quantity_period_and_interval_are_certified_together():
    answer = determine(POLICY_WITH_SCHEDULE, (finding(),), scans(), TODAY)
    assert isinstance(answer, Certify) and "one every 183 days" in answer.because
    assert answer.authorized == Authorized(TODAY, TODAY + 729 * DAY, Decimal(4), "month", HALF_YEARLY)


def test_without_a_last_day_the_series_has_as_many_days_as_its_intervals():
    answer = determine(POLICY_WITH_SCHEDULE, (finding(),), service(quantity=Decimal(2)), TODAY)
    assert isinstance(answer, Certify) and answer.authorized.until == TODAY + 365 * DAY


def test_oftener_than_the_schedule_is_referred_and_one_alone_is_certified_as_ever():
    often = determine(POLICY_WITH_SCHEDULE, (finding(),), service(quantity=Decimal(4), until=TODAY + 89 * DAY), TODAY)
    assert isinstance(often, Refer) and "more often than one every 183 days" in often.because
    one = determine(POLICY_WITH_SCHEDULE, (finding(),), service(quantity=Decimal(1)), TODAY)
    assert isinstance(one, Certify) and one.authorized.recurs is None and one.authorized.until == TODAY + 89 * DAY


def test_a_gold_card_certifies_a_series_within_its_schedule_and_no_more():
    card = Exemption("9000000023", "97 % certified in a year")
    found = certified(POLICY_WITH_SCHEDULE, scans(), card, TODAY)
    assert found is not None and found.authorized.recurs == HALF_YEARLY
    assert certified(POLICY_WITH_SCHEDULE, service(quantity=Decimal(5)), card, TODAY) is None


def test_a_person_who_certifies_a_series_that_was_referred_keeps_its_interval():
    edition = determine(POLICY_WITH_SCHEDULE, (finding(),), service(quantity=Decimal(12), until=TODAY + 364 * DAY), TODAY).edition
    case = authorization(replace(refer(), edition=edition), request=request(item(service=service(quantity=Decimal(12), until=TODAY + 364 * DAY))))
    held = Authorized(TODAY, TODAY + 364 * DAY, Decimal(2))
    modified = Decision((1,), Verdict.MODIFY, "Two in a year.", ("saturation",), ("0F",), "555-555-0142", held)
    assert case.decide(modified, physician(), NOON).item(1).determination.authorized == replace(held, recurs=HALF_YEARLY)


def test_the_status_tells_when_the_next_is_due_and_that_sooner_takes_a_person():
    case = series()
    first = status([case], CODES, TODAY)
    assert first.is_valid and first.due_on == TODAY and "4 left" in first.says
    case = given(case, TODAY)
    early = status([case], CODES, TODAY + 100 * DAY)
    assert early.standing is Standing.NOT_DUE and not early.is_valid and early.due_on == TODAY + 183 * DAY and early.open_on == TODAY + 164 * DAY
    assert "a person looks at it" in early.says and str(TODAY + 164 * DAY) in early.says
    assert status([case], CODES, TODAY + 164 * DAY).is_valid and not status([case], CODES, TODAY + 163 * DAY).is_valid


@pytest.mark.parametrize(("days", "rings"), [(163, True), (164, False), (200, False)])
def test_a_use_before_its_day_counts_and_rings_for_a_person(days, rings):
    case = given(series(), TODAY, TODAY + days * DAY)
    assert len(case.uses) == 2 and case.item(1).determination.action == "certified in total"
    rung = [due for due in fallen_due(case, NOON + DAY) if due.matter is Matter.SERIES]
    assert bool(rung) is rings and all("Ask the practice why." in due.says for due in rung)


def test_a_claim_told_late_is_held_against_the_one_after_it_too():
    case = given(series(), TODAY + 200 * DAY, TODAY + 150 * DAY)
    assert any(event.what == units.EARLY for event in case.trail)


def test_the_last_of_a_series_leaves_nothing_due():
    case = given(series(2), TODAY, TODAY + 183 * DAY)
    assert next_of(case, case.item(1)) is None and status([case], CODES, TODAY + 400 * DAY).standing is Standing.EXHAUSTED
    ends = given(series(), TODAY, TODAY + 600 * DAY)
    assert next_of(ends, ends.item(1)) is None, "the next would open after the last day"


def test_what_is_no_series_is_never_too_early():
    case = authorization(Certify("Met.", (finding(),), EDITION, Authorized(TODAY, TODAY + 90 * DAY, Decimal(9))))
    case = given(case, TODAY)
    assert not_due(case, case.item(1), TODAY) == "" and status([case], CODES, TODAY + DAY).is_valid


def asked_for(on: date, **more):
    return request(item(service=service(on=on, **more)), trace_numbers=(replace(request().trace_numbers[0], value="T-2"),))


def test_a_request_for_the_next_is_answered_with_the_series_and_changes_nothing_certified():
    case = given(series(), TODAY)
    asked = asked_for(TODAY + 180 * DAY)
    found = answers_all(asked, [authorization(refer()), case], TODAY)
    assert found is case
    kept, shown = next_in_series(case, asked, "received-2", "oakwood-ehr", NOON)
    assert kept.item(1) == case.item(1) and kept.received[-1] == "received-2" and kept.trail[-1].what == "received"
    assert {each.value for each in kept.request.trace_numbers} == {"T-1", "T-2"} and kept.request.items == case.request.items
    assert shown.number == case.number and shown.item(1).requested.service.on == TODAY + 180 * DAY


@pytest.mark.parametrize(
    "asked",
    [
        asked_for(TODAY + 100 * DAY),
        asked_for(TODAY + 730 * DAY),
        asked_for(TODAY + 180 * DAY, quantity=Decimal(2)),
        request(item(service=service("K0823", on=TODAY + 180 * DAY))),
        request(item(service=service(on=TODAY + 180 * DAY)), item(2, "K0823")),
        request(item(service=service(on=TODAY + 180 * DAY), certification_type=CertificationType.RENEWAL)),
    ],
    ids=["too early", "after its end", "two at once", "another service", "one of it another service", "a renewal"],
)
def test_what_is_not_the_next_of_the_series_is_weighed_by_itself(asked):
    assert answers_all(asked, [given(series(), TODAY)], TODAY) is None


def test_a_series_that_is_used_up_answers_nothing():
    assert answers_all(asked_for(TODAY + 400 * DAY), [given(series(2), TODAY, TODAY + 183 * DAY)], TODAY) is None
