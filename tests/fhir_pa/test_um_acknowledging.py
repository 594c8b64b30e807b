"""A reduction says what it means for payment, and is taken note of by the practice; that decides nothing (F63)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from fhir_pa.um.case.contact import Told
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.step_down import StepDown
from fhir_pa.um.stays.falls_due import Matter, fallen_due
from fhir_pa.um.telling.acknowledging import ASK_AFTER, acknowledge, effect, unacknowledged
from ig_profiles.names import HCPCS
from ig_profiles.outcome import Conflict, Unprocessable
from ig_profiles.reading import Coding
from tests.builders import NOON, TODAY, authorization, certify, physician, refer

DAY = timedelta(days=1)
HELD = Authorized(TODAY, TODAY + 9 * DAY, Decimal(10), "days")


def reduced(**more):
    decision = Decision((1,), Verdict.MODIFY, "By day it serves as well.", ("saturation",), ("0G",), "555-555-0142", HELD, **more)
    return authorization(refer(), certify()).decide(decision, physician(), NOON)


def noted(case, who=Told.PROVIDER, at=NOON + DAY, items=(1,)):
    return acknowledge(case, items, who, "Della Linnet, RN", "linnet", at)


def test_a_reduction_tells_what_is_paid_and_another_level_is_named():
    case = reduced()
    assert effect(case.item(1)) == f"Paid is what is certified: 10 days, from {TODAY} until {HELD.until}. What was asked for beyond it is not."
    step = StepDown(Coding(HCPCS, "H0035"), HELD.until + DAY, HELD.until + 10 * DAY, Decimal(8), "days")
    assert f"From {HELD.until + DAY} on, H0035 is certified in its place" in effect(reduced(step_down=step).item(1))
    assert effect(case.item(2)) == "", "what is certified as asked reduces nothing"


def test_taking_note_is_on_record_once_for_each_side_and_decides_nothing():
    case = noted(reduced())
    assert [each.item for each in case.acknowledgements] == [1] and case.item(1) == reduced().item(1) and list(unacknowledged(case)) == []
    with pytest.raises(Conflict, match="acknowledged before"):
        noted(case)
    both = noted(case, Told.REPRESENTATIVE)
    assert len(both.acknowledgements) == 2 and list(unacknowledged(both, Told.MEMBER)) == []


def test_a_member_who_takes_note_does_not_do_it_for_the_practice():
    assert [item.sequence for item in unacknowledged(noted(reduced(), Told.MEMBER))] == [1]


def test_what_is_decided_anew_is_taken_note_of_anew():
    case = noted(reduced())
    again = replace(case.item(1), determination=replace(case.item(1).determination, decided_at=NOON + 2 * DAY))
    assert [item.sequence for item in unacknowledged(replace(case, items=(again,)))] == [1]


@pytest.mark.parametrize(("items", "name", "told"), [((2,), "Della", "not certified for less"), ((1,), " ", "who takes note"), ((), "Della", "which services")])
def test_what_cannot_be_acknowledged_is_told(items, name, told):
    with pytest.raises(Unprocessable, match=told):
        acknowledge(reduced(), items, Told.PROVIDER, name, "linnet", NOON)


def test_after_three_days_somebody_is_told_to_call_unless_it_was_acknowledged():
    def rung(case):
        return [due.says for due in fallen_due(case, NOON + ASK_AFTER) if due.matter is Matter.NOTED]

    assert len(rung(reduced())) == 1 and "nobody at the practice has taken note" in rung(reduced())[0]
    assert rung(noted(reduced())) == [] and rung(authorization(certify())) == []
