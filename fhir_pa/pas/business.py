"""Business errors: what the provider must put right although the Bundle can be read; they travel in ClaimResponse.error.

HTTP 200, never a refusal (pas.md §1.5 rules 45-47, conf-14). ``element`` is the place in X12 terms, ``path`` a FHIRPath
from the Bundle.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_pa.pas import codes
from fhir_pa.pas.bundle import claim_elements
from fhir_pa.pas.dates import days
from fhir_pa.pas.intake import Submission


@dataclass(frozen=True)
class BusinessError:
    """One business error: X12 901 ``code``, X12 889 ``follow_up``, where, and what to do in one plain sentence."""

    code: str
    follow_up: str
    element: str
    path: str
    text: str
    item: int | None = None


def business_errors(submission: Submission) -> tuple[BusinessError, ...]:
    """Everything in a readable submission that keeps the payer from deciding it."""
    found: list[BusinessError] = []
    request = submission.request
    if not request.member.identifiers and not request.member.subscriber_identifiers:
        text = "No member number was given. Put the number of the member's card into Patient.identifier."
        path = f"{_place(submission, 'patient')}.identifier"
        found.append(BusinessError(codes.MEMBER_IDENTIFICATION, codes.CORRECT_AND_RESUBMIT, "2010C-NM109", path, text))
    if not request.payer.name and not request.payer.identifiers:
        text = "The payer is named neither by name nor by number. Give Organization.name or identifier of the insurer."
        found.append(BusinessError(codes.PAYER_NAME, codes.CORRECT_AND_RESUBMIT, "2010A-NM103", f"{_place(submission, 'insurer')}.name", text))
    return (*found, *_date_errors(submission))


def member_not_found(submission: Submission) -> BusinessError:
    """The plan does not know this member."""
    text = "This plan has no member with that number. Check the number on the card and the payer it is sent to."
    path = f"{_place(submission, 'patient')}.identifier"
    return BusinessError(codes.MEMBER_NOT_FOUND, codes.CORRECT_AND_RESUBMIT, "2010C-NM109", path, text)


def update_refused(submission: Submission, because: str) -> BusinessError:
    """An update that may not follow, e.g. after a denial (pas.md rule 56)."""
    return BusinessError(codes.INPUT_ERRORS, codes.DO_NOT_RESUBMIT, "2000E-UM02", f"{submission.claim.expression}.related", because)


def update_of_nothing(submission: Submission) -> BusinessError:
    """An update or cancellation of a request that is not on file."""
    text = "The request this updates is not on file for this member. Name it by Claim.related as it was submitted, or submit a new request."
    return BusinessError(codes.AUTHORIZATION_NOT_FOUND, codes.CORRECT_AND_RESUBMIT, "2000E-REF02", f"{submission.claim.expression}.related", text)


def _date_errors(submission: Submission) -> list[BusinessError]:
    found = []
    for where, node in claim_elements(submission.claim, "item"):
        given = next((name for name in ("servicedDate", "servicedPeriod") if node.get(name)), None)
        first, last = days(node, "serviced")
        sequence = node["sequence"]
        if given and not first and not last:
            text = f"The day of item {sequence} is not a full date. Write year, month and day."
        elif first and last and last < first:
            text = f"Item {sequence} ends before it begins. Correct servicedPeriod."
        else:
            continue
        path = f"{where}.{given}"
        found.append(BusinessError(codes.SERVICE_DATE, codes.CORRECT_AND_RESUBMIT, "2000F-DTP03", path, text, sequence))
    return found


def _place(submission: Submission, element: str) -> str:
    entry = submission.index.resolve(submission.claim.resource.get(element), submission.claim)
    return entry.expression if entry else f"{submission.claim.expression}.{element}"
