"""Inquiry by example: which authorizations match what a provider asks about (pas.md §1.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fhir_pa.um.authorization import Authorization, Item
from fhir_pa.um.determination import ReviewAction
from fhir_pa.um.request import Identifier
from ig_profiles.reading import Coding


@dataclass(frozen=True)
class ItemCriteria:
    """What one item of the inquiry asks for; what is not given does not narrow.

    ``codes`` empty means no service criterion. ``code_end`` closes a range. The three dates are closed periods.
    """

    codes: tuple[Coding, ...] = ()
    code_end: Coding | None = None
    trace_numbers: tuple[Identifier, ...] = ()
    authorization_number: str | None = None
    administrative_reference: str | None = None
    issued: tuple[date, date] | None = None
    effective: tuple[date, date] | None = None
    expires: tuple[date, date] | None = None
    action: ReviewAction | None = None


@dataclass(frozen=True)
class InquiryCriteria:
    """An inquiry: hard keys are the member and who may see; every other thing given narrows, diagnoses are a union.

    One patient is asked about: the subscriber's numbers count only when none of the member's own is given.
    ``trace_numbers`` is the inquiry's own Claim.identifier, which only 2.0.1 reads as a key. ``npis`` are those of the
    requestor and the providers it names.
    """

    guide: str
    member: tuple[Identifier, ...]
    subscriber: tuple[Identifier, ...] = ()
    npis: tuple[str, ...] = ()
    trace_numbers: tuple[Identifier, ...] = ()
    authorization_number: str | None = None
    administrative_reference: str | None = None
    diagnoses: tuple[Coding, ...] = ()
    period: tuple[date, date] | None = None
    items: tuple[ItemCriteria, ...] = ()

    def numbers(self) -> frozenset[str]:
        """Every authorization number or administrative reference the inquiry names."""
        named = [self.authorization_number, self.administrative_reference]
        named += [number for item in self.items for number in (item.authorization_number, item.administrative_reference)]
        return frozenset(number for number in named if number)


def matches(authorization: Authorization, criteria: InquiryCriteria) -> bool:
    """Whether this authorization is one the inquiry asks about; access is decided elsewhere (``may_see``)."""
    request = authorization.request
    same = set(request.member.identifiers) & set(criteria.member) if criteria.member else set(request.member.subscriber_identifiers) & set(criteria.subscriber)
    if not same:
        return False
    numbers = criteria.numbers()
    if numbers and not numbers.intersection(_numbers(authorization)):
        return False
    if criteria.diagnoses and not any(mine.same_as(asked) for mine in request.diagnoses for asked in criteria.diagnoses):
        return False
    if criteria.period and not any(_overlaps(_served(item), criteria.period) for item in authorization.items):
        return False
    services = [wanted for wanted in criteria.items if _narrows(wanted)]
    return not services or any(_item_matches(item, wanted) for wanted in services for item in authorization.items)


def may_see(authorization: Authorization, criteria: InquiryCriteria, client: str) -> bool:
    """The submitter always; any other system with the member id and the NPI of the requestor or a provider of the case."""
    if authorization.client == client:
        return True
    request = authorization.request
    parties = (request.requestor, *request.providers, *(party for item in request.items for party in item.providers))
    return bool(set(criteria.npis).intersection(party.npi for party in parties if party.npi))


def _numbers(authorization: Authorization) -> set[str]:
    earlier = (number for item in authorization.request.items for number in (item.authorization_number, item.administrative_reference) if number)
    return {authorization.number, authorization.reference, *earlier}


def _narrows(wanted: ItemCriteria) -> bool:
    return wanted != ItemCriteria(authorization_number=wanted.authorization_number, administrative_reference=wanted.administrative_reference)


def _item_matches(item: Item, wanted: ItemCriteria) -> bool:
    determination, authorized = item.determination, item.determination.authorized
    if wanted.codes and not _code_matches(item, wanted):
        return False
    if wanted.action is not None and determination.action is not wanted.action:
        return False
    if wanted.trace_numbers and not set(wanted.trace_numbers).intersection(item.requested.trace_numbers):
        return False
    issued = determination.decided_at.date()
    if wanted.issued and not wanted.issued[0] <= issued <= wanted.issued[1]:
        return False
    if wanted.effective and (authorized is None or not _overlaps((authorized.starts_on, authorized.until), wanted.effective)):
        return False
    return not wanted.expires or (authorized is not None and wanted.expires[0] <= authorized.until <= wanted.expires[1])


def _code_matches(item: Item, wanted: ItemCriteria) -> bool:
    for mine in item.requested.service.codes:
        for asked in wanted.codes:
            if mine.same_as(asked):
                return True
            if wanted.code_end and asked.code <= mine.code <= wanted.code_end.code and len(mine.code) == len(asked.code):
                return True
    return False


def _served(item: Item) -> tuple[date, date]:
    service = item.requested.service
    first = service.on or item.determination.decided_at.date()
    return first, service.until or first


def _overlaps(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
