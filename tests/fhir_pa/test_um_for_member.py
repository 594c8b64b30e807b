"""What a member hears of a case, as values: never sooner than decided, everything that is awaited, and every appeal there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.um.case.appeal import Appellant, Filing, Outcome
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.information_request import MEDICAL_RECORDS
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.reviewing.adverse import decide as decide_adverse
from fhir_pa.um.reviewing.appealing import assign, decide, file
from fhir_pa.um.reviewing.asking import ask
from fhir_pa.um.telling.for_member import Stands, What, Who, appeals_open, awaited, stands, stands_as_a_whole
from tests.builders import NOON, TODAY, authorization, certify, physician, refer, request

LATER = NOON + timedelta(hours=3)
LESS = Authorized(TODAY, TODAY + timedelta(days=29))


def deny(*items: int, verdict: Verdict = Verdict.DENY) -> Decision:
    cause = RootCause.NOT_NECESSARY
    given = LESS if verdict is Verdict.MODIFY else None
    return Decision(items or (1,), verdict, "Above the limit.", ("saturation",), ("0F",), "555-555-0142", authorized=given, root_cause=cause)


def denied(*answers, **given):
    return authorization(*(answers or (refer(),)), **given).decide(deny(), physician(), NOON)


def test_each_service_stands_as_it_was_decided_and_the_whole_as_all_of_them():
    assert stands_as_a_whole(authorization(certify())) is Stands.APPROVED
    assert stands_as_a_whole(authorization(refer(to="nurse"))) is Stands.IN_REVIEW
    assert stands_as_a_whole(denied()) is Stands.DENIED
    assert stands_as_a_whole(authorization(certify(), refer()).decide(deny(2), physician(), NOON)) is Stands.PART
    assert stands_as_a_whole(authorization(refer()).decide(deny(verdict=Verdict.MODIFY), physician(), NOON)) is Stands.PART
    half = authorization(refer(), refer()).decide(deny(1), physician(), NOON)
    assert stands_as_a_whole(half) is Stands.IN_REVIEW and [stands(half, item) for item in half.items] == [Stands.DENIED, Stands.IN_REVIEW]


def test_an_intended_denial_is_told_as_a_talk_and_as_nothing_else():
    case = decide_adverse(authorization(refer()), deny(), physician(), LATER, timedelta(hours=72))
    assert stands_as_a_whole(case) is Stands.TALK and appeals_open(case, LATER) == ()
    talk = next(each for each in awaited(case, LATER) if each.what is What.TALK)
    assert (talk.who, talk.until) == (Who.PRACTICE, case.peer_to_peers[0].until)


def test_what_was_asked_for_is_awaited_from_the_practice_and_the_decision_from_the_plan():
    case = ask(authorization(refer()), (1,), "the report of the oximetry", physician(), LATER, MEDICAL_RECORDS)
    records, decision = awaited(case, LATER)
    assert (records.who, records.what, records.words) == (Who.PRACTICE, What.RECORDS, ("the report of the oximetry",)) and records.until < decision.until
    assert (decision.who, decision.until) == (Who.PLAN, case.clock.legal_due_at) and stands_as_a_whole(case) is Stands.RECORDS
    assert awaited(authorization(certify()), NOON) == ()


def appealed(case, at=LATER):
    return file(case, Filing((1,), Appellant.MEMBER, "Teodric Amble", "I need it on the stairs."), at)


def test_an_open_appeal_is_awaited_and_no_other_may_be_asked_for_meanwhile():
    case = appealed(denied())
    (waiting,) = awaited(case, LATER)
    assert (waiting.who, waiting.what, waiting.until) == (Who.PLAN, What.APPEAL, case.appeals[0].due_at)
    assert appeals_open(case, LATER) == () and appeals_open(denied(), LATER)[0].here


def test_services_with_the_same_last_day_are_appealed_together():
    case = authorization(refer(), refer(), certify()).decide(deny(1, 2), physician(), NOON)
    (right,) = appeals_open(case, LATER)
    assert right.items == (1, 2) and (right.expedited_hours, right.standard_days) == (72, 30)


def test_when_it_is_too_late_the_plans_page_takes_no_appeal_any_more():
    case = denied()
    (right,) = appeals_open(case, LATER)
    (late,) = appeals_open(case, right.until + timedelta(seconds=1))
    assert (right.here, right.too_late) == (True, False) and (late.here, late.too_late) == (False, True)


@pytest.mark.parametrize(("line", "goes_on"), [("medicaid", True), ("medicare-advantage", False), ("qhp", False)])
def test_care_may_go_on_where_the_line_says_so(line, goes_on):
    case = denied()
    assert appeals_open(replace(case, request=replace(case.request, line_of_business=line)), LATER)[0].care_may_go_on is goes_on


def test_the_next_level_outside_the_plan_is_told_and_not_taken_here():
    case = denied()
    case = replace(case, request=replace(case.request, line_of_business="medicaid"))
    other = replace(physician(), person="other", name="Somebody Else, MD")
    heard = assign(appealed(case), 1, other, LATER)
    lost = decide(heard, 1, Outcome.UPHELD, "It does not show the need.", other, LATER)
    (right,) = appeals_open(lost, LATER)
    assert right.level == "State fair hearing" and not right.here and not right.too_late and not right.care_may_go_on


def test_a_withdrawn_request_waits_for_nobody():
    case = authorization(refer())
    gone = case.revise(replace(request(), items=tuple(replace(each, cancelled=True) for each in case.request.items)), {}, "r-2", "oakwood-ehr", LATER)
    assert stands_as_a_whole(gone) is Stands.WITHDRAWN and awaited(gone, LATER) == ()
