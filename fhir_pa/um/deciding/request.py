"""The authorization request: what the provider submitted, in the payer's words.

Whatever the wire said (PAS 2.0.1, PAS 2.2.1), ``fhir_pa/pas/intake.py`` hands over these values and nobody behind it
sees FHIR again. A requested service keeps its sequence for life.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from ig_profiles.names import NPI
from ig_profiles.reading import Coding
from questionnaires.policy import RequestedService


class CertificationType(StrEnum):
    """Why the provider asks (X12 data element 1322, in our words)."""

    INITIAL = "initial"
    RENEWAL = "renewal"
    REVISION = "revision"
    EXTENSION = "extension"
    CANCEL = "cancel"
    APPEAL = "appeal"
    URGENT_APPEAL = "urgent appeal"
    OTHER = "other"


APPEALS = frozenset({CertificationType.APPEAL, CertificationType.URGENT_APPEAL})


@dataclass(frozen=True)
class Identifier:
    """A number and who gave it out."""

    system: str
    value: str


@dataclass(frozen=True)
class Party:
    """An organization or clinician named in the request; ``url`` is the sender's own name for the resource."""

    name: str
    identifiers: tuple[Identifier, ...] = ()
    url: str = ""
    role: str = ""

    @property
    def npi(self) -> str | None:
        """National Provider Identifier, when the sender gave one."""
        return next((item.value for item in self.identifiers if item.system == NPI), None)


@dataclass(frozen=True)
class MemberReference:
    """Whom the request is about, as the sender names the person; ``identifiers`` hold every member number given.

    ``card`` tells the coverage it is under from the member's others: its numbers, plan and group, each under the name of
    its kind.
    """

    identifiers: tuple[Identifier, ...]
    name: str = ""
    birth_date: date | None = None
    url: str = ""
    subscriber_identifiers: tuple[Identifier, ...] = ()
    card: tuple[Identifier, ...] = ()

    def same_person_as(self, other: MemberReference) -> bool:
        """Whether both are one member under one coverage: families may share a number, not a birthday, and a person may hold two cards."""
        if self.birth_date and other.birth_date and self.birth_date != other.birth_date:
            return False
        return self.under_the_same_coverage_as(other) and bool(set(self.identifiers) & set(other.identifiers))

    def under_the_same_coverage_as(self, other: MemberReference) -> bool:
        """Whether nothing on the two cards tells them apart; a kind that only one of them shows tells nothing.

        >>> one, two = (MemberReference((), card=(Identifier("number", number),)) for number in ("SYN-01", "SYN-02"))
        >>> one.under_the_same_coverage_as(two), one.under_the_same_coverage_as(MemberReference(()))
        (False, True)
        """
        return all(mine & theirs for mine, theirs in ((_of_kind(self, kind), _of_kind(other, kind)) for kind in _kinds(self) & _kinds(other)))


def _kinds(member: MemberReference) -> frozenset[str]:
    return frozenset(each.system for each in member.card)


def _of_kind(member: MemberReference, kind: str) -> frozenset[str]:
    return frozenset(each.value for each in member.card if each.system == kind)


@dataclass(frozen=True)
class RequestedItem:
    """One requested service of the request, known for life by its sequence.

    ``code_end`` closes a range of service codes. ``authorization_number`` and ``administrative_reference`` are numbers
    given out earlier (REF-BB, REF-NT). ``revenue`` is the NUBC revenue code. ``order`` is the sender's URL of the order behind the item. ``changed`` is
    ``added``, ``changed`` or empty; ``cancelled`` items stay in the request for ever. ``sites`` tell where on the body, by ``system|code`` or in words.
    """

    sequence: int
    service: RequestedService
    certification_type: CertificationType = CertificationType.INITIAL
    request_type: str = ""
    category: Coding | None = None
    trace_numbers: tuple[Identifier, ...] = ()
    code_end: Coding | None = None
    modifiers: tuple[Coding, ...] = ()
    revenue: Coding | None = None
    unit_price: Decimal | None = None
    authorization_number: str | None = None
    administrative_reference: str | None = None
    order: str | None = None
    providers: tuple[Party, ...] = ()
    changed: str = ""
    cancelled: bool = False
    sites: tuple[str, ...] = ()

    def at_another_site_than(self, other: RequestedItem) -> bool:
        """Whether both say where on the body, and nowhere the same: the left knee is not the right. It decides nothing else.

        >>> left, right = (RequestedItem(1, RequestedService(()), sites=(side,)) for side in ("left knee", "right knee"))
        >>> left.at_another_site_than(right), left.at_another_site_than(left), left.at_another_site_than(RequestedItem(1, RequestedService(())))
        (True, False, False)
        """
        return bool(self.sites and other.sites) and not set(self.sites) & set(other.sites)


@dataclass(frozen=True)
class Follows:
    """The earlier request this one updates, as far as the sender names it."""

    identifiers: tuple[Identifier, ...] = ()
    url: str | None = None
    relationship: str = ""


@dataclass(frozen=True)
class AuthorizationRequest:
    """Everything the provider asked for in one submission.

    ``trace_numbers`` name the request (X12 TRN), ``transaction`` the message that carried it. ``sender`` is the
    sending system (ISA06 / GS02) where given. ``urgent`` is what the provider claims. ``certification_type`` is CANCEL
    when the whole request is withdrawn. ``line_of_business`` and ``plan`` come from the payer's membership, not the wire.
    ``event``, ``admission`` and ``discharge`` are closed periods of days, where the sender tells them.
    ``assertion`` is the assertion id of the order it was certified with, when it was certified before anybody asked.
    """

    guide: str
    trace_numbers: tuple[Identifier, ...]
    transaction: Identifier | None
    member: MemberReference
    payer: Party
    requestor: Party
    items: tuple[RequestedItem, ...]
    certification_type: CertificationType = CertificationType.INITIAL
    follows: Follows | None = None
    providers: tuple[Party, ...] = ()
    diagnoses: tuple[Coding, ...] = ()
    level_of_service: str = ""
    urgent: bool = False
    sender: str | None = None
    claim_url: str = ""
    created_at: datetime | None = None
    event: tuple[date, date] | None = None
    admission: tuple[date, date] | None = None
    discharge: tuple[date, date] | None = None
    line_of_business: str = ""
    plan: str = ""
    assertion: str = ""

    @property
    def is_update(self) -> bool:
        """Whether this request changes an earlier one, or withdraws it."""
        return self.follows is not None or self.certification_type is CertificationType.CANCEL

    @property
    def appeals(self) -> tuple[RequestedItem, ...]:
        """The items whose decision is appealed; every item when the request as a whole is an appeal."""
        whole = self.certification_type in APPEALS
        return tuple(item for item in self.items if whole or item.certification_type in APPEALS)

    @property
    def is_appeal(self) -> bool:
        """Whether this asks for a decision to be looked at again, and for no service."""
        return self.certification_type in APPEALS or bool(self.appeals)

    @property
    def is_urgent_appeal(self) -> bool:
        """Whether the appeal cannot wait."""
        said = {self.certification_type, *(item.certification_type for item in self.items)}
        return CertificationType.URGENT_APPEAL in said

    def item(self, sequence: int) -> RequestedItem | None:
        """The requested service with this sequence."""
        return next((item for item in self.items if item.sequence == sequence), None)
