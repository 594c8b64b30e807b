"""X12 codes <-> our words: the only file that knows what ``A1`` means.

Labels are our own plain words, never the wording of X12, whose lists stay with their owner (domain §3). Lists change:
a code we do not know is carried through unchanged and called by its code.
"""

from __future__ import annotations

from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.deciding.request import CertificationType
from fhir_pa.um.deciding.root_cause import RootCause
from ig_profiles.names import (
    X12_CERTIFICATION_TYPE,
    X12_DECISION_REASON,
    X12_ENTITY,
    X12_ERROR,
    X12_FOLLOW_UP,
    X12_LEVEL_OF_SERVICE,
    X12_REPORT_TYPE,
    X12_REVIEW_ACTION,
    X12_UNIT,
)
from ig_profiles.reading import Json, code_in

REVIEW_ACTIONS: dict[ReviewAction, str] = {
    ReviewAction.CERTIFIED: "A1",
    ReviewAction.PARTIAL: "A2",
    ReviewAction.NOT_CERTIFIED: "A3",
    ReviewAction.PENDED: "A4",
    ReviewAction.MODIFIED: "A6",
    ReviewAction.CANCELLED: "C",
    ReviewAction.NO_ACTION: "NA",
}
_ACTION_OF = {code: action for action, code in REVIEW_ACTIONS.items()}

_CERTIFICATION_TYPES: dict[str, CertificationType] = {
    "I": CertificationType.INITIAL,
    "R": CertificationType.RENEWAL,
    "S": CertificationType.REVISION,
    "4": CertificationType.EXTENSION,
    "3": CertificationType.CANCEL,
    "1": CertificationType.URGENT_APPEAL,
    "2": CertificationType.APPEAL,
}

_LEVELS_OF_SERVICE = {"U": "urgent", "E": "elective", "03": "emergency"}
URGENT_LEVELS = frozenset({"urgent", "emergency"})

# Business errors (X12 901): what is wrong with the request, as the provider hears it in ClaimResponse.error.
QUANTITY_EXCEEDED = "04"
REQUIRED_DATA_MISSING = "15"
INPUT_ERRORS = "33"
ACCESS_RESTRICTED = "41"
UNABLE_NOW = "42"
PROVIDER_IDENTIFICATION = "43"
SERVICE_DATE = "57"
MEMBER_IDENTIFICATION = "72"
MEMBER_NOT_FOUND = "75"
MEMBER_NOT_COVERED = "95"
AUTHORIZATION_NOT_FOUND = "AA"
PAYER_NAME = "T4"
ERRORS: dict[str, str] = {
    QUANTITY_EXCEEDED: "more than was authorized",
    REQUIRED_DATA_MISSING: "something required is not there",
    INPUT_ERRORS: "the request contradicts what is on file or itself",
    ACCESS_RESTRICTED: "the requestor may not see or change this",
    UNABLE_NOW: "no answer possible at this moment",
    PROVIDER_IDENTIFICATION: "provider number absent or not valid",
    SERVICE_DATE: "day of service absent or not a full date",
    MEMBER_IDENTIFICATION: "member number absent or not valid",
    MEMBER_NOT_FOUND: "member not known to this plan",
    MEMBER_NOT_COVERED: "member not covered on that day",
    AUTHORIZATION_NOT_FOUND: "no authorization by that number",
    PAYER_NAME: "payer's name or number absent",
}

# What the provider should do next (X12 889).
CORRECT_AND_RESUBMIT = "C"
DO_NOT_RESUBMIT = "N"
RESUBMIT_UNCHANGED = "P"
FOLLOW_UPS: dict[str, str] = {
    CORRECT_AND_RESUBMIT: "correct it and send it anew",
    DO_NOT_RESUBMIT: "do not send it anew",
    RESUBMIT_UNCHANGED: "send the same once more",
}

# Why (X12 external list 886), useful set of domain §3.3.
INFORMATION_NEEDED = "0U"
MEDICAL_REVIEW_NEEDED = "0V"
NOT_FINISHED = "0W"
NOT_COVERED = "0M"
DECISION_REASONS: dict[str, str] = {
    "0F": "not medically necessary",
    "0G": "level of care not appropriate",
    INFORMATION_NEEDED: "more information about the patient needed",
    MEDICAL_REVIEW_NEEDED: "needs a clinician's review",
    NOT_FINISHED: "review not finished",
    "0P": "what was asked for did not arrive",
    "0L": "above the plan's maximum",
    "4": "above the authorized quantity",
    NOT_COVERED: "not a covered service",
    "0N": "no authorization beforehand",
    "0Q": "asked for twice",
    "0R": "does not fit the diagnosis",
    "0T": "experimental",
    "0H": "no authorization required",
    "0J": "another review organization decides",
    "0B": "passed on to another review organization",
    "0X": "does not fit the kind of provider",
    "0Y": "does not fit the patient's age",
    "0Z": "does not fit the patient's sex",
    "9": "provider outside the network",
    "13": "authorized for another provider",
    "14": "plan's guideline not followed",
    "16": "kind of facility not right",
    "17": "asked too late",
    "18": "notification received",
    "12": "only certain providers",
    "44": "documentation of conservative care needed",
}

ROOT_CAUSES: dict[str, RootCause] = {
    "0F": RootCause.NOT_NECESSARY,
    "0R": RootCause.NOT_NECESSARY,
    "0T": RootCause.NOT_NECESSARY,
    "0X": RootCause.NOT_NECESSARY,
    "0Y": RootCause.NOT_NECESSARY,
    "0Z": RootCause.NOT_NECESSARY,
    "14": RootCause.NOT_NECESSARY,
    "44": RootCause.CRITERIA_NOT_SPOKEN,
    "0G": RootCause.WRONG_LEVEL,
    "16": RootCause.WRONG_LEVEL,
    "0L": RootCause.QUANTITY,
    "4": RootCause.QUANTITY,
    "0P": RootCause.DOCUMENTS_MISSING,
    NOT_COVERED: RootCause.NOT_COVERED,
    "0N": RootCause.NO_AUTHORIZATION,
    "0Q": RootCause.DUPLICATE,
    "17": RootCause.RETRO_NOT_PURSUED,
    "9": RootCause.NETWORK,
    "12": RootCause.NETWORK,
    "13": RootCause.NETWORK,
}

ASKING_ROLES = frozenset({"DK", "DN", "P3"})  # X12 98: orders, refers, or is the member's usual clinician
SUPPORTING_DOCUMENT = "77"  # X12 755: a report that supports the request
UNITS = "UN"  # X12 673
_INPATIENT = frozenset({"21", "31", "32", "33", "34", "51", "55", "56", "61"})  # CMS places of service one stays in
_AT_HOME = "12"
SELF = "18"  # X12 1069: the member holds the policy


def _concept(system: str, code: str, label: str | None) -> Json:
    return {"coding": [{"system": system, "code": code}]} | ({"text": label} if label else {})


def review_action_concept(action: ReviewAction) -> Json:
    """The action as X12 306.

    >>> review_action_concept(ReviewAction.PENDED)["coding"][0]["code"]
    'A4'
    """
    return _concept(X12_REVIEW_ACTION, REVIEW_ACTIONS[action], str(action))


def read_review_action(concept: object) -> ReviewAction | None:
    """The review action a concept names, or None."""
    return _ACTION_OF.get(code_in(concept, X12_REVIEW_ACTION) or "")


def read_certification_type(concept: object) -> CertificationType | None:
    """Why the provider asks; OTHER for a code we have no word for, None when nothing is said."""
    code = code_in(concept, X12_CERTIFICATION_TYPE)
    return _CERTIFICATION_TYPES.get(code, CertificationType.OTHER) if code else None


def read_level_of_service(concept: object) -> str:
    """``urgent``, ``elective``, ``emergency``, the code itself when we have no word for it, or empty."""
    code = code_in(concept, X12_LEVEL_OF_SERVICE) or ""
    return _LEVELS_OF_SERVICE.get(code, code)


def location_type(place: str | None) -> str | None:
    """Where a service is given, as the guide's measures tell it apart; None when the request does not say.

    >>> location_type("12"), location_type("21"), location_type("11"), location_type(None)
    ('home', 'inpatient', 'outpatient', None)
    """
    if not place:
        return None
    return "home" if place == _AT_HOME else "inpatient" if place in _INPATIENT else "outpatient"


def error_concept(code: str) -> Json:
    """A business error as X12 901."""
    return _concept(X12_ERROR, code, ERRORS.get(code))


def follow_up_concept(code: str) -> Json:
    """What to do next, as X12 889."""
    return _concept(X12_FOLLOW_UP, code, FOLLOW_UPS.get(code))


def decision_reason_concept(code: str) -> Json:
    """Why, as X12 886."""
    return _concept(X12_DECISION_REASON, code, DECISION_REASONS.get(code))


def provider_type_concept(code: str) -> Json:
    """A provider's part in the care, as X12 98."""
    return _concept(X12_ENTITY, code, None)


def report_type_concept(code: str) -> Json:
    """The kind of report asked for, as X12 755."""
    return _concept(X12_REPORT_TYPE, code, None)


def units(value: object) -> Json:
    """So many units, where the sender named no unit (PASQuantity prof-2, prof-3)."""
    return {"value": value, "unit": "units", "system": X12_UNIT, "code": UNITS}
