"""What the plan does not cover at all is denied administratively, over a person's name, and in no other case by software."""

from dataclasses import replace

import pytest

from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.case.transitions import State
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from fhir_pa.um.deciding.exclusion import exclude
from fhir_pa.um.deciding.root_cause import RootCause
from ig_profiles.outcome import Forbidden
from tests.builders import NOON, authorization, certify, finding, nurse, physician
from tests.fhir_pa.test_um_determination import EDITION

COMFORT = replace(EDITION, covered=False, criteria=(), because="The plan does not pay for items of comfort.", signed_by="Ada Quill, MD, 2025-12-01")


def excluded():
    found = exclude(COMFORT, "0M", "555-555-0100")
    assert found is not None
    return found


def test_an_exclusion_names_who_wrote_it_the_edition_and_whom_to_call_and_no_reviewer():
    made = excluded().determination(NOON)
    assert made.action is ReviewAction.NOT_CERTIFIED and made.root_cause is RootCause.NOT_COVERED
    assert made.excluded_by == "Ada Quill, MD, 2025-12-01" and made.phone and made.edition
    assert not made.by_a_person and not made.findings


@pytest.mark.parametrize(
    "changed",
    [{"covered": True}, {"criteria": EDITION.criteria or (object(),)}, {"signed_by": ""}, {"because": ""}],
    ids=["covered", "criteria", "unsigned", "silent"],
)
def test_whatever_asks_a_clinical_question_or_is_not_signed_goes_to_a_person(changed):
    assert exclude(replace(COMFORT, **changed), "0M", "555-555-0100") is None


def test_without_anybody_to_call_nothing_is_excluded():
    assert exclude(replace(COMFORT, phone=None), "0M", "") is None


@pytest.mark.parametrize(
    "changed",
    [{"root_cause": RootCause.NOT_NECESSARY}, {"findings": (finding(),)}, {"criteria": ("saturation",)}, {"edition": None}, {"excluded_by": ""}],
    ids=["clinical", "findings", "criteria", "no edition", "nobody"],
)
def test_no_clinical_denial_passes_for_an_exclusion(changed):
    with pytest.raises(Forbidden, match="Only a named physician"):
        replace(excluded().determination(NOON), **changed)


def test_only_a_whole_denial_is_an_exclusion():
    made = excluded().determination(NOON)
    with pytest.raises(Forbidden):
        Determination(ReviewAction.MODIFIED, made.because, NOON, edition=made.edition, authorized=certify().authorized, reason_codes=("0M",),
                      phone="555-555-0100", root_cause=RootCause.NOT_COVERED, excluded_by=made.excluded_by)  # fmt: skip


def test_an_excluded_item_is_final_beside_others_and_a_physician_may_still_reopen_it():
    case = authorization(certify(), excluded())
    assert case.is_final and case.action is ReviewAction.PARTIAL and case.item(2).state is State.DENIED
    case = case.reopen((2,), physician(), "The member has an exception.", {2: excluded()}, NOON)
    case = case.decide(Decision((2,), Verdict.CERTIFY, "Granted as an exception."), nurse(), NOON)
    assert case.item(2).state is State.CERTIFIED
