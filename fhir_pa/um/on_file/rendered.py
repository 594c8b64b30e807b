"""Rendered: what was given to members, as claims tell it, held against what is on file for that day (domain §6.1 M1, F66).

The server pays nothing: it hears of claims only to say whether each service had a valid authorization, and how often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import CERTIFICATIONS
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.on_file.status import Standing, Status, status
from ig_profiles.reading import Coding
from questionnaires.policy import Edition, RequestedService

ONE = Decimal(1)
HOSPITAL = "21"  # place of service: inpatient hospital (CMS)


@dataclass(frozen=True)
class Rendered:
    """One line of a claim: the service, to whom, by whom (NPI), from ``on`` until ``until``, both included.

    ``place`` is a CMS place-of-service code; ``ended`` tells that a stay ended on ``until``,
    ``paid`` whether it was paid (None: not told).
    """

    claim: str
    line: int
    member: Identifier
    line_of_business: str
    code: Coding
    on: date
    until: date
    npi: str
    quantity: Decimal = ONE
    place: str = ""
    diagnoses: tuple[Coding, ...] = ()
    ended: bool = False
    paid: bool | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """Every day on which it was given."""
        return tuple(self.on + timedelta(days=n) for n in range((self.until - self.on).days + 1))

    @property
    def is_hospital_stay(self) -> bool:
        """Whether it is a bed in a hospital."""
        return self.place == HOSPITAL

    @property
    def name(self) -> str:
        """How people call it: the claim and its line."""
        return f"{self.claim}/{self.line}"

    def service(self) -> RequestedService:
        """The service as a policy understands it."""
        return RequestedService((self.code,), self.diagnoses, self.on, self.until, self.quantity, None, self.place or None, self.line_of_business)


@dataclass(frozen=True)
class Match:
    """What was on file for one rendered service that needed an authorization."""

    rendered: Rendered
    status: Status

    @property
    def is_covered(self) -> bool:
        """Whether a valid authorization was on file for it."""
        return self.status.is_valid


InForce = Callable[[RequestedService, date], Edition]
OnFile = Callable[[Identifier], Iterable[Authorization]]


def needs_authorization(rendered: Rendered, in_force: InForce) -> bool:
    """Whether the policy in force on the day of the service asked for an authorization."""
    service = rendered.service()
    edition = in_force(service, rendered.on)
    billed = next((each for each in edition.benefits.billed_as if any(code.same_as(rendered.code) for code in each.services)), None)
    said = (billed.authorization if billed else None) or edition.authorization
    return edition.covered and said == "needed" and not edition.benefits.outside_network_only


def matched(rendered: Iterable[Rendered], on_file: OnFile, in_force: InForce) -> Iterator[Match]:
    """Each service that needed an authorization, the earliest first, with what was on file; no unit certified counts twice."""
    taken: dict[tuple[str, int], Decimal] = {}
    known: dict[tuple[RequestedService, date], bool] = {}  # many lines tell of the same service on the same day
    for each in sorted(rendered, key=lambda line: (line.on, line.claim, line.line)):
        asked = (each.service(), each.on)
        if asked not in known:
            known[asked] = needs_authorization(each, in_force)
        if known[asked]:
            found = _found(each, tuple(on_file(each.member)), taken)
            if found.is_valid and found.item is not None:
                taken[found.number, found.item] = taken.get((found.number, found.item), Decimal(0)) + each.quantity
            yield Match(each, found)


def _found(rendered: Rendered, cases: tuple[Authorization, ...], taken: dict[tuple[str, int], Decimal]) -> Status:
    """What is on file for it; one that the claim itself was counted on covers it, whatever was used since."""
    for case in cases:
        for use in case.uses:
            if use.claim in (rendered.claim, rendered.name) and any(code.same_as(rendered.code) for code in case.item(use.item).requested.service.codes):
                held = case.item(use.item).determination.authorized
                starts_on, until = (held.starts_on, held.until) if held else (None, None)
                return Status(Standing.APPROVED, "The claim was counted on this authorization.", case.number, use.item, starts_on, until)
    found = status(cases, (rendered.code,), rendered.on, rendered.npi)
    if not found.is_valid or found.item is None:
        return found
    if found.until is not None and rendered.until > found.until:
        return replace(found, standing=Standing.EXPIRED, says=f"It was approved until {found.until}, and given until {rendered.until}.")
    rest = None if found.left is None else found.left - taken.get((found.number, found.item), Decimal(0))
    if rest is not None and rendered.quantity > rest:
        return replace(found, standing=Standing.EXHAUSTED, says=f"{max(rest, Decimal(0))} {found.unit or 'units'} were left, and {rendered.quantity} given.")
    return found


def given_days(rendered: Iterable[Rendered], case: Authorization) -> tuple[date, ...]:
    """The days on which services the case certifies were given, of these lines of its member."""
    codes = [code for item in case.items if item.state in CERTIFICATIONS for code in item.requested.service.codes]
    return tuple(sorted({day for line in rendered if any(code.same_as(line.code) for code in codes) for day in line.days}))
