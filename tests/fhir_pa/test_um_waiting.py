"""What waits for a person, what may be asked and let stand, and what each role could do: as values, without a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.information_request import MEDICAL_RECORDS
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.reviewing.adverse import decide as decide_adverse
from fhir_pa.um.reviewing.after_denial import evidence_since, let_stand
from fhir_pa.um.reviewing.asking import ask
from fhir_pa.um.reviewing.may import may
from fhir_pa.um.reviewing.waiting import PROMISE, Waits, waits
from ig_profiles.outcome import Conflict, Forbidden, Unprocessable
from tests.builders import NOON, authorization, certify, nurse, physician, refer

LATER = NOON + timedelta(hours=3)


def deny() -> Decision:
    return Decision((1,), Verdict.DENY, "Above the limit.", ("saturation",), ("0F",), "555-555-0142", root_cause=RootCause.NOT_NECESSARY)


def test_a_pended_case_waits_until_its_legal_time_and_a_decided_one_for_nobody():
    case = authorization(refer(), certify())
    (waiting,) = waits(case)
    assert (waiting.what, waiting.due_at, waiting.source, waiting.role) == (Waits.DECIDE, case.clock.legal_due_at, case.clock.source, "physician")
    assert waits(authorization(refer(to="nurse")))[0].role == "nurse"
    assert waits(authorization(certify())) == ()


def test_an_offered_conversation_is_what_the_case_waits_for():
    case = decide_adverse(authorization(refer()), deny(), physician(), LATER, timedelta(hours=72))
    assert [each.what for each in waits(case)] == [Waits.CONVERSE]


def test_evidence_after_a_denial_waits_for_a_physician_until_somebody_looked():
    denied = authorization(refer()).decide(deny(), physician(), NOON)
    assert evidence_since(denied) is None and waits(denied) == ()
    came = denied.receive_evidence({}, "received-2", "oakwood-ehr", "a report", LATER)
    (waiting,) = waits(came)
    assert (waiting.what, waiting.source) == (Waits.EVIDENCE, PROMISE) and evidence_since(came) == LATER
    assert may(came, physician(), LATER).let_stand and not may(came, nurse(), LATER).let_stand
    stood = let_stand(came, "The report is of another year.", physician(), LATER + timedelta(hours=1))
    assert waits(stood) == () and stood.item(1) == came.item(1) and stood.trail[-1].because == "The report is of another year."
    with pytest.raises(Conflict, match="No evidence came"):
        let_stand(stood, "Again.", physician(), LATER + timedelta(hours=2))


def test_letting_a_denial_stand_takes_a_physician_and_a_reason():
    came = authorization(refer()).decide(deny(), physician(), NOON).receive_evidence({}, "received-2", "oakwood-ehr", "a report", LATER)
    with pytest.raises(Forbidden):
        let_stand(came, "No.", nurse(), LATER)
    with pytest.raises(Unprocessable, match="does not change the decision"):
        let_stand(came, " ", physician(), LATER)


def test_what_is_asked_joins_what_was_asked_for_the_same_document_and_the_clock_runs_on():
    case = ask(authorization(refer()), (1,), "The sleep study.", nurse(), LATER)
    twice = ask(case, (1,), "The exercise test.", nurse(), LATER)
    (request,) = twice.item(1).determination.asks
    assert request.document == MEDICAL_RECORDS and request.words == ("The sleep study.", "The exercise test.")
    assert twice.clock == case.clock and twice.pended and twice.item(1).state == authorization(refer()).item(1).state
    other = ask(twice, (1,), "The echo report.", nurse(), LATER, document="18745-0")
    assert [each.document for each in other.item(1).determination.asks] == [MEDICAL_RECORDS, "18745-0"]


def test_only_about_what_is_undecided_may_be_asked_and_only_by_a_reviewer():
    with pytest.raises(Conflict):
        ask(authorization(certify()), (1,), "More.", nurse(), LATER)
    with pytest.raises(Forbidden):
        ask(authorization(refer()), (1,), "More.", replace(nurse(), roles=("clerk",)), LATER)
    with pytest.raises(Unprocessable, match="what the provider should send"):
        ask(authorization(refer()), (1,), "", nurse(), LATER)


def test_each_role_is_offered_what_it_could_do_and_nothing_else():
    case = authorization(refer(), certify())
    doctor, sister = may(case, physician(), LATER), may(case, nurse(), LATER)
    assert (doctor.certify, doctor.deny, doctor.modify, doctor.ask) == ((1,), (1,), (1,), (1,)) and not doctor.proposes
    assert (sister.certify, sister.deny, sister.modify, sister.ask) == ((1,), (), (), (1,)) and sister.proposes
    lapsed = may(case, physician(licence_until=NOON.date() - timedelta(days=1)), LATER)
    assert lapsed.certify == lapsed.deny == lapsed.extend == ()
    clerk = may(case, replace(nurse(), roles=("clerk",)), LATER)
    assert clerk.certify == clerk.extend == () and clerk.keeps_records
    assert not may(case, replace(nurse(), roles=("auditor",)), LATER).keeps_records


def test_while_a_conversation_is_open_nothing_may_be_denied():
    case = decide_adverse(authorization(refer()), deny(), physician(), LATER, timedelta(hours=72))
    open_ = may(case, physician(), LATER)
    assert open_.deny == () and open_.certify == (1,) and open_.converse == (1,)


def test_what_is_offered_to_deny_can_be_denied():
    case = authorization(refer())
    assert may(case, physician(), LATER).deny == (1,)
    assert case.decide(deny(), physician(), LATER).item(1).state == "denied"
