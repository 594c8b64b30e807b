"""Whatever of a case runs out is announced while there is time, and once (domain §6.6, F39, F69)."""

from dataclasses import replace
from datetime import timedelta

from fhir_pa.um.case.appeal import Appellant, Filing
from fhir_pa.um.case.peer_to_peer import WINDOW, Stage
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.clocks.time_limits import ExtensionReason
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.reviewing import adverse, appealing
from fhir_pa.um.stays.falls_due import Matter, fallen_due, moments, next_due
from tests.builders import NOON, authorization, certify, physician, refer

HOUR = timedelta(hours=1)
DENIAL = Decision((1,), Verdict.DENY, "The saturation is above the rule.", ("saturation",), ("0F",), "555-555-0142", root_cause=RootCause.NOT_NECESSARY)


def said(case, matter):
    return [due.at - NOON for due in moments(case) if due.matter is matter]


def test_a_pended_case_is_announced_twice_before_its_promise_its_law_and_once_after():
    case = authorization(refer())
    assert said(case, Matter.DECISION) == [120 * HOUR, 156 * HOUR, 168 * HOUR]
    assert moments(case)[0].says == "The plan's own promise is due. 48 hours are left by law."
    assert said(case, Matter.PASSED) == [168 * HOUR + timedelta(seconds=1)]
    assert next_due(case, NOON) == NOON + 120 * HOUR
    assert next_due(case, NOON + 200 * HOUR) is None


def test_a_decided_case_is_announced_only_before_what_it_certifies_ends():
    case = authorization(certify())
    assert {due.matter for due in moments(case)} == {Matter.ENDING}
    assert len(moments(case)) == 2
    until = case.item(1).determination.authorized.until
    assert moments(case)[0].at.date() == until - timedelta(days=2)


def test_what_is_certified_for_a_day_has_no_continuation_to_warn_of():
    case = authorization(certify())
    one_day = replace(case.item(1).determination.authorized, until=case.item(1).determination.authorized.starts_on)
    item = replace(case.item(1), determination=replace(case.item(1).determination, authorized=one_day))
    assert not moments(replace(case, items=(item,)))


def test_a_conversation_is_announced_at_half_before_its_end_and_when_it_lapsed():
    case = adverse.decide(authorization(refer()), DENIAL, physician(), NOON, WINDOW)
    assert said(case, Matter.CONVERSATION) == [36 * HOUR, 68 * HOUR, 72 * HOUR + timedelta(seconds=1)]
    closed = adverse.converse(case, case.peer_to_peers[0].close(Stage.DECLINED, "No wish to talk.", NOON), "quill", NOON)
    assert said(closed, Matter.CONVERSATION) == []


def test_an_open_appeal_is_announced_before_it_is_due():
    case = adverse.decide(authorization(refer()), DENIAL, physician(), NOON, timedelta(0))
    case = appealing.file(case, Filing((1,), Appellant.MEMBER, "Orla Penhallow", "I need it."), NOON)
    assert said(case, Matter.APPEAL) == [720 * HOUR - before for before in (72 * HOUR, 24 * HOUR, 0 * HOUR)]


def test_while_the_clock_is_held_nothing_rings_that_falls_into_that_time():
    case = authorization(refer())
    case = replace(case, request=replace(case.request, line_of_business="commercial-erisa"))
    case = replace(case, clock=case.clock.start(NOON, "commercial-erisa", False))
    held = replace(case, clock=case.clock.extend(ExtensionReason.INFORMATION_MISSING, "The study is missing.", "quill", NOON + HOUR))
    rung = [due.at for due in moments(held) if due.matter is Matter.DECISION]
    assert rung and not any(held.clock.is_held(at) for at in rung)


def test_what_has_fallen_due_stays_so_and_everything_is_in_order():
    case = authorization(refer())
    assert fallen_due(case, NOON) == ()
    assert len(fallen_due(case, NOON + 200 * HOUR)) == len(moments(case))
    assert [due.at for due in moments(case)] == sorted(due.at for due in moments(case))
