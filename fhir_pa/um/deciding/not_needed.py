"""Not needed: a service the plan asks no authorization for, so that a request for it is answered, and nobody reviews it (domain §4.3 row 2).

It says nothing about medical necessity and bears no authorization number; what goes beyond a limited benefit is looked at as ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from fhir_pa.um.deciding.determination import Determination, EditionReference, ReviewAction
from fhir_pa.um.deciding.limit import within_limit
from questionnaires.criteria import Axis, Evidence, Finding, Truth
from questionnaires.policy import Edition, RequestedService

CRITERION, FACT = "network", "performer_in_network"


@dataclass(frozen=True)
class NotNeeded:
    """The edition asks for no authorization; where that hinges on who performs, the finding says who."""

    because: str
    edition: EditionReference
    findings: tuple[Finding, ...] = ()

    def determination(self, at: datetime) -> Determination:
        """No action required, as of this moment."""
        return Determination(ReviewAction.NO_ACTION, self.because, at, self.findings, self.edition)


def not_needed(edition: Edition, service: RequestedService, used: Decimal | None, inside: str = "") -> NotNeeded | None:
    """The answer where nobody has to ask; None where the edition wants to be asked, or more is asked for than is left of its limit.

    ``inside`` names (by NPI) who performs it inside the network, where that is known.
    """
    spared = edition.benefits.outside_network_only and bool(inside)
    if not edition.covered or (edition.authorization == "needed" and not spared):
        return None
    if any(finding.truth is Truth.NOT_MET for finding in within_limit(edition, service, (), used)):
        return None
    if edition.authorization != "needed":
        return NotNeeded(edition.because or f"{edition.title}: no authorization is needed.", EditionReference.of(edition))
    said = f"The provider who performs it (NPI {inside}) is in the plan's network, where {edition.title} needs no authorization."
    known = Finding(CRITERION, Truth.MET, said, Axis.SETTING, (Evidence(FACT, inside, origin="payer"),))
    return NotNeeded(said, EditionReference.of(edition), (known,))
