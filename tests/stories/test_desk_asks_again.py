"""At the desk a second question about the same service takes a physician and a reason, because everything is asked at once (domain §4.5)."""

from __future__ import annotations

from fhir_pa.operations.desk.fall_due import look
from fhir_pa.provider.play.payer_file import NURSE, PULMONOLOGIST
from fhir_pa.um.reviewing.information_life import Stage, rounds
from tests.stories.asking import BORDERLINE, oxygen, submit
from tests.stories.desk_parties import AtDesk
from tests.stories.parties import Plan, System


def at_desk(plan: Plan, person: str) -> AtDesk:
    sitting = AtDesk(plan, person)
    sitting.sign_in()
    return sitting


def test_after_an_answer_that_did_not_come_a_nurse_asks_no_more_and_a_physician_says_why(plan: Plan, clinic: System) -> None:
    submit(clinic, oxygen(clinic, BORDERLINE))
    with plan.payer.store.reading() as tx:
        ((number, first),) = [(case.number, rounds(case)) for case in tx.pended()]
    assert [each.stage for each in first] == [Stage.OPEN]
    plan.clock.turn(days=4, hours=1)
    look(plan.payer)

    finch, quill = at_desk(plan, NURSE), at_desk(plan, PULMONOLOGIST)
    asked = {"items": "1", "words": "A test during exercise.", "document": "28570-0"}
    finch.act(number, "ask", status=403, **asked)
    refused = quill.act(number, "ask", status=422, **asked)
    assert 'id="ask-second_because-wrong"' in refused.text and "Say why this was not asked then" in refused.text
    quill.act(number, "ask", second_because="The first answer speaks of a walk nobody measured.", **asked)
    with plan.payer.store.reading() as tx:
        case = tx.authorization(number)
    assert case.trail[-1].because.endswith("Asked again, because: The first answer speaks of a walk nobody measured.")
    assert [each.stage for each in rounds(case)] == [Stage.EXPIRED, Stage.OPEN]
