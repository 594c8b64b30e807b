"""The public figures count what the rule names, tell what they leave out, and every number opens into its cases (domain §6)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fhir_pa.um.case.appeal import Appellant, Filing
from fhir_pa.um.case.appeal import Outcome as Heard
from fhir_pa.um.case.contact import Arrival, Channel, Told
from fhir_pa.um.case.peer_to_peer import WINDOW, Clinician, Outcome
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.clocks.time_limits import Asked
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.course import Class, Course, Left, course_of
from fhir_pa.um.measures.figures import ONE_CONTACT, Counted, Times, public_figures, watched
from fhir_pa.um.reviewing import adverse, appealing
from fhir_pa.um.telling.contacting import tell
from tests.builders import NOON, authorization, certify, physician, refer

HOUR, YEAR = timedelta(hours=1), NOON.year
OTHER = replace(physician(), person="okafor", name="Nneka Okafor, MD")


def deny(*items):
    return Decision(items or (1,), Verdict.DENY, "Above the rule.", ("saturation",), ("0F",), "555-555-0142", root_cause=RootCause.NOT_NECESSARY)


def named(case, number, **clock):
    return replace(case, number=number, clock=replace(case.clock, **clock))


def denied(number="D", hours=10, **clock):
    return named(authorization(refer()).decide(deny(), physician(), NOON + hours * HOUR), number, **clock)


def approved(number="A", **clock):
    return named(authorization(certify()), number, **clock)


def partly(number="P"):
    return named(authorization(certify(), refer()).decide(deny(2), physician(), NOON + 20 * HOUR), number)


def appealed(case, outcome, new_evidence=False):
    case = appealing.file(case, Filing((1,), Appellant.MEMBER, "Orla Penhallow", "I need it."), NOON + 24 * HOUR)
    case = appealing.assign(case, 1, OTHER, NOON + 25 * HOUR)
    return appealing.decide(case, 1, outcome, "Looked at anew.", OTHER, NOON + 26 * HOUR, new_evidence=new_evidence)


def shares(*cases, partly_counts_as=Counted.APPROVED):
    return {share.name: share for share in public_figures(cases, YEAR, partly=partly_counts_as).shares}


def test_a_case_is_counted_as_first_decided_whatever_an_appeal_makes_of_it():
    course = course_of(appealed(denied(), Heard.OVERTURNED))
    assert isinstance(course, Course)
    assert (course.decided, course.appealed, course.overturned) == (Class.NONE, True, True)
    assert course.took == 10 * HOUR


def test_shares_add_up_and_open_into_their_cases():
    found = shares(approved("A1"), approved("A2"), denied("D1"), partly("P1"))
    assert found["standard requests approved"].percent == 75.0 and set(found["standard requests approved"].are) == {"A1", "A2", "P1"}
    assert found["standard requests denied"].percent == 25.0 and found["standard requests denied"].of == found["standard requests approved"].of
    assert found["expedited requests approved"].percent is None


@pytest.mark.parametrize(("counted", "share"), [(Counted.APPROVED, 100.0), (Counted.DENIED, 0.0), (Counted.ITSELF, 0.0)])
def test_what_is_approved_in_part_counts_as_the_plan_publishes(counted, share):
    figures = public_figures([partly()], YEAR, partly=counted)
    assert figures.shares[0].percent == share and figures.partly == ("P",)


def test_urgent_requests_are_expedited_and_timed_by_themselves():
    figures = public_figures([denied("S", 10), denied("E1", 2, urgent=True), denied("E2", 6, urgent=True)], YEAR)
    standard, expedited = figures.times
    assert (standard.mean_hours, expedited.mean_hours, expedited.median_hours) == (10.0, 4.0, 4.0)


def test_a_time_always_bears_its_unit():
    times = Times("standard requests", None, None, ())
    assert times.in_words(0.5) == "30 minutes" and times.in_words(1 / 60) == "1 minute" and times.in_words(0.004) == "less than a minute"
    assert times.in_words(5.25) == "5.2 hours" and times.in_words(60.0) == "2.5 days" and times.in_words(None) == "nothing to count"


def test_what_is_left_out_is_told_with_its_count():
    open_, drug = named(authorization(refer()), "O"), approved("J", asked=Asked.DRUG)
    figures = public_figures([open_, drug, approved()], YEAR)
    assert figures.left_out == {Left.OPEN: 1, Left.DRUG: 1}
    assert figures.shares[0].of == ("A",)


def test_only_the_year_and_line_asked_for_are_counted():
    assert public_figures([approved()], YEAR - 1).shares[0].of == ()
    assert public_figures([approved()], YEAR, "medicaid").shares[0].of == ()
    assert public_figures([approved()], YEAR, "medicare-advantage").shares[0].of == ("A",)


def test_after_appeal_is_counted_of_those_appealed():
    won, lost = appealed(denied("W"), Heard.OVERTURNED), appealed(denied("L"), Heard.UPHELD)
    found = shares(won, lost, denied("N"))["standard requests approved after appeal, of those appealed"]
    assert found.percent == 50.0 and found.are == ("W",) and set(found.of) == {"W", "L"}


def test_the_measures_a_practice_watches():
    offered = adverse.decide(authorization(refer()), deny(), physician(), NOON, WINDOW)
    call = offered.peer_to_peers[0].hold(Outcome.PERSUADED, Clinician("Imre Castellane, MD"), physician(), "They talked.", NOON + HOUR)
    talked = named(adverse.converse(offered, call, "quill", NOON + HOUR), "T")
    missed = named(adverse.lapse(offered, NOON + 80 * HOUR), "M")
    won = appealed(denied("W"), Heard.OVERTURNED)
    seen = watched([talked, missed, won, approved()], NOON, NOON + 400 * HOUR)
    found = {share.name: (share.percent, target) for share, target in seen.shares}
    assert found["appeals that changed the decision"] == (100.0, 50.0)
    assert found["changed on appeal without new evidence"] == (100.0, 0.0)
    assert found["conversations missed by the provider"] == (50.0, 0.0)
    assert found["conversations that changed the decision"] == (100.0, None)
    assert found["adverse decisions signed by a person before notice"] == (100.0, 100.0)
    assert found["decided within the legal time"] == (100.0, 100.0)
    assert seen.causes == ((RootCause.NOT_NECESSARY, 1),)


def test_how_long_decisions_took_is_told_with_percentiles_of_urgent_ones_by_themselves():
    cases = [denied(f"D{hours}", hours=hours) for hours in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100)]
    standard, expedited = watched(cases, NOON, NOON + 400 * HOUR).times
    assert standard.percentiles == {50: 5.0, 75: 8.0, 90: 9.0, 95: 100.0} and standard.mean_hours == 14.5
    assert expedited.of == () and expedited.percentiles == {}
    assert public_figures(cases, YEAR).times[0].percentiles == standard.percentiles


def test_members_who_needed_one_conversation_about_a_denial_are_counted_with_their_cases():
    def spoke(case, *minutes):
        for minute in minutes:
            at = NOON + 11 * HOUR + timedelta(minutes=minute)
            case = tell(case, Told.MEMBER, "Orla Penhallow", Channel.PHONE, Arrival.REACHED, "What was denied and why.", "clerk", at, (1,))
        return case

    cases = [spoke(denied("ONCE"), 1), spoke(denied("TWICE"), 1, 5), denied("NEVER")]
    found = next(share for share, _ in watched(cases, NOON, NOON + 400 * HOUR).shares if share.name == ONE_CONTACT)
    assert (found.are, found.of, found.percent) == (("ONCE",), ("ONCE", "TWICE"), 50.0)


def test_a_late_decision_is_not_on_time():
    late = denied("L", hours=169)
    assert course_of(late).on_time is False
    seen = watched([late], NOON, datetime(YEAR + 1, 1, 1, tzinfo=UTC))
    assert seen.shares[0][0].percent == 0.0


def test_an_odd_case_is_told_and_not_counted():
    odd = approved("X", received_at=NOON + 5 * HOUR)
    assert course_of(odd) is Left.ODD
