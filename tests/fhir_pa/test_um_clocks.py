"""When a decision is due in each line of business, what may move that, and what it means when the time has passed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from json import dumps, loads
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_pa.storage import document
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import PENDING
from fhir_pa.um.clocks.calendar import end_of_business_day, end_of_day, federal_holidays
from fhir_pa.um.clocks.clock import Clock
from fhir_pa.um.clocks.state_overlays import OVERLAYS, overlaid
from fhir_pa.um.clocks.time_limits import LIMITS, STRICTEST, Asked, Consequence, ExtensionReason, limits_for
from fhir_pa.um.deciding.asked_for import asked_for
from fhir_pa.um.deciding.request import CertificationType
from fhir_pa.um.reviewing.deadlines import PASSED, Alarm, alarms, breach, note_breach, ringing
from fhir_pa.um.reviewing.extension_of_time import EXTENDED, PROPOSED, extend
from ig_profiles.names import HCPCS, RXNORM
from ig_profiles.outcome import Conflict, Forbidden, Unprocessable
from ig_profiles.reading import Coding
from tests.builders import NOON, authorization, certify, item, nurse, physician, refer, request, service

NEW_YORK = "America/New_York"
LINES = [*LIMITS, "", "never heard of"]
WHY = ExtensionReason
SORRY = "The specialist's letter is still on its way."


def hours(clock: Clock) -> float:
    return (clock.legal_due_at - clock.received_at) / timedelta(hours=1)


# --- how long ---------------------------------------------------------------------------------------------------------
@pytest.mark.requirement("pas-2.0.1:98")
@pytest.mark.parametrize(
    ("line", "asked", "urgent", "standard"),
    [
        ("medicare-advantage", Asked.SERVICE, 72, 7 * 24),
        ("medicare-advantage", Asked.DRUG, 24, 72),
        ("medicare-advantage", Asked.CONCURRENT, 72, 72),
        ("medicare-advantage", Asked.POST_STABILIZATION, 1, 1),
        ("medicaid", Asked.SERVICE, 72, 7 * 24),
        ("medicaid", Asked.DRUG, 24, 24),
        ("commercial-erisa", Asked.SERVICE, 72, 15 * 24),
        ("commercial-erisa", Asked.DRUG, 72, 15 * 24),
        ("commercial-erisa", Asked.CONCURRENT, 24, 15 * 24),
        ("commercial-erisa", Asked.RETROSPECTIVE, 30 * 24, 30 * 24),
        ("qhp", Asked.SERVICE, 72, 15 * 24),
        ("", Asked.SERVICE, 72, 7 * 24),
    ],
)
def test_each_line_gives_each_kind_of_request_its_time(line: str, asked: Asked, urgent: int, standard: int) -> None:
    assert (hours(Clock.start(NOON, line, True, asked)), hours(Clock.start(NOON, line, False, asked))) == (urgent, standard)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("asked", list(Asked))
@pytest.mark.parametrize("urgent", [True, False])
def test_the_plans_own_promise_falls_due_first_and_every_row_names_its_rule(line: str, asked: Asked, urgent: bool) -> None:
    clock = Clock.start(NOON, line, urgent, asked)
    assert NOON < clock.internal_due_at < clock.legal_due_at and clock.source


@pytest.mark.parametrize("asked", [Asked.SERVICE, Asked.DRUG, Asked.CONCURRENT, Asked.POST_STABILIZATION])
def test_a_member_of_no_known_line_gets_the_shortest_time_of_any(asked: Asked) -> None:
    shortest = STRICTEST[asked]
    for line in LIMITS:
        limits = limits_for(line, asked)
        assert shortest.urgent <= limits.urgent and shortest.standard <= limits.standard


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (request(item(code="J1745")), Asked.DRUG),
        (request(item(service=service(codes=(Coding(RXNORM, "1860129"),)))), Asked.DRUG),
        (request(item(1), item(2, code="Q5103")), Asked.DRUG),
        (request(item(1), item(2, code="Q5103", cancelled=True)), Asked.SERVICE),
        (request(item(service=service(codes=(Coding(HCPCS, "27447"),)))), Asked.SERVICE),
        (request(item(certification_type=CertificationType.EXTENSION)), Asked.CONCURRENT),
        (request(item(service=service(on=date(2026, 11, 1), until=date(2026, 11, 19)))), Asked.RETROSPECTIVE),
        (request(item(service=service(on=date(2026, 11, 1), until=date(2026, 11, 20)))), Asked.SERVICE),
    ],
)
def test_the_kind_of_request_is_read_from_what_is_asked(asked: object, kind: Asked) -> None:
    assert asked_for(asked, NOON.date()) is kind  # type: ignore[arg-type]


def test_a_request_for_a_drug_opens_with_the_clock_of_a_drug() -> None:
    opened = authorization(refer(), request=request(item(code="J1745")))
    assert opened.clock.asked is Asked.DRUG and hours(opened.clock) == 72


# --- what kind of time ------------------------------------------------------------------------------------------------
@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)), st.sampled_from([NEW_YORK, "America/Los_Angeles", "Pacific/Honolulu"]), st.booleans())
def test_hours_are_elapsed_hours_on_weekends_holidays_and_when_the_clocks_change(wall: datetime, zone: str, urgent: bool) -> None:
    received = wall.replace(tzinfo=ZoneInfo(zone))
    clock = Clock.start(received, "medicare-advantage", urgent)
    elapsed = clock.legal_due_at.astimezone(UTC) - received.astimezone(UTC)
    assert elapsed == timedelta(hours=72 if urgent else 168)


def test_when_the_clocks_are_put_back_72_hours_end_an_hour_earlier_on_the_wall() -> None:
    received = datetime(2026, 10, 30, 12, tzinfo=ZoneInfo(NEW_YORK))
    assert Clock.start(received, "medicaid", True).legal_due_at.astimezone(ZoneInfo(NEW_YORK)).isoformat() == "2026-11-02T11:00:00-05:00"


def test_a_moment_without_a_zone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="Hand in moments with one"):
        Clock.start(datetime(2026, 11, 20, 12), "qhp", False)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)), st.integers(0, 30))
def test_the_earliest_reading_of_days_is_never_later_than_their_end_in_the_plans_zone(wall: datetime, days: int) -> None:
    received = wall.replace(tzinfo=UTC)
    assert received + timedelta(days=days) <= end_of_day(received, days, NEW_YORK) + timedelta(hours=1)  # the hour put back in autumn


def test_business_days_leave_out_weekends_and_holidays() -> None:
    wednesday = datetime(2026, 11, 25, 15, tzinfo=UTC)  # Thanksgiving follows
    due = end_of_business_day(wednesday, 2, NEW_YORK, federal_holidays)
    assert due.astimezone(ZoneInfo(NEW_YORK)).isoformat() == "2026-12-01T00:00:00-05:00"


def test_federal_holidays_are_those_published_for_2026_and_2027() -> None:
    published = "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"
    assert sorted(day.strftime("%m-%d") for day in federal_holidays(2026)) == published.split()
    published = "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"
    assert sorted(day.strftime("%m-%d") for day in federal_holidays(2027)) == published.split()


def test_a_state_shortens_the_time_and_never_lengthens_it() -> None:
    plain = Clock.start(NOON, "qhp", False)
    shorter = overlaid(plain, OVERLAYS["AL"], "America/Chicago", federal_holidays)
    assert shorter.legal_due_at == datetime(2026, 11, 25, 6, tzinfo=UTC) and shorter.internal_due_at <= shorter.legal_due_at
    urgent = Clock.start(NOON, "qhp", True)
    assert overlaid(urgent, OVERLAYS["AL"], "America/Chicago", federal_holidays) == urgent
    assert overlaid(plain, OVERLAYS["MA"], NEW_YORK, federal_holidays) == plain, "it counts from complete information"
    late = NOON + timedelta(days=14)
    assert overlaid(plain, OVERLAYS["MA"], NEW_YORK, federal_holidays, complete_at=late) == plain


# --- more time --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "urgent", "reason", "days"),
    [
        ("medicare-advantage", False, WHY.MEMBER_ASKED, 14),
        ("medicare-advantage", True, WHY.OUTSIDE_EVIDENCE, 14),
        ("medicaid", False, WHY.PROVIDER_ASKED, 14),
        ("medicaid", True, WHY.INFORMATION_NEEDED, 14),
        ("commercial-erisa", False, WHY.BEYOND_CONTROL, 15),
        ("qhp", False, WHY.BEYOND_CONTROL, 15),
    ],
)
def test_a_lawful_reason_extends_the_time_once(line: str, urgent: bool, reason: ExtensionReason, days: int) -> None:
    clock = Clock.start(NOON, line, urgent)
    longer = clock.extend(reason, SORRY, "quill", NOON + timedelta(hours=5))
    assert longer.legal_due_at - clock.legal_due_at == longer.internal_due_at - clock.internal_due_at == timedelta(days=days)
    assert longer.extended is not None and (longer.extended.noticed_at, longer.extended.due_before) == (NOON + timedelta(hours=5), clock.legal_due_at)
    with pytest.raises(Conflict, match="The law extends once; decide by"):
        longer.extend(reason, SORRY, "quill", NOON + timedelta(hours=6))


@pytest.mark.parametrize(
    ("line", "asked", "urgent", "reason", "words"),
    [
        ("medicare-advantage", Asked.SERVICE, False, WHY.PROVIDER_ASKED, "Lawful reasons: member-asked, outside-evidence, extraordinary."),
        ("medicare-advantage", Asked.SERVICE, False, WHY.INFORMATION_MISSING, "does not extend the time"),
        ("medicare-advantage", Asked.DRUG, False, WHY.MEMBER_ASKED, "a standard request for a drug of medicare-advantage cannot be extended"),
        ("medicaid", Asked.DRUG, True, WHY.MEMBER_ASKED, "cannot be extended"),
        ("commercial-erisa", Asked.SERVICE, True, WHY.BEYOND_CONTROL, "Lawful reasons: information-missing."),
        ("commercial-erisa", Asked.SERVICE, False, WHY.MEMBER_ASKED, "Lawful reasons: beyond-control, information-missing."),
        ("medicaid", Asked.POST_STABILIZATION, True, WHY.MEMBER_ASKED, "cannot be extended"),
        ("", Asked.SERVICE, False, WHY.MEMBER_ASKED, "of an unknown line of business cannot be extended"),
    ],
)
def test_no_other_reason_extends_it(line: str, asked: Asked, urgent: bool, reason: ExtensionReason, words: str) -> None:
    with pytest.raises(Unprocessable, match=words):
        Clock.start(NOON, line, urgent, asked).extend(reason, SORRY, "quill", NOON)


def test_an_extension_comes_before_the_time_is_up_and_tells_its_reason() -> None:
    clock = Clock.start(NOON, "medicaid", False)
    assert clock.extend(WHY.MEMBER_ASKED, SORRY, "quill", clock.legal_due_at)
    with pytest.raises(Conflict, match="too late to extend; decide now on what is on file"):
        clock.extend(WHY.MEMBER_ASKED, SORRY, "quill", clock.legal_due_at + timedelta(seconds=1))
    with pytest.raises(Unprocessable, match="one plain sentence the member can read"):
        clock.extend(WHY.MEMBER_ASKED, "  ", "quill", NOON)


# --- time that is held ------------------------------------------------------------------------------------------------
@given(st.integers(0, 15 * 24), st.integers(0, 60 * 24))
def test_an_employer_plans_clock_is_held_until_the_claimant_answers_at_most_45_days(asked_after: int, answered_after: int) -> None:
    told, came = NOON + timedelta(hours=asked_after), NOON + timedelta(hours=asked_after + answered_after)
    held = Clock.start(NOON, "commercial-erisa", False).extend(WHY.INFORMATION_MISSING, SORRY, "quill", told)
    assert held.legal_due_at == NOON + timedelta(days=15 + 15 + 45)
    running = held.answered(came)
    assert not running.is_held(came) and held.is_held(told)
    assert running.legal_due_at == NOON + timedelta(days=30) + min(came - told, timedelta(days=45))
    assert running.legal_due_at - came >= timedelta(0) or came - told > timedelta(days=45)


def test_an_urgent_incomplete_claim_is_decided_48_hours_after_the_answer_and_the_claimant_is_told_within_a_day() -> None:
    clock = Clock.start(NOON, "qhp", True)
    held = clock.extend(WHY.INFORMATION_MISSING, SORRY, "quill", NOON + timedelta(hours=10))
    assert hours(held) == 10 + 48 + 48
    assert hours(held.answered(NOON + timedelta(hours=20))) == 20 + 48
    assert held.answered(NOON + timedelta(hours=59)) == held, "nobody answered in time: the last moment stays"
    with pytest.raises(Conflict, match="too late"):
        clock.extend(WHY.INFORMATION_MISSING, SORRY, "quill", NOON + timedelta(hours=25))


@pytest.mark.parametrize("line", ["medicare-advantage", "medicaid", "", "never heard of"])
def test_no_other_lines_clock_is_ever_held(line: str) -> None:
    for asked in Asked:
        limits = limits_for(line, asked)
        assert all(terms.answer_within is None for terms in (*limits.extension, *limits.extension_urgent))
    clock = Clock.start(NOON, line, False)
    assert not clock.is_held(NOON) and clock.answered(NOON) == clock


# --- alarms and what a breach means -----------------------------------------------------------------------------------
def test_alarms_ring_before_the_time_is_up() -> None:
    clock = Clock.start(NOON, "medicare-advantage", True)
    told = [((alarm.at - NOON) / timedelta(hours=1), alarm.says) for alarm in alarms(clock)]
    assert [hour for hour, _ in told] == [24, 48, 60, 72]
    assert told[0][1] == "48 hours are left by law." and told[-1][1] == "The legal time is up."
    assert [(alarm.at - NOON) / timedelta(hours=1) for alarm in alarms(Clock.start(NOON, "medicaid", True, Asked.DRUG))] == [12, 16, 24]


@given(st.sampled_from(LINES), st.booleans(), st.sampled_from(list(Asked)), st.integers(1, 40))
def test_whoever_looks_every_so_often_hears_each_alarm_once(line: str, urgent: bool, asked: Asked, every: int) -> None:
    clock, at = Clock.start(NOON, line, urgent, asked), NOON
    heard: list[Alarm] = []
    while at <= clock.legal_due_at + timedelta(hours=48):
        heard += ringing(clock, at, at + timedelta(hours=every))
        at += timedelta(hours=every)
    assert heard == list(alarms(clock))


def test_while_the_clock_is_held_nothing_rings() -> None:
    held = Clock.start(NOON, "qhp", False).extend(WHY.INFORMATION_MISSING, SORRY, "quill", NOON + timedelta(days=14))
    assert held.tolling is not None and ringing(held, NOON, held.tolling.answer_by - timedelta(seconds=1)) == ()


@pytest.mark.parametrize(
    ("line", "asked", "consequence", "words"),
    [
        ("medicare-advantage", Asked.SERVICE, Consequence.DEEMED_ADVERSE, "send the member and the provider the notice"),
        ("medicaid", Asked.DRUG, Consequence.DEEMED_ADVERSE, "right to appeal"),
        ("commercial-erisa", Asked.SERVICE, Consequence.BREACH_LOGGED, "the breach is logged, tell compliance"),
        ("qhp", Asked.CONCURRENT, Consequence.BREACH_LOGGED, "external review"),
        ("medicaid", Asked.POST_STABILIZATION, Consequence.PLAN_RESPONSIBLE, "Silence certifies nothing"),
        ("", Asked.SERVICE, Consequence.DEEMED_ADVERSE, "right to appeal"),
    ],
)
def test_a_missed_deadline_means_what_the_law_of_the_line_says(line: str, asked: Asked, consequence: Consequence, words: str) -> None:
    clock = Clock.start(NOON, line, False, asked)
    assert breach(clock, clock.legal_due_at) is None
    missed = breach(clock, clock.legal_due_at + timedelta(seconds=1))
    assert missed is not None and missed.consequence is consequence and words in missed.then and "a person still decides" in missed.then.lower()


@pytest.mark.parametrize("line", LINES)
def test_a_passed_deadline_is_noted_once_and_changes_no_item(line: str) -> None:
    case = authorization(certify(), refer(), request=request(item(1), item(2), line_of_business=line))
    late = case.clock.legal_due_at + timedelta(days=200)
    noted = note_breach(case, late)
    assert noted is not None and noted.items == case.items and noted.items[1].state in PENDING
    assert (noted.trail[-1].what, noted.trail[-1].items, noted.revision) == (PASSED, (2,), 2)
    assert note_breach(noted, late + timedelta(days=1)) is None and note_breach(case, case.clock.legal_due_at) is None
    assert note_breach(authorization(certify()), late) is None, "what is decided has no deadline"


# --- who may ----------------------------------------------------------------------------------------------------------
def test_a_physician_extends_and_the_trail_tells_why() -> None:
    case = authorization()
    longer = extend(case, WHY.MEMBER_ASKED, SORRY, physician(), NOON + timedelta(hours=1))
    assert longer.clock.legal_due_at == case.clock.legal_due_at + timedelta(days=14) and longer.items == case.items
    assert (longer.trail[-1].what, longer.trail[-1].by, longer.revision) == (EXTENDED, "quill", 2)
    assert SORRY in longer.trail[-1].because and longer.clock.legal_due_at.isoformat() in longer.trail[-1].because


def test_a_nurse_proposes_and_the_clock_runs_on() -> None:
    case = authorization()
    proposed = extend(case, WHY.MEMBER_ASKED, SORRY, nurse(), NOON + timedelta(hours=1))
    assert proposed.clock == case.clock and (proposed.trail[-1].what, proposed.trail[-1].by) == (PROPOSED, "marsh")
    with pytest.raises(Unprocessable, match="Lawful reasons"):
        extend(case, WHY.PROVIDER_ASKED, SORRY, nurse(), NOON)


def test_others_extend_nothing_and_nothing_is_extended_that_is_decided() -> None:
    with pytest.raises(Forbidden, match="a nurse may propose it. Ask one of them."):
        extend(authorization(), WHY.MEMBER_ASKED, SORRY, physician(roles=("clerk",)), NOON)
    with pytest.raises(Forbidden, match="Renew the licence on file"):
        extend(authorization(), WHY.MEMBER_ASKED, SORRY, physician(licence_until=date(2026, 1, 1)), NOON)
    with pytest.raises(Conflict, match="there is no time to extend"):
        extend(authorization(certify()), WHY.MEMBER_ASKED, SORRY, physician(), NOON)


@pytest.mark.parametrize("by", ["documents", "an update"])
def test_the_claimants_answer_sets_the_clock_running_again(by: str) -> None:
    case = authorization(refer(), request=request(line_of_business="qhp"))
    held = extend(case, WHY.INFORMATION_MISSING, SORRY, physician(), NOON + timedelta(days=1))
    came = NOON + timedelta(days=3)
    if by == "documents":
        running = held.receive_evidence({1: refer()}, "received-2", "oakwood-ehr", "1 attached", came)
    else:
        running = held.revise(held.request, {1: refer()}, "received-2", "oakwood-ehr", came)
    assert running.clock.legal_due_at == NOON + timedelta(days=32) and not running.clock.is_held(came)
    untouched = case.receive_evidence({1: refer()}, "received-2", "oakwood-ehr", "1 attached", came)
    assert untouched.clock == case.clock, "what nobody waited for moves no clock"


# --- kept and read again ----------------------------------------------------------------------------------------------
def test_a_clock_with_all_that_happened_to_it_is_kept_and_read_again() -> None:
    case = authorization(refer(), request=request(line_of_business="qhp"))
    held = extend(case, WHY.INFORMATION_MISSING, SORRY, physician(), NOON + timedelta(days=1))
    running = held.receive_evidence({1: refer()}, "received-2", "oakwood-ehr", "1 attached", NOON + timedelta(days=3))
    for each in (case, held, running):
        assert document.read(document.write(each), Authorization) == each


def test_a_case_kept_before_clocks_knew_their_line_is_read_and_extended_by_the_law_of_its_line() -> None:
    case = authorization()
    kept = loads(document.write(case))
    del kept["clock"]["line_of_business"]
    old = document.read(dumps(kept), Authorization)
    assert old.clock.line_of_business == "" and old.clock.legal_due_at == case.clock.legal_due_at
    assert extend(old, WHY.MEMBER_ASKED, SORRY, physician(), NOON).clock.legal_due_at == case.clock.legal_due_at + timedelta(days=14)
