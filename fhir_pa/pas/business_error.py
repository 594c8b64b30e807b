"""Business errors: what the provider must put right although the Bundle can be read; they travel in ClaimResponse.error.

HTTP 200, never a refusal (pas.md §1.5 rules 45-47, conf-14).
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_pa.pas import codes
from fhir_pa.pas.bundle import claim_elements
from fhir_pa.pas.dates import days
from fhir_pa.pas.intake import Submission
from fhir_pa.um.deciding.request import MemberReference


@dataclass(frozen=True)
class BusinessError:
    """One business error: X12 901 ``code``, X12 889 ``follow_up``, where, and what to do in one plain sentence.

    ``element`` is the place in X12 terms (loop, segment, element). ``path`` is a FHIRPath from the Claim; a path that
    begins with ``patient`` or ``insurer`` goes on in the resource the Claim refers to there. ``item`` is a sequence.
    """

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
        said = "No member number was given. Put the number of the member's card into Patient.identifier."
        found.append(BusinessError(codes.MEMBER_IDENTIFICATION, codes.CORRECT_AND_RESUBMIT, "2010C-NM109", "patient.identifier", said))
    if not request.payer.name and not request.payer.identifiers:
        said = "The payer is named neither by name nor by number. Give the name or an identifier of the insurer."
        found.append(BusinessError(codes.PAYER_NAME, codes.CORRECT_AND_RESUBMIT, "2010A-NM103", "insurer.name", said))
    return (*found, *_date_errors(submission))


def member_not_found(member: MemberReference) -> BusinessError:
    """The plan does not know this member."""
    said = f"This plan has no member with the number {_numbers(member)}. Check the number on the card and the payer it is sent to."
    return BusinessError(codes.MEMBER_NOT_FOUND, codes.CORRECT_AND_RESUBMIT, "2010C-NM109", "patient.identifier", said)


def member_not_covered(member: MemberReference) -> BusinessError:
    """The plan knows the member, but did not or does not cover him or her on the day of service."""
    said = f"The member with the number {_numbers(member)} is not covered by this plan on the day of service. Check eligibility before submitting anew."
    return BusinessError(codes.MEMBER_NOT_COVERED, codes.CORRECT_AND_RESUBMIT, "2010C-NM109", "patient.identifier", said)


def update_not_allowed(because: str) -> BusinessError:
    """An update that may not follow, e.g. after a denial (pas.md rule 56)."""
    return BusinessError(codes.INPUT_ERRORS, codes.DO_NOT_RESUBMIT, "2000E-UM02", "related", because)


def update_of_nothing() -> BusinessError:
    """An update or cancellation of a request that is not on file."""
    said = "The request this updates is not on file for this member. Name it by Claim.related as it was submitted, or submit a new request."
    return BusinessError(codes.AUTHORIZATION_NOT_FOUND, codes.CORRECT_AND_RESUBMIT, "2000E-REF02", "related", said)


def appeal_of_nothing() -> BusinessError:
    """An appeal of a decision that is not on file."""
    said = "The decision this appeals is not on file for this member. Name it by Claim.related, or by the authorization's number or reference at the item."
    return BusinessError(codes.AUTHORIZATION_NOT_FOUND, codes.CORRECT_AND_RESUBMIT, "2000E-REF02", "related", said)


def appeal_not_taken(because: str) -> BusinessError:
    """An appeal that cannot be put on file: nothing was decided against the member, it is too late, or consent is missing."""
    return BusinessError(codes.INPUT_ERRORS, codes.DO_NOT_RESUBMIT, "2000E-UM02", "related", because)


def _numbers(member: MemberReference) -> str:
    return ", ".join(dict.fromkeys(identifier.value for identifier in member.identifiers)) or "(none given)"


def _date_errors(submission: Submission) -> list[BusinessError]:
    found = []
    for where, node in claim_elements(submission.claim, "item"):
        given = next((name for name in ("servicedDate", "servicedPeriod") if node.get(name)), None)
        first, last = days(node, "serviced")
        sequence = node["sequence"]
        if given and not first and not last:
            said = f"The day of item {sequence} is not a full date. Write year, month and day."
        elif first and last and last < first:
            said = f"Item {sequence} ends before it begins. Correct servicedPeriod."
        else:
            continue
        path = f"{where.removeprefix(f'{submission.claim.expression}.')}.{given}"
        found.append(BusinessError(codes.SERVICE_DATE, codes.CORRECT_AND_RESUBMIT, "2000F-DTP03", path, said, sequence))
    return found
