"""Exclusion: a service the plan does not cover at all, said in advance by a named person in a policy edition, not by software.

No clinical question is asked and none is answered: the decision is administrative, tells whose word it is, and that nobody
reviewed it clinically (domain §4.2 denied-administrative, §4.3 row 15).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fhir_pa.um.deciding.determination import Certify, Determination, EditionReference, Refer, ReviewAction
from fhir_pa.um.deciding.not_needed import NotNeeded
from fhir_pa.um.deciding.root_cause import RootCause
from questionnaires.policy import Edition


@dataclass(frozen=True)
class Exclude:
    """The edition's own no: ``signed_by`` wrote it before anybody asked; ``phone`` is whom to call about it."""

    because: str
    edition: EditionReference
    signed_by: str
    reason_code: str
    phone: str

    def determination(self, at: datetime) -> Determination:
        """The administrative denial, as of this moment."""
        return Determination(
            action=ReviewAction.NOT_CERTIFIED,
            because=self.because,
            decided_at=at,
            edition=self.edition,
            reason_codes=(self.reason_code,),
            phone=self.phone,
            root_cause=RootCause.NOT_COVERED,
            excluded_by=self.signed_by,
        )


Answer = Certify | Refer | Exclude | NotNeeded


def exclude(edition: Edition, reason_code: str, phone: str) -> Exclude | None:
    """The exclusion this edition states; None when it covers the service, weighs criteria, or nobody signed it or answers the phone.

    What cannot be excluded so is weighed, and referred to a person.
    """
    call = edition.phone or phone
    if not edition.excludes or not call:
        return None
    return Exclude(edition.because, EditionReference.of(edition), edition.signed_by, reason_code, call)
