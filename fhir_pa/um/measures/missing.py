"""Missing: which criteria the first documentation of a service most often left open, by clinician and service, so that practices can be taught (F23).

What the engine found in the first exchange counts, not what was sent later: the note did not yet speak of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.determination import Determination
from fhir_pa.um.deciding.request import Party
from questionnaires.criteria import Truth


@dataclass(frozen=True)
class Missed:
    """One criterion one clinician's requests left open: in these services (number and item), of so many they asked under this policy."""

    clinician: str
    npi: str
    topic: str
    criterion: str
    items: tuple[str, ...]
    of: int

    @property
    def percent(self) -> float:
        """The share of the clinician's requests under the policy."""
        return round(100 * len(self.items) / self.of, 1)


def missing(cases: Iterable[Authorization]) -> tuple[Missed, ...]:
    """Every such pair, the most frequent first."""
    asked: dict[tuple[str, str], int] = {}
    names: dict[str, str] = {}
    found: dict[tuple[str, str, str], list[str]] = {}
    for case in cases:
        for item in case.items:
            first = (*item.earlier, item.determination)[0]
            if not first.findings or first.edition is None:
                continue
            who = clinician_of(case, item)
            npi = who.npi or who.name
            names[npi] = who.name
            asked[npi, first.edition.topic] = asked.get((npi, first.edition.topic), 0) + 1
            for criterion in _open(first):
                found.setdefault((npi, first.edition.topic, criterion), []).append(f"{case.number}/{item.sequence}")
    rows = [Missed(names[npi], npi, topic, criterion, tuple(items), asked[npi, topic]) for (npi, topic, criterion), items in found.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.items), row.npi, row.topic, row.criterion)))


def clinician_of(case: Authorization, item: Item) -> Party:
    """Who stands for the documentation: the item's own clinician, else the claim's, else who asked."""
    named = (*item.requested.providers, *case.request.providers)
    return next((party for party in named if party.npi), case.request.requestor)


def _open(made: Determination) -> Iterator[str]:
    """The criteria, the outermost of each, of which nothing was known or shown; what was shown and is not enough is no gap."""
    return (finding.criterion for finding in made.findings if finding.truth is Truth.UNKNOWN)
