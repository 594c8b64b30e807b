"""Inquiry by example: which authorizations match what a provider asks about, and which of those he is shown (pas.md §1.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from fhir_pa.um.deciding.request import CertificationType, Identifier, Party
from ig_profiles.reading import Coding

Days = tuple[date, date]


@dataclass(frozen=True)
class ItemCriteria:
    """What one item of the inquiry asks for; what is not given does not narrow.

    ``codes`` empty means no service criterion. ``code_end`` closes a range. Days are closed periods. ``providers`` are
    NPIs; one of them is enough.
    """

    codes: tuple[Coding, ...] = ()
    code_end: Coding | None = None
    modifiers: tuple[Coding, ...] = ()
    revenue: Coding | None = None
    request_type: str = ""
    certification_type: CertificationType | None = None
    served: Days | None = None
    providers: tuple[str, ...] = ()
    trace_numbers: tuple[Identifier, ...] = ()
    authorization_number: str | None = None
    administrative_reference: str | None = None
    issued: Days | None = None
    effective: Days | None = None
    expires: Days | None = None
    action: ReviewAction | None = None


@dataclass(frozen=True)
class InquiryCriteria:
    """An inquiry: hard keys are the member and who may see; every other thing given narrows, diagnoses are a union.

    One patient is asked about: the subscriber's numbers count only when none of the member's own is given, and a family
    that shares a number is told apart by ``birth_date``. ``trace_numbers`` is the inquiry's own Claim.identifier, which
    only 2.0.1 reads as a key. ``npis`` are those of the requestor and of everybody named; ``providers`` those of the care
    team alone, one of which must have a part in the case.
    """

    guide: str
    member: tuple[Identifier, ...]
    subscriber: tuple[Identifier, ...] = ()
    birth_date: date | None = None
    npis: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    trace_numbers: tuple[Identifier, ...] = ()
    authorization_number: str | None = None
    administrative_reference: str | None = None
    certification_type: CertificationType | None = None
    diagnoses: tuple[Coding, ...] = ()
    period: Days | None = None
    event: Days | None = None
    admission: Days | None = None
    discharge: Days | None = None
    items: tuple[ItemCriteria, ...] = ()

    def numbers(self) -> frozenset[str]:
        """Every authorization number or administrative reference the inquiry names."""
        named = [self.authorization_number, self.administrative_reference]
        named += [number for item in self.items for number in (item.authorization_number, item.administrative_reference)]
        return frozenset(number for number in named if number)


def matches(authorization: Authorization, criteria: InquiryCriteria) -> bool:
    """Whether this authorization is one the inquiry asks about; access is decided elsewhere (``may_see``)."""
    request = authorization.request
    if not _same_member(authorization, criteria):
        return False
    if criteria.numbers() and not is_named(authorization, criteria):
        return False
    if criteria.diagnoses and not any(mine.same_as(asked) for mine in request.diagnoses for asked in criteria.diagnoses):
        return False
    if criteria.providers and not set(criteria.providers).intersection(npis_of(_parties(authorization))):
        return False
    if criteria.certification_type and not any(_same_purpose(item, criteria.certification_type, authorization) for item in authorization.items):
        return False
    return _in_time(authorization, criteria) and bool(asked_about(authorization, criteria))


def asked_about(authorization: Authorization, criteria: InquiryCriteria) -> tuple[int, ...]:
    """The sequences of the items the inquiry asks about: every item, unless each of the inquiry's own items narrows."""
    narrowing = [wanted for wanted in criteria.items if _narrows(wanted)]
    if not criteria.items or len(narrowing) < len(criteria.items):
        whole = not narrowing or any(_item_matches(item, wanted, authorization) for item in authorization.items for wanted in narrowing)
        return tuple(item.sequence for item in authorization.items) if whole else ()
    return tuple(item.sequence for item in authorization.items if any(_item_matches(item, wanted, authorization) for wanted in narrowing))


def narrowed(authorization: Authorization, criteria: InquiryCriteria) -> Authorization:
    """The authorization as far as it is asked about: in 2.0.1 a part is answered with that part (pas.md rule 74)."""
    if criteria.guide != "2.0.1":
        return authorization
    asked = asked_about(authorization, criteria)
    return replace(authorization, items=tuple(item for item in authorization.items if item.sequence in asked))


def named_first(found: list[Authorization], criteria: InquiryCriteria) -> list[Authorization]:
    """In 2.0.1, where Claim.identifier is a key: those that bear it, if any does; all of them otherwise (pas.md rule 73)."""
    named = [each for each in found if set(criteria.trace_numbers).intersection(each.request.trace_numbers)]
    return named if named and criteria.guide == "2.0.1" else found


def may_see(authorization: Authorization, criteria: InquiryCriteria, client: str) -> bool:
    """The submitter always; any other system with the member id and the NPI of the requestor or a provider of the case."""
    return authorization.client == client or bool(set(criteria.npis).intersection(npis_of(_parties(authorization))))


def is_withheld(authorization: Authorization, criteria: InquiryCriteria, client: str) -> bool:
    """Whether one who may see it is not shown it all the same: sensitive, somebody else's, and not asked for by number."""
    return authorization.client != client and is_sensitive(authorization) and not is_named(authorization, criteria)


def is_named(authorization: Authorization, criteria: InquiryCriteria) -> bool:
    """Whether the inquiry names this authorization by a number it bears or ever bore."""
    earlier = (number for item in authorization.request.items for number in (item.authorization_number, item.administrative_reference) if number)
    return bool(criteria.numbers().intersection((authorization.number, authorization.reference, *earlier)))


def _same_member(authorization: Authorization, criteria: InquiryCriteria) -> bool:
    member = authorization.request.member
    if criteria.birth_date and member.birth_date and criteria.birth_date != member.birth_date:
        return False
    if criteria.member:
        return bool(set(member.identifiers) & set(criteria.member))
    return bool(set(member.subscriber_identifiers) & set(criteria.subscriber))


def is_sensitive(authorization: Authorization) -> bool:
    """Whether a policy that weighed any of it calls what it is about sensitive."""
    told: list[Determination] = [each for item in authorization.items for each in (item.determination, *item.earlier)]
    return any(each.edition is not None and each.edition.sensitive for each in told)


def _in_time(authorization: Authorization, criteria: InquiryCriteria) -> bool:
    """Whether every day asked about is one of the case; a case that tells no event of its own is served when its items are."""
    request = authorization.request
    served = [_served(item) for item in authorization.items]
    told = (
        (criteria.period, [*served, *filter(None, (request.event, request.admission))]),
        (criteria.event, [request.event] if request.event else served),
        (criteria.admission, [request.admission] if request.admission else served),
        (criteria.discharge, [request.discharge] if request.discharge else served),
    )
    return all(asked is None or any(_overlaps(mine, asked) for mine in days) for asked, days in told)


def _narrows(wanted: ItemCriteria) -> bool:
    return wanted != ItemCriteria(authorization_number=wanted.authorization_number, administrative_reference=wanted.administrative_reference)


def _item_matches(item: Item, wanted: ItemCriteria, authorization: Authorization) -> bool:
    return _service_matches(item, wanted, authorization) and _decision_matches(item.determination, wanted)


def _service_matches(item: Item, wanted: ItemCriteria, authorization: Authorization) -> bool:
    asked = item.requested
    if wanted.codes and not _code_matches(item, wanted):
        return False
    if not all(any(mine.same_as(modifier) for mine in asked.modifiers) for modifier in wanted.modifiers):
        return False
    if wanted.revenue and not (asked.revenue and asked.revenue.code == wanted.revenue.code):  # its system differs between generations
        return False
    if wanted.request_type and asked.request_type and wanted.request_type != asked.request_type:
        return False
    if wanted.certification_type and not _same_purpose(item, wanted.certification_type, authorization):
        return False
    if wanted.served and not _overlaps(_served(item), wanted.served):
        return False
    request = authorization.request
    if wanted.providers and not set(wanted.providers).intersection(npis_of((request.requestor, *request.providers, *asked.providers))):
        return False
    return not wanted.trace_numbers or bool(set(wanted.trace_numbers).intersection(asked.trace_numbers))


def _decision_matches(determination: Determination, wanted: ItemCriteria) -> bool:
    authorized, issued = determination.authorized, determination.decided_at.date()
    if wanted.action is not None and determination.action is not wanted.action:
        return False
    if wanted.issued and not wanted.issued[0] <= issued <= wanted.issued[1]:
        return False
    if wanted.effective and (authorized is None or not _overlaps((authorized.starts_on, authorized.until), wanted.effective)):
        return False
    return not wanted.expires or (authorized is not None and wanted.expires[0] <= authorized.until <= wanted.expires[1])


def _same_purpose(item: Item, asked: CertificationType, authorization: Authorization) -> bool:
    """The same certification type; a case that was updated tells that of the update, and so any will do."""
    return item.requested.certification_type is asked or authorization.request.is_update


def _code_matches(item: Item, wanted: ItemCriteria) -> bool:
    for mine in item.requested.service.codes:
        for asked in wanted.codes:
            if mine.same_as(asked):
                return True
            if wanted.code_end and asked.code <= mine.code <= wanted.code_end.code and len(mine.code) == len(asked.code):
                return True
    return False


def _parties(authorization: Authorization) -> tuple[Party, ...]:
    request = authorization.request
    return (request.requestor, *request.providers, *(party for item in request.items for party in item.providers))


def npis_of(parties: Iterable[Party]) -> frozenset[str]:
    """The NPIs of those who have one."""
    return frozenset(party.npi for party in parties if party.npi)


def _served(item: Item) -> Days:
    service = item.requested.service
    first = service.on or item.determination.decided_at.date()
    return first, service.until or first


def _overlaps(one: Days, other: Days) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
