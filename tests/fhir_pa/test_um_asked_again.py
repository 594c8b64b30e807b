"""A case that was decided is asked about again: it runs by a clock of its own, and nothing shrinks below what was used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.case.transitions import State
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.course import Course, course_of
from fhir_pa.um.on_file import units
from fhir_pa.um.reviewing import adverse, deadlines
from fhir_pa.um.stays.falls_due import next_due
from ig_profiles.outcome import Conflict
from tests.builders import NOON, authorization, certify, item, physician, refer, request, service

WEEKS = timedelta(weeks=10)
TWO = Authorized(NOON.date(), date(2027, 2, 17), Decimal(2), "unit")
LESS = Decision((1,), Verdict.MODIFY, "Two for now.", ("saturation",), ("0L",), "555-555-0142", TWO, RootCause.QUANTITY)


def held(quantity: int) -> Authorization:
    """Item 1 certified as asked."""
    given = certify()
    asked = request(item(service=service(quantity=Decimal(quantity), unit="unit")))
    return authorization(replace(given, authorized=replace(given.authorized, quantity=Decimal(quantity))), request=asked)


def also_asked(case: Authorization, *more: object, at: timedelta = WEEKS) -> Authorization:
    """The provider adds a service which the engine refers."""
    return case.revise(request(*(one.requested for one in case.items), item(2, "E0431")), {2: refer()}, "received-2", "oakwood-ehr", NOON + at)


def test_what_is_asked_after_all_was_decided_has_the_whole_legal_time_and_is_watched() -> None:
    case = also_asked(held(3))
    assert case.item(2).state is State.IN_REVIEW_PHYSICIAN
    assert case.clock.received_at == NOON + WEEKS and case.clock.legal_due_at > NOON + WEEKS + timedelta(days=6)
    assert next_due(case, NOON + WEEKS) is not None
    assert case.opening_clock == held(3).clock


def test_what_is_asked_while_something_is_open_runs_by_the_clock_that_runs() -> None:
    case = authorization(refer())
    assert also_asked(case, at=timedelta(days=1)).clock == case.clock


def test_figures_measure_the_first_decision_by_the_first_clock() -> None:
    first = course_of(held(3))
    course = course_of(also_asked(held(3)).decide(Decision((2,), Verdict.CERTIFY, "Needed too."), physician(), NOON + WEEKS + timedelta(hours=1)))
    assert isinstance(first, Course) and isinstance(course, Course)
    assert course.received_at == first.received_at == NOON


def test_what_is_reopened_after_all_was_decided_is_due_again_and_its_new_deadline_is_noted_too() -> None:
    case = authorization(refer()).decide(replace(LESS, verdict=Verdict.DENY, authorized=None), physician(), NOON)
    reopened = case.reopen((1,), physician(), "A new report.", {1: refer()}, NOON + WEEKS)
    assert reopened.clock.legal_due_at > NOON + WEEKS
    passed = deadlines.note_breach(reopened, reopened.clock.legal_due_at + timedelta(seconds=1))
    assert passed is not None and deadlines.note_breach(passed, NOON + 2 * WEEKS) is None


def test_a_service_that_arrives_cancelled_in_an_update_is_kept_as_cancelled() -> None:
    case = held(3)
    updated = case.revise(request(case.item(1).requested, item(2, cancelled=True)), {}, "received-2", "oakwood-ehr", NOON)
    assert [each.state for each in updated.items] == [State.CERTIFIED_BY_ENGINE, State.CANCELLED] and updated.clock == case.clock


def test_an_update_may_not_ask_for_less_than_was_used() -> None:
    case = units.use(held(3), 1, Decimal(2), NOON.date(), "CL-1", "claims", NOON)
    smaller = request(item(service=service(quantity=Decimal(1), unit="unit")))
    with pytest.raises(Conflict, match="2 unit of item 1 were used already.* Name at least what was used, or cancel what is left"):
        case.revise(smaller, {1: certify()}, "received-2", "oakwood-ehr", NOON)
    exactly = request(item(service=service(quantity=Decimal(2), unit="unit")))
    assert case.revise(exactly, {1: refer()}, "received-2", "oakwood-ehr", NOON).item(1).state is State.IN_REVIEW_PHYSICIAN


def test_nor_may_anybody_certify_less_than_was_used() -> None:
    case = units.use(authorization(refer()).decide(LESS, physician(), NOON), 1, Decimal(2), NOON.date(), "CL-1", "claims", NOON)
    reopened = case.reopen((1,), physician(), "A new report.", {1: refer()}, NOON)
    one = replace(LESS, authorized=replace(TWO, quantity=Decimal(1)))
    with pytest.raises(Conflict, match="it cannot shrink to 1"):
        reopened.decide(one, physician(), NOON)
    assert reopened.decide(LESS, physician(), NOON).item(1).state is State.MODIFIED


def test_certifying_while_a_conversation_is_offered_is_one_act() -> None:
    offered = adverse.decide(authorization(refer()), replace(LESS, verdict=Verdict.DENY, authorized=None), physician(), NOON, timedelta(hours=72))
    certified = adverse.decide(offered, Decision((1,), Verdict.CERTIFY, "Convinced."), physician(), NOON, timedelta(hours=72))
    assert not certified.peer_to_peers[0].is_open and certified.revision == offered.revision + 1
