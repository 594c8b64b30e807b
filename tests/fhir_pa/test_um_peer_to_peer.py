"""Nobody is denied on clinical grounds before the treating clinician was offered a conversation (domain §4.3 rows 12-14, §4.6)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.um.case.peer_to_peer import LEFT, WINDOW, Clinician, Outcome, Stage, window
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.case.transitions import State
from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.reviewing import adverse
from ig_profiles.outcome import Conflict, Forbidden, Unprocessable
from questionnaires.criteria import Truth
from tests.builders import NOON, authorization, certify, finding, nurse, physician, refer

HOUR = timedelta(hours=1)
TREATING = Clinician("Imre Castellane, MD", "pulmonary medicine", phone="555-555-0107")


def deny(*items, **given):
    told = {"because": "The saturation is above what the rule names.", "criteria": ("saturation",), "reason_codes": ("0F",), "phone": "555-555-0142"}
    return Decision(items or (1,), Verdict.DENY, **{"root_cause": RootCause.NOT_NECESSARY, **told, **given})


def certified(*items):
    return Decision(items or (1,), Verdict.CERTIFY, "The chart shows daily desaturation.")


def intended(at=NOON, **given):
    return adverse.decide(authorization(refer(**given)), deny(), physician(), at, WINDOW)


def held(case, outcome=Outcome.NOT_PERSUADED, at=NOON + HOUR, reviewer=None):
    offer = case.peer_to_peers[-1]
    return adverse.converse(case, offer.hold(outcome, TREATING, reviewer or physician(), "Walked through the readings.", at), "quill", at)


def test_a_denial_becomes_an_intention_with_an_offer_and_nothing_is_decided_yet():
    case = intended()
    item, offer = case.item(1), case.peer_to_peers[0]
    assert item.state is State.ADVERSE_INTENDED and item.determination.action is ReviewAction.PENDED
    assert "Nothing is decided yet" in item.determination.because and item.determination.phone == "555-555-0142"
    assert offer.stage is Stage.OFFERED and offer.until == NOON + WINDOW and offer.intended == deny()
    assert case.trail[-1].what == adverse.OFFERED


def test_an_intention_lacks_nothing_that_the_decision_would_need():
    case = authorization(refer())
    with pytest.raises(Unprocessable, match="names the criteria"):
        adverse.decide(case, deny(criteria=()), physician(), NOON, WINDOW)
    with pytest.raises(Forbidden, match="takes a physician"):
        adverse.decide(case, deny(), nurse(), NOON, WINDOW)


def test_an_adverse_decision_has_a_root_cause_or_is_not_taken():
    case = authorization(refer())
    for longest in (WINDOW, timedelta(0)):
        with pytest.raises(Unprocessable, match=r"'0V' names none.*Choose a reason that does") as refused:
            adverse.decide(case, deny(reason_codes=("0V",), root_cause=None), physician(), NOON, longest)
    assert refused.value.issues[0].expression == "reason_code"


def test_while_the_conversation_is_open_nobody_signs_the_denial():
    with pytest.raises(Conflict, match="Hold conversation 1, or record that it was declined"):
        adverse.decide(intended(), deny(), physician(), NOON + HOUR, WINDOW)


def test_after_the_conversation_the_physician_signs_and_both_clinicians_are_on_record():
    case = adverse.decide(held(intended()), deny(), physician(), NOON + 2 * HOUR, WINDOW)
    assert case.item(1).state is State.DENIED and case.item(1).determination.signed_by
    offer = case.peer_to_peers[0]
    assert offer.clinician == TREATING and offer.reviewer.licence == "OH MD-0142" and offer.outcome is Outcome.NOT_PERSUADED


def test_a_persuaded_physician_certifies_and_another_may_than_the_one_who_drafted():
    other = replace(physician(), person="okafor", name="Nneka Okafor, MD")
    case = held(intended(), Outcome.PERSUADED, reviewer=other)
    case = adverse.decide(case, certified(), other, NOON + 2 * HOUR, WINDOW)
    assert case.item(1).state is State.CERTIFIED and case.item(1).determination.signed_by.person == "okafor"


def test_a_certification_needs_no_conversation_and_closes_the_open_one():
    case = adverse.decide(intended(), certified(), nurse(), NOON + HOUR, WINDOW)
    assert case.is_final and case.peer_to_peers[0].stage is Stage.NOT_NEEDED


def test_a_window_nobody_used_is_recorded_as_missed_and_denies_nothing():
    case = intended()
    assert adverse.lapse(case, NOON + WINDOW) is None
    after = adverse.lapse(case, NOON + WINDOW + HOUR)
    assert after.peer_to_peers[0].stage is Stage.MISSED_BY_PROVIDER
    assert after.item(1).state is State.ADVERSE_INTENDED
    assert adverse.decide(after, deny(), physician(), NOON + WINDOW + HOUR, WINDOW).item(1).state is State.DENIED


def test_what_the_plan_missed_is_offered_anew():
    case = intended()
    missed = case.peer_to_peers[0].close(Stage.MISSED_BY_PLAN, "Our physician was in the operating room.", NOON + HOUR)
    case = adverse.decide(adverse.converse(case, missed, "quill", NOON + HOUR), deny(), physician(), NOON + 2 * HOUR, WINDOW)
    assert case.item(1).state is State.ADVERSE_INTENDED
    assert [each.stage for each in case.peer_to_peers] == [Stage.MISSED_BY_PLAN, Stage.OFFERED]


def test_without_time_for_a_conversation_the_record_says_so_and_the_decision_stands():
    case = authorization(refer())
    late = case.clock.legal_due_at - 3 * HOUR
    case = adverse.decide(case, deny(), physician(), late, WINDOW)
    assert case.item(1).state is State.DENIED and case.peer_to_peers[0].stage is Stage.NO_TIME


def test_the_window_ends_four_hours_before_the_decision_is_due_and_never_moves_it():
    case = authorization(refer())
    at = case.clock.legal_due_at - 30 * HOUR
    offered = adverse.decide(case, deny(), physician(), at, WINDOW)
    assert offered.peer_to_peers[0].until == case.clock.legal_due_at - LEFT
    assert offered.clock == case.clock


@pytest.mark.parametrize(("asked", "given"), [(2 * HOUR, 24 * HOUR), (48 * HOUR, 48 * HOUR), (200 * HOUR, 72 * HOUR)])
def test_a_plan_chooses_a_window_between_24_and_72_hours(asked, given):
    assert window(NOON, NOON + timedelta(days=15), asked) == NOON + given


def test_an_administrative_decision_and_a_plan_without_conversations_need_no_offer():
    case = authorization(refer(finding(truth=Truth.UNKNOWN)))
    assert adverse.decide(case, deny(root_cause=RootCause.DOCUMENTS_MISSING), physician(), NOON, WINDOW).item(1).state is State.DENIED
    assert adverse.decide(case, deny(), physician(), NOON, timedelta(0)).item(1).state is State.DENIED


def test_a_denial_that_rests_on_a_criterion_not_met_is_clinical_whatever_it_is_called():
    case = authorization(refer())
    assert adverse.decide(case, deny(root_cause=RootCause.NOT_COVERED), physician(), NOON, WINDOW).item(1).state is State.ADVERSE_INTENDED


def test_a_reopened_item_gets_a_conversation_of_its_own():
    case = adverse.decide(held(intended()), deny(), physician(), NOON + 2 * HOUR, WINDOW)
    case = case.reopen((1,), physician(), "The overnight study arrived.", {1: refer()}, NOON + 5 * HOUR)
    case = adverse.decide(case, deny(), physician(), NOON + 6 * HOUR, WINDOW)
    assert case.item(1).state is State.ADVERSE_INTENDED and len(case.peer_to_peers) == 2


def test_the_call_takes_a_physician_of_the_field_within_the_window():
    case = adverse.decide(authorization(refer()), deny(), physician(), NOON, WINDOW, specialties=("2084P0800X",))
    offer = case.peer_to_peers[0]
    with pytest.raises(Forbidden, match="Choose a physician of that field"):
        offer.schedule(NOON + HOUR, TREATING, physician(), NOON)
    psychiatrist = replace(physician(), specialties=("2084P0800X",))
    with pytest.raises(Unprocessable, match="Choose a time within that"):
        offer.schedule(NOON + 80 * HOUR, TREATING, psychiatrist, NOON)
    booked = offer.schedule(NOON + HOUR, TREATING, psychiatrist, NOON)
    assert booked.stage is Stage.SCHEDULED and booked.call_at == NOON + HOUR
    assert not booked.lapsed(NOON + 80 * HOUR)  # a booked call waits for its record
    with pytest.raises(Unprocessable, match="what was said"):
        booked.hold(Outcome.PERSUADED, TREATING, psychiatrist, " ", NOON + HOUR)


def test_a_conversation_that_is_over_stays_over():
    offer = held(intended()).peer_to_peers[0]
    with pytest.raises(Conflict, match="held already"):
        offer.close(Stage.DECLINED, "They would rather appeal.", NOON + HOUR)


def test_reminders_come_at_half_of_the_window_and_four_hours_before_its_end():
    offer = intended().peer_to_peers[0]
    assert offer.reminders() == (NOON + WINDOW / 2, NOON + WINDOW - LEFT)


def test_nothing_of_this_touches_an_item_already_certified():
    case = authorization(certify(), refer())
    case = adverse.decide(case, deny(2), physician(), NOON, WINDOW)
    assert case.item(1).state is State.CERTIFIED_BY_ENGINE and [each.sequence for each in case.pended] == [2]
