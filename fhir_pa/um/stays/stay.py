"""Stay: care that goes on, as the authorizations that certify it one after the other; reviewed on a schedule, never ended by silence.

Domain F37-F46, M2. An extension is a case of its own that names the one it continues. What is late or not covered is
counted in days and shown; what comes of it is a person's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event, Item
from fhir_pa.um.case.transitions import CERTIFICATIONS, State
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType

CONTINUED = "extension requested"
DAY = timedelta(days=1)
PLAN_FROM = 2  # the discharge plan comes with this review and every later one (F43)


@dataclass(frozen=True)
class Review:
    """One continued-stay review: which one, and on which day."""

    number: int
    on: date

    @property
    def wants_discharge_plan(self) -> bool:
        """Whether the update for it tells where the patient goes next, and when."""
        return self.number >= PLAN_FROM


def reviews(held: Authorized, every: int) -> tuple[Review, ...]:
    """The reviews of what is certified, every so many days; the first day counts as day one.

    >>> [review.on.day for review in reviews(Authorized(date(2026, 11, 1), date(2026, 11, 30)), 7)]
    [7, 14, 21, 28]
    """
    days = range(every, (held.until - held.starts_on).days + 2, every)
    return tuple(Review(number, held.starts_on + timedelta(days=day - 1)) for number, day in enumerate(days, 1))


def is_reviewed(item: Item) -> bool:
    """Whether it is certified, and its policy has the care looked at while it goes on."""
    edition = item.determination.edition
    return item.state in CERTIFICATIONS and edition is not None and edition.review_every is not None


def reviews_of(item: Item) -> tuple[Review, ...]:
    """The reviews of an item, if it is reviewed at all."""
    made = item.determination
    every = made.edition.review_every if made.edition else None
    return reviews(made.authorized, every) if is_reviewed(item) and made.authorized and every else ()


def is_extension(request: AuthorizationRequest) -> bool:
    """Whether it asks, as a whole or for one of its services, that something certified goes on."""
    return CertificationType.EXTENSION in {request.certification_type, *(item.certification_type for item in request.items)}


def continues(request: AuthorizationRequest, on_file: Iterable[Authorization]) -> Authorization | None:
    """The authorization an extension continues: the one it names, else the member's newest certification of the same service."""
    named = {item.authorization_number for item in request.items if item.authorization_number}
    if not is_extension(request):
        return None
    cases = list(on_file)
    by_name = next((case for case in cases if {case.number, case.reference} & named), None)
    if by_name is not None or named:
        return by_name
    codes = [code for item in request.items for code in item.service.codes]
    alike = ((case, item) for case in cases for item in case.items if any(mine.same_as(code) for mine in item.requested.service.codes for code in codes))
    ends = [(held.until, case) for case, item in alike if (held := _held(item))]
    return max(ends, key=lambda pair: pair[0], default=(date.min, None))[1]


def continued(before: Authorization, by: Authorization, at: datetime) -> Authorization:
    """The earlier case, which knows from now on that more was asked for, and in time or how late."""
    days = lag(before, at)
    when = "before it ended" if days <= 0 else f"{days} day{'s' if days > 1 else ''} after it ended"
    items = tuple(item.sequence for item in before.items if _held(item)) or tuple(item.sequence for item in before.items)
    event = Event(at, CONTINUED, by.client, items, f"As {by.number}, {when}.")
    return replace(before, trail=(*before.trail, event), revision=before.revision + 1)


def lag(authorization: Authorization, submitted: datetime) -> int:
    """How many days after the last certified day the extension came; zero or less when it came in time (M2)."""
    last = _last_day(authorization)
    return (submitted.date() - last).days if last else 0


@dataclass(frozen=True)
class Stay:
    """The authorizations of one stay, the first one first; ``given`` are days on which claims say that care was given."""

    cases: tuple[Authorization, ...]
    given: tuple[date, ...] = ()

    @cached_property
    def covered(self) -> frozenset[date]:
        """Every certified day, at the level asked for or at a lower one."""
        return frozenset(day for case in self.cases for item in case.items for held in _spans(item) for day in _days(held))

    @property
    def lags(self) -> tuple[int, ...]:
        """How late each extension came, in days, zero when in time."""
        return tuple(max(0, lag(before, after.opening_clock.received_at)) for before, after in zip(self.cases, self.cases[1:], strict=False))

    @property
    def discharged_on(self) -> date | None:
        """The day of discharge, as the newest request that tells it has it."""
        told = [case.request.discharge for case in self.cases if case.request.discharge]
        return told[-1][0] if told else None

    def open_lag(self, today: date) -> int | None:
        """How many days care has gone on beyond the last certified one with no extension asked for, until discharge or today; None when it is not known to."""
        last = _last_day(self.cases[-1])
        if last is None or self.known_until <= last:
            return None
        return ((self.discharged_on or today) - last).days

    @cached_property
    def known_until(self) -> date:
        """The last day on which care is known to have gone on: a claim or a request for more says so, a discharge ends it."""
        days = [*self.given, *(use.on for case in self.cases for use in case.uses)]
        days += [case.opening_clock.received_at.date() for case in self.cases[1:]]
        days.append(min(self.covered, default=self.cases[0].opening_clock.received_at.date()))
        left = self.discharged_on
        return min([max(days), *([left] if left else [])])

    @cached_property
    def lacking(self) -> tuple[date, ...]:
        """The days on which care is known to have gone on, and nothing certifies it."""
        return self.unfunded(self.known_until)

    def unfunded(self, through: date) -> tuple[date, ...]:
        """The days from the first certified one through this one that nothing certifies, while care went on (F45)."""
        covered = self.covered
        first = min(covered, default=through)
        return tuple(day for day in (first + timedelta(days=n) for n in range((through - first).days + 1)) if day not in covered)


def stays(cases: Iterable[Authorization]) -> tuple[Stay, ...]:
    """The stays among these cases: what is reviewed while it goes on, each with the extensions that continue it."""
    found: dict[str, list[Authorization]] = {}  # by the number of the newest case of the stay
    members: dict[str, list[Authorization]] = {}
    for case in sorted(cases, key=lambda each: each.opening_clock.received_at):
        earlier = members.setdefault(_member(case), [])
        before = continues(case.request, earlier)
        earlier.append(case)
        if before is not None and before.number in found:
            found[case.number] = [*found.pop(before.number), case]
        elif is_stay(case):
            found[case.number] = [case]
    return tuple(Stay(tuple(each)) for each in found.values())


@dataclass(frozen=True)
class Continuation:
    """How stays went on: extensions that came in time of all there were, the days the others were late on average, days not covered."""

    in_time: int
    extensions: int
    mean_lag: float | None
    unfunded: int


def continuation(found: Iterable[Stay]) -> Continuation:
    """The second measure of practices: how long after the end of a certification its continuation was asked for; the target is zero."""
    listed = list(found)
    lags = [days for each in listed for days in each.lags]
    unfunded = sum(len(each.lacking) for each in listed)
    return Continuation(lags.count(0), len(lags), sum(lags) / len(lags) if lags else None, unfunded)


def _member(case: Authorization) -> str:
    return "|".join(f"{each.system}|{each.value}" for each in case.request.member.identifiers[:1])


def is_stay(case: Authorization) -> bool:
    """Whether the case is one that is looked at while it goes on, decided so far or not."""
    return any(item.determination.edition and item.determination.edition.review_every for item in case.items if item.state is not State.CANCELLED)


def _held(item: Item) -> Authorized | None:
    return item.determination.authorized if item.state in CERTIFICATIONS else None


def _spans(item: Item) -> Iterator[Authorized]:
    """What is certified of an item: as asked for, and after it at a lower level."""
    held, step = _held(item), item.determination.step_down
    if held is not None:
        yield held
        if step is not None:
            yield Authorized(step.starts_on, step.until, step.quantity, step.unit)


def _last_day(authorization: Authorization) -> date | None:
    return max((held.until for item in authorization.items for held in _spans(item)), default=None)


def _days(held: Authorized) -> Iterator[date]:
    return (held.starts_on + timedelta(days=n) for n in range((held.until - held.starts_on).days + 1))
