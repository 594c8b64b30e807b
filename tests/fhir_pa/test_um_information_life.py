"""A request for information lives: it is opened once, reminded of at half, received, closed or expired, and never moves a clock (domain §4.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.case.transitions import State
from fhir_pa.um.clocks.time_limits import ExtensionReason
from fhir_pa.um.deciding.determination import Refer
from fhir_pa.um.deciding.information_request import InformationRequest
from fhir_pa.um.reviewing.asking import ask
from fhir_pa.um.reviewing.information_life import NOT_RECEIVED, Stage, close_out, rounds
from fhir_pa.um.stays.falls_due import Matter, moments
from ig_profiles.outcome import Forbidden, Unprocessable
from questionnaires.criteria import Truth
from tests.builders import NOON, authorization, certify, finding, item, nurse, physician, refer, request

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REPORT = InformationRequest("52053-6", ("the test report",), ("saturation",))
VISIT = InformationRequest("11506-3", ("the note of the visit",), ("visit",))


def missing(*asks: InformationRequest, to: str = "nurse") -> Refer:
    return replace(refer(finding(truth=Truth.UNKNOWN), to=to), asks=asks)


def asked(*asks: InformationRequest, **given: object) -> Authorization:
    return authorization(missing(*(asks or (REPORT, VISIT))), **given)


def evidence(case: Authorization, *answers: object, after: timedelta = DAY) -> Authorization:
    return case.receive_evidence(dict(enumerate(answers, 1)), "received-2", "oakwood-ehr", "A report came.", NOON + after)


def stages(case: Authorization) -> list[Stage]:
    return [each.stage for each in rounds(case)]


def test_everything_missing_is_asked_for_at_once_whatever_the_item() -> None:
    case = authorization(missing(REPORT), missing(VISIT))
    (one,) = rounds(case)
    assert (one.number, one.items, one.stage) == (1, (1, 2), Stage.OPEN)
    assert one.opened_at == NOON and not rounds(authorization(certify()))


def test_it_is_due_a_day_before_the_plans_promise_and_reminded_of_at_half() -> None:
    (one,) = rounds(asked())
    assert (one.due_at, one.remind_at) == (NOON + 4 * DAY, NOON + 2 * DAY)
    (urgent,) = rounds(asked(request=request(item(), urgent=True)))
    assert urgent.due_at == NOON + DAY
    rung = [due.at for due in moments(asked()) if due.matter is Matter.INFORMATION]
    assert rung == [NOON + 2 * DAY, NOON + 4 * DAY + timedelta(seconds=1)]
    assert "the plan awaits the test report, the note of the visit" in next(due.says for due in moments(asked()) if due.matter is Matter.INFORMATION)


def test_what_came_in_part_is_partly_received_and_the_rest_is_still_awaited() -> None:
    case = evidence(asked(), missing(VISIT))
    (one,) = rounds(case)
    assert one.stage is Stage.PARTLY and one.still == {1: (VISIT,)}
    assert stages(evidence(asked(), missing(REPORT, VISIT))) == [Stage.OPEN]


def test_what_came_whole_is_received_while_a_person_looks_and_closed_when_it_is_decided() -> None:
    whole = evidence(asked(), missing())
    assert stages(whole) == [Stage.RECEIVED]
    assert not [due for due in moments(whole) if due.matter is Matter.INFORMATION]
    assert stages(evidence(asked(), certify())) == [Stage.CLOSED]
    assert stages(asked().decide(Decision((1,), Verdict.CERTIFY, "Seen in the notes."), nurse(), NOON + HOUR)) == [Stage.CLOSED]


def test_the_same_question_in_other_words_opens_no_second_one_and_a_new_question_does() -> None:
    reworded = replace(REPORT, words=("the whole test report",))
    assert len(rounds(evidence(asked(REPORT), missing(reworded)))) == 1
    case = evidence(asked(REPORT), missing(VISIT))
    assert [(each.number, each.stage) for each in rounds(case)] == [(1, Stage.RECEIVED), (2, Stage.OPEN)]


def test_what_does_not_come_in_time_goes_to_a_physician_and_denies_nothing() -> None:
    case = asked()
    assert close_out(case, NOON + 4 * DAY) is None
    late = close_out(case, NOON + 4 * DAY + HOUR)
    assert late is not None and stages(late) == [Stage.EXPIRED]
    assert late.item(1).state is State.IN_REVIEW_PHYSICIAN and late.item(1).determination == case.item(1).determination
    assert [event.what for event in late.trail].count(NOT_RECEIVED) == 1
    assert close_out(late, NOON + 5 * DAY) is None, "it is recorded once"
    assert stages(evidence(late, certify(), after=5 * DAY)) == [Stage.CLOSED], "and an answer that comes late is still heard"


def test_a_clock_that_is_held_waits_as_long_as_it_is_held_and_the_question_moves_no_clock() -> None:
    case = asked(request=request(item(), line_of_business="commercial-erisa"))
    held = replace(case, clock=case.clock.extend(ExtensionReason.INFORMATION_MISSING, "The report is missing.", "quill", NOON + DAY))
    assert rounds(held)[0].due_at == NOON + DAY + 45 * DAY
    assert asked().clock == authorization(refer(to="nurse")).clock


def test_what_is_asked_while_a_question_is_open_completes_it_and_needs_no_reason() -> None:
    case = ask(asked(REPORT), (1,), "The overnight reading too.", nurse(), NOON + HOUR, REPORT.document)
    (one,) = rounds(case)
    assert one.stage is Stage.OPEN and one.still[1][0].words == ("the test report", "The overnight reading too.")


def test_once_it_was_answered_only_a_physician_asks_again_and_says_why() -> None:
    answered = evidence(asked(REPORT), missing())
    at = NOON + 2 * DAY
    with pytest.raises(Forbidden, match="It was asked on 2026-11-20, and that is received. Everything is asked at once"):
        ask(answered, (1,), "The note too.", nurse(), at, VISIT.document, "I forgot.")
    with pytest.raises(Unprocessable, match="Say why this was not asked then"):
        ask(answered, (1,), "The note too.", physician(), at, VISIT.document)
    again = ask(answered, (1,), "The note too.", physician(), at, VISIT.document, "The report names a visit nobody knew of.")
    assert stages(again) == [Stage.RECEIVED, Stage.OPEN] and rounds(again)[1].opened_at == at
    assert again.trail[-1].because == "The note too. Asked again, because: The report names a visit nobody knew of."


def test_a_first_question_needs_no_reason_and_opens_the_first_request() -> None:
    case = ask(authorization(refer(to="nurse")), (1,), "The test report.", nurse(), NOON + HOUR)
    assert stages(case) == [Stage.OPEN]


def test_a_physician_who_has_it_already_keeps_it_when_the_answer_is_late() -> None:
    case = authorization(missing(REPORT, to="physician"))
    late = close_out(case, NOON + 4 * DAY + HOUR)
    assert late is not None and late.items == case.items
    assert late.decide(Decision((1,), Verdict.CERTIFY, "Seen in the notes."), physician(), NOON + 5 * DAY).is_final
