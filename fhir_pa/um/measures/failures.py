"""Failures: the six ways in which authorizations fail a practice, each found while something can still be done (domain F93).

Each line found says of which authorization, what is wrong or about to be, and what to do next; claims are named where they show it.
What one case shows by itself is in ``points``; here is what stays and claims show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fhir_pa.um.on_file.rendered import Match
from fhir_pa.um.on_file.status import Standing
from fhir_pa.um.stays.stay import Stay

SOON = timedelta(days=3)


class Failure(StrEnum):
    """The six."""

    NO_AUTHORIZATION = "no authorization before the service"
    EXPIRED = "expired while care went on"
    WRONG_LEVEL = "another level than asked for"
    MISMATCH = "the notes do not speak to the criteria"
    MISSED_CALL = "a conversation with the plan's physician was missed"
    RETRO_NOT_PURSUED = "not asked for after an emergency"


@dataclass(frozen=True)
class Row:
    """One line: the authorization's number (empty where none is on file), the item, the day it turns on, what is so and what to do.

    ``claim`` names the claim that shows it. ``happened``: it is done and counts; else it can still be kept from happening.
    """

    number: str
    says: str
    on: date
    item: int | None = None
    claim: str = ""
    happened: bool = True


_OF_CLAIMS = {
    Failure.NO_AUTHORIZATION: (
        {Standing.NONE, Standing.PENDED, Standing.NOT_YET, Standing.ANOTHER_PROVIDER, Standing.EXHAUSTED, Standing.DENIED},
        "Ask for it now, and say why it comes late.",
    ),
    Failure.EXPIRED: ({Standing.EXPIRED}, "Send the extension now."),
    Failure.WRONG_LEVEL: ({Standing.REDUCED}, "Bill what was approved, or appeal."),
}


def shown_beside(stays: Iterable[Stay], matches: Iterable[Match], today: date) -> dict[Failure, list[Row]]:
    """Every failure that stays and claims show, and no case by itself."""
    claimed = list(matches)
    found: dict[Failure, list[Row]] = {each: [] for each in Failure}
    found[Failure.EXPIRED] += _went_on(stays, today)
    for failure, (standings, then) in _OF_CLAIMS.items():
        found[failure] += _claimed(claimed, standings, then)
    return found


def most_urgent_first(rows: Iterable[Row]) -> tuple[Row, ...]:
    """What can still be kept from happening first, then the newest."""
    return tuple(sorted(rows, key=lambda row: (row.happened, -row.on.toordinal(), row.number)))


def _claimed(matches: Iterable[Match], standings: set[Standing], then: str) -> Iterator[Row]:
    for each in matches:
        if each.status.standing in standings:
            yield Row(each.status.number, f"{each.status.says} {then}", each.rendered.on, each.status.item, each.rendered.name)


def _went_on(stays: Iterable[Stay], today: date) -> Iterator[Row]:
    """Stays with days nothing certifies, and those whose last certified day is at hand with no extension on file."""
    for stay in stays:
        newest, uncovered = stay.cases[-1], stay.lacking
        if uncovered:
            days = f"{len(uncovered)} day{'s' if len(uncovered) > 1 else ''}"
            yield Row(newest.number, f"{days} of care that nothing certifies, from {uncovered[0]} on.", uncovered[-1])
        last = max(stay.covered, default=None)
        if last is not None and stay.discharged_on is None and today <= last <= today + SOON and not newest.pended:
            yield Row(newest.number, f"What is certified ends on {last}. Care that goes on needs its extension before.", last, happened=False)
