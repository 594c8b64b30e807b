"""X12 codes and our words for them."""

from __future__ import annotations

import re

import pytest

from fhir_pa.pas import codes
from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.deciding.request import CertificationType
from ig_profiles.names import X12_CERTIFICATION_TYPE, X12_LEVEL_OF_SERVICE
from tests.fhir_pa.pas_bundles import concept


@pytest.mark.parametrize("action", list(ReviewAction))
def test_every_review_action_goes_out_and_comes_back(action: ReviewAction) -> None:
    written = codes.review_action_concept(action)
    assert codes.read_review_action(written) is action
    assert written["text"] == action.value, "people read our word"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("I", "initial"), ("R", "renewal"), ("S", "revision"), ("4", "extension"), ("3", "cancel"), ("1", "urgent appeal"), ("2", "appeal"), ("Z", "other")],
)
def test_certification_types_are_words(code: str, kind: str) -> None:
    assert codes.read_certification_type(concept(X12_CERTIFICATION_TYPE, code)) is CertificationType(kind)


def test_nothing_said_is_nothing_read() -> None:
    assert codes.read_certification_type(None) is None
    assert codes.read_review_action({"coding": "odd"}) is None
    assert codes.read_level_of_service([]) == ""
    assert codes.read_certification_type(concept("http://elsewhere.example", "I")) is None


def test_levels_of_service_that_hurry() -> None:
    hurried = {code: codes.read_level_of_service(concept(X12_LEVEL_OF_SERVICE, code)) in codes.URGENT_LEVELS for code in ("U", "03", "E")}
    assert hurried == {"U": True, "03": True, "E": False}


def test_a_code_we_have_no_word_for_is_carried_through() -> None:
    assert codes.decision_reason_concept("Q7") == {"coding": [{"system": "https://codesystem.x12.org/external/886", "code": "Q7"}]}


@pytest.mark.parametrize("table", [codes.ERRORS, codes.FOLLOW_UPS, codes.DECISION_REASONS])
def test_labels_are_plain_words_of_our_own(table: dict[str, str]) -> None:
    assert all(re.fullmatch(r"[A-Z0-9]{1,2}", code) for code in table)
    assert all(label and label[0].islower() and not label.endswith(".") for label in table.values())
    assert len(set(table.values())) == len(table)
