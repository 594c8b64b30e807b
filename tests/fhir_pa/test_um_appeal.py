"""An appeal is heard by somebody who had no part in the decision, in the time its level gives (domain §4.7, F74-F76)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.um.case.appeal import Appellant, Filing, Outcome
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.case.transitions import State
from fhir_pa.um.deciding.determination import Authorized, ReviewAction
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.reviewing import adverse, appealing
from ig_profiles.outcome import Conflict, Forbidden, NotFound, Unprocessable
from tests.builders import NOON, TODAY, authorization, certify, nurse, physician, refer

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OTHER = replace(physician(), person="okafor", name="Nneka Okafor, MD")
DENIAL = Decision((1,), Verdict.DENY, "The saturation is above the rule.", ("saturation",), ("0F",), "555-555-0142", root_cause=RootCause.NOT_NECESSARY)


def denied(line="medicare-advantage"):
    case = authorization(refer())
    case = replace(case, request=replace(case.request, line_of_business=line))
    return adverse.decide(case, DENIAL, physician(), NOON, timedelta(0))


def filing(**given):
    told = {"items": (1,), "by": Appellant.MEMBER, "name": "Ilsabet Crane", "because": "I cannot climb my own stairs."}
    return Filing(**{**told, **given})


def filed(line="medicare-advantage", at=NOON + DAY, **given):
    return appealing.file(denied(line), filing(**given), at)


def heard(case, outcome, at=NOON + 2 * DAY, **given):
    case = appealing.assign(case, 1, OTHER, at)
    return appealing.decide(case, 1, outcome, "The overnight study shows it.", OTHER, at, **given)


@pytest.mark.parametrize(
    ("line", "expedited", "due"),
    [
        ("medicare-advantage", False, 30 * DAY),
        ("medicare-advantage", True, 72 * HOUR),
        ("medicaid", False, 30 * DAY),
        ("commercial-erisa", False, 30 * DAY),
        ("qhp", True, 72 * HOUR),
        ("unheard-of", True, 72 * HOUR),
    ],
)
def test_each_line_gives_its_own_time(line, expedited, due):
    appeal = filed(line, expedited=expedited).appeals[0]
    assert appeal.due_at == NOON + DAY + due and appeal.level == 1 and appeal.source


@pytest.mark.parametrize(("line", "days"), [("medicare-advantage", 65), ("medicaid", 60), ("commercial-erisa", 180), ("qhp", 180)])
def test_the_window_to_ask_is_counted_from_the_notice_and_good_cause_opens_it_again(line, days):
    level, until = appealing.file_until(denied(line), 1)
    assert until == NOON + days * DAY
    appealing.file(denied(line), filing(), until)
    with pytest.raises(Unprocessable, match="say which"):
        appealing.file(denied(line), filing(), until + HOUR)
    late = appealing.file(denied(line), filing(good_cause="Was in hospital."), until + HOUR)
    assert late.appeals[0].filing.good_cause


def test_only_what_was_decided_against_the_member_is_appealed():
    with pytest.raises(Unprocessable, match="only what was denied or reduced"):
        appealing.file(authorization(certify()), filing(), NOON)
    assert appealing.file_until(authorization(certify()), 1) is None
    with pytest.raises(Conflict, match="Wait for its outcome"):
        appealing.file(filed(), filing(), NOON + 2 * DAY)


def test_a_provider_needs_the_members_consent_unless_the_line_or_the_hurry_spares_it():
    by = {"by": Appellant.PROVIDER, "name": "Oakwood Clinic"}
    assert filed("medicare-advantage", **by).appeals
    with pytest.raises(Forbidden, match="written consent"):
        filed("medicaid", **by)
    assert filed("medicaid", consent=True, **by).appeals and filed("commercial-erisa", expedited=True, **by).appeals


def test_nobody_hears_an_appeal_of_their_own_decision():
    with pytest.raises(Forbidden, match="had a part in the decision"):
        appealing.assign(filed(), 1, physician(), NOON + DAY)
    with pytest.raises(Forbidden, match="takes a physician"):
        appealing.assign(filed(), 1, nurse(), NOON + DAY)
    with pytest.raises(Conflict, match="Assign it first"):
        appealing.decide(filed(), 1, Outcome.UPHELD, "It stands.", OTHER, NOON + DAY)


def test_who_only_drafted_or_held_the_conversation_had_a_part_too():
    case = adverse.decide(authorization(refer()), DENIAL, physician(), NOON, timedelta(hours=72))
    case = adverse.decide(case, DENIAL, replace(OTHER, person="signer"), NOON + 80 * HOUR, timedelta(hours=72))
    case = appealing.file(case, filing(), NOON + 90 * HOUR)
    with pytest.raises(Forbidden, match="had a part"):
        appealing.assign(case, 1, physician(), NOON + 91 * HOUR)


def test_what_is_overturned_is_certified_signed_and_keeps_what_went_before():
    case = heard(filed(), Outcome.OVERTURNED, new_evidence=True)
    item = case.item(1)
    assert item.state is State.CERTIFIED and item.determination.signed_by.person == "okafor"
    assert item.earlier[-1].action is ReviewAction.NOT_CERTIFIED and case.appeals[0].new_evidence


def test_what_is_partly_overturned_says_how_much_and_stays_open_to_the_next_level():
    with pytest.raises(Unprocessable, match="says what is certified now"):
        heard(filed("commercial-erisa"), Outcome.PARTLY)
    case = heard(filed("commercial-erisa"), Outcome.PARTLY, authorized=Authorized(TODAY, TODAY + 30 * DAY))
    assert case.item(1).state is State.MODIFIED
    level, until = appealing.file_until(case, 1)
    assert level.name == "external review" and until.date().isoformat() == "2027-03-22", "four months, and no Sunday"


def test_medicare_advantage_forwards_what_it_upholds_and_carries_out_what_comes_back():
    case = heard(filed(expedited=True), Outcome.UPHELD)
    first, second = case.appeals
    assert case.item(1).state is State.DENIED and second.name == "independent review entity" and not second.ours
    assert "send the case file by 2026-11-23T12:00" in case.trail[-1].because
    with pytest.raises(Conflict, match="not the plan's to assign"):
        appealing.assign(case, 2, OTHER, NOON + 3 * DAY)
    case = appealing.decide(case, 2, Outcome.OVERTURNED, "The entity found it necessary.", nurse(), NOON + 5 * DAY)
    assert case.item(1).state is State.CERTIFIED
    assert case.appeals[1].carry_out_by == NOON + 5 * DAY + 72 * HOUR


def test_other_lines_leave_the_next_step_to_the_member_who_then_finds_the_ladder_at_its_end():
    case = heard(filed("medicaid"), Outcome.UPHELD)
    assert len(case.appeals) == 1
    case = appealing.file(case, filing(), NOON + 30 * DAY)
    assert case.appeals[1].name == "State fair hearing"
    case = appealing.decide(case, 2, Outcome.UPHELD, "The hearing officer agreed.", nurse(), NOON + 60 * DAY)
    with pytest.raises(Conflict, match="judicial review"):
        appealing.file(case, filing(), NOON + 61 * DAY)
    assert appealing.file_until(case, 1) is None


def test_a_dismissed_appeal_uses_up_no_level():
    case = appealing.decide(filed("medicaid"), 1, Outcome.DISMISSED, "No consent was sent.", nurse(), NOON + 2 * DAY)
    case = appealing.file(case, filing(), NOON + 3 * DAY)
    assert [each.level for each in case.appeals] == [1, 1]


def test_more_time_is_taken_once_where_the_level_gives_it():
    case = appealing.extend(filed(), 1, "The member asked for time to send the study.", OTHER, NOON + 2 * DAY)
    assert case.appeals[0].due_at == NOON + 45 * DAY
    with pytest.raises(Conflict, match="extended already"):
        appealing.extend(case, 1, "Again.", OTHER, NOON + 3 * DAY)
    with pytest.raises(Unprocessable, match="cannot be extended"):
        appealing.extend(filed("commercial-erisa"), 1, "More time.", OTHER, NOON + 2 * DAY)


def test_an_outcome_stands_and_unknown_appeals_are_named():
    case = heard(filed(), Outcome.OVERTURNED)
    with pytest.raises(Conflict, match="was decided"):
        appealing.decide(case, 1, Outcome.UPHELD, "No.", OTHER, NOON + 3 * DAY)
    with pytest.raises(NotFound, match="There are: 1"):
        appealing.appeal_of(case, 9)


def test_a_line_nobody_named_takes_the_widest_window():
    assert appealing.file_until(denied(""), 1)[1] == NOON + 180 * DAY


def test_four_months_to_go_outside_end_on_the_first_of_the_fifth_where_the_day_is_missing():
    said = NOON.replace(month=10, day=30)
    case = replace(denied("commercial-erisa"), appeals=())
    case = appealing.decide(appealing.assign(appealing.file(case, filing(), NOON), 1, OTHER, NOON), 1, Outcome.UPHELD, "Heard.", OTHER, said)
    level, until = appealing.file_until(case, 1)
    assert level.name == "external review" and until.date().isoformat() == "2027-03-01"
