"""What the payer has on file for the same member and service: certified still, asking for more than that, or under review.

One service certified once is not asked for a second time; which authorization speaks about an order is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ig_profiles.reading import Coding
from questionnaires.policy import RequestedService

REMEMBERED = timedelta(days=365)  # how long a decision against a service is told with an order for it


@dataclass(frozen=True)
class OnFile:
    """One requested service of one authorization, as it stands.

    ``number`` is the authorization number, or the administrative reference while it is under review. ``since`` is the
    day it was certified, or received. ``starts_on`` and ``until`` are both included. ``assertion`` is the assertion id
    of the order it was certified with, if it was. ``may_be_told`` says whether this caller may hear the number.
    ``lacks_evidence`` says that the review waits for documents, ``declined`` that a physician did not certify it.
    ``sites`` tell where on the body, where that is known. ``left`` is what claims have left of the quantity. ``due_on`` is when a
    review is due, or the next of a series; ``open_on`` the first day on which that one may be given.
    """

    number: str
    codes: tuple[Coding, ...]
    certified: bool
    since: date
    starts_on: date | None = None
    until: date | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    assertion: str = ""
    may_be_told: bool = True
    lacks_evidence: bool = False
    due_on: date | None = None
    declined: bool = False
    sites: tuple[str, ...] = ()
    left: Decimal | None = None
    open_on: date | None = None

    def same_service(self, codes: Iterable[Coding]) -> bool:
        """Whether it is for every one of these billing codes, under whatever alias of their system."""
        asked = tuple(codes)
        return bool(asked) and all(any(mine.same_as(theirs) for mine in self.codes) for theirs in asked)

    def in_force(self, on: date) -> bool:
        """Whether it is certified for this day."""
        return self.certified and (self.starts_on is None or self.starts_on <= on) and (self.until is None or on <= self.until)

    def covers(self, service: RequestedService, on: date) -> bool:
        """Whether it certifies all that this service asks for; ``on`` is the day when the service names none."""
        if not self.in_force(service.on or on) or (service.until and self.until and service.until > self.until):
            return False
        if self.too_early(service, on) or (self.left is not None and self.left < (service.quantity or 1)):
            return False
        if service.quantity is None or self.quantity is None:
            return True
        return service.quantity <= self.quantity and service.unit in (None, self.unit)

    def too_early(self, service: RequestedService, on: date) -> bool:
        """Whether the service comes before the next of its series may be given."""
        return self.open_on is not None and (service.on or on) < self.open_on


@dataclass(frozen=True)
class Known:
    """What is on file for one order: at most one of each kind.

    ``standing`` certifies all the order asks for; ``narrower`` certifies the service, but less than asked, or did when
    the order was signed before it was changed; ``under_review`` is pended. ``elsewhere`` is another practice's: it
    spares this one no request, and its number is not for this caller. ``declined`` was not certified in the last year;
    it is told where nothing else is on file. ``too_early``: the narrower one is a series whose next is not due on this day.
    """

    standing: OnFile | None = None
    narrower: OnFile | None = None
    under_review: OnFile | None = None
    elsewhere: OnFile | None = None
    declined: OnFile | None = None
    too_early: bool = False

    @property
    def anything(self) -> OnFile | None:
        """The one that says most."""
        return self.standing or self.narrower or self.under_review or self.elsewhere


def known(service: RequestedService, codes: tuple[Coding, ...], assertion: str, on_file: Iterable[OnFile], today: date) -> Known:
    """What is on file for this service, the authorization of the very order first, then the one that ends last.

    >>> oxygen = Coding("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "E1390")
    >>> held = OnFile("PA1", (oxygen,), True, date(2026, 11, 1), date(2026, 11, 1), date(2027, 1, 29))
    >>> known(RequestedService((oxygen,)), (oxygen,), "", [held], date(2026, 11, 21)).standing.number
    'PA1'
    >>> known(RequestedService((oxygen,), until=date(2027, 6, 1)), (oxygen,), "", [held], date(2026, 11, 21)).narrower.number
    'PA1'
    """
    day = service.on or today
    listed = sorted(on_file, key=lambda each: (each.assertion == assertion, each.until or date.max, each.since), reverse=True)
    alike = [each for each in listed if each.same_service(codes)]
    before_change = [each for each in listed if assertion and each.assertion == assertion and each.certified]
    ours = [each for each in alike if each.may_be_told or each in before_change]
    narrower = next((each for each in (*ours, *before_change) if each.in_force(day) or each in before_change), None)
    return Known(
        standing=next((each for each in ours if each.covers(service, today)), None),
        narrower=narrower,
        under_review=next((each for each in ours if not each.certified and not each.declined), None),
        elsewhere=next((each for each in alike if each not in ours and each.in_force(day)), None),
        declined=max((each for each in ours if each.declined and each.since >= today - REMEMBERED), key=lambda each: each.since, default=None),
        too_early=narrower is not None and narrower.too_early(service, today),
    )
