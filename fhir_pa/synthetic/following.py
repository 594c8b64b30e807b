"""Following: what comes of a decision: claims use what was certified, care goes on, and what was taken away is appealed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from fhir_pa.synthetic.chance import after_about, happens
from fhir_pa.synthetic.habits import DAY
from fhir_pa.synthetic.year import Act, Asked, Year
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import CERTIFICATIONS, REOPENABLE
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.on_file import units
from fhir_pa.um.on_file.rendered import ONE, Rendered
from ig_profiles.outcome import Conflict
from ig_profiles.reading import Coding


def followed(year: Year, case: Authorization, items: Iterable[Item], at: datetime) -> None:
    """Put on the agenda what follows from these items as they stand now."""
    for item in items:
        held = item.determination.authorized
        if item.state in CERTIFICATIONS and held is not None:
            _used(year, case, item, held, at)
        if item.state in REOPENABLE and happens(year.chance, year.habits.appeals):
            year.later(at + after_about(year.chance, year.habits.appeal_after), Act.APPEALS, case.number, item.sequence)


def claims(year: Year, number: str, about: object, at: datetime) -> None:
    """A claim uses a part of what was certified; one that asks for more than is left is refused and counted."""
    assert isinstance(about, tuple)
    sequence, quantity, name = about
    case = year.cases[number]
    year.given.append(rendered(year.asked[number], case.item(sequence).requested.service.codes[0], name, at.date(), quantity))
    try:
        year.put(units.use(year.cases[number], sequence, quantity, at.date(), name, "claims", at))
    except Conflict:
        year.refused += 1


def rendered(asked: Asked, code: Coding, claim: str, on: date, quantity: Decimal = ONE) -> Rendered:
    """One line of a claim of this practice, about its member."""
    member = asked.insured.member.identifiers[0]
    return Rendered(claim, 1, member, asked.insured.line_of_business, code, on, on, asked.practice.party.npi or "", quantity)


def _used(year: Year, case: Authorization, item: Item, held: Authorized, at: datetime) -> None:
    if held.quantity is not None and held.until >= at.date():
        each = (held.quantity / year.habits.claims).to_integral_value(ROUND_CEILING)
        first = max(held.starts_on, at.date())
        days = (held.until - first).days
        for claim in range(1, int(held.quantity / each) + 1 + happens(year.chance, year.habits.claims_too_much)):
            on = datetime.combine(first + timedelta(days=int(days * year.chance.random())), time(20), UTC)
            year.later(max(on, at), Act.CLAIMS, case.number, (item.sequence, each, f"{case.number}-{item.sequence}-{claim}"))
    edition = item.determination.edition
    every = year.shelf.edition(edition.topic, edition.version).benefits.ahead.concurrent_review_every_days if edition else None
    if every and happens(year.chance, year.habits.goes_on):
        late = 2 * DAY if happens(year.chance, year.habits.asks_late) else -DAY
        ends = datetime.combine(held.until, time(), UTC)
        year.later(max(ends + late, at), Act.GOES_ON, case.number, item.sequence)
