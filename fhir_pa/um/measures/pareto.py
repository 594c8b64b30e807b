"""Pareto: the root causes of what was decided against members, the most frequent first, each with its rows (domain F94).

A few causes explain most denials; each service counts once, for the cause of its newest adverse decision in the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import ADVERSE, Determination
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.failures import Row

FEW = 4


@dataclass(frozen=True)
class Bar:
    """One cause: the rows behind it, its share of all in percent, and the share of it and all before it."""

    cause: RootCause
    rows: tuple[Row, ...]
    share: float
    so_far: float

    @property
    def count(self) -> int:
        """How many services."""
        return len(self.rows)


Meant = Callable[[str, str], bool]


def every(topic: str, signed_by: str) -> bool:
    """For causes over all policies and reviewers."""
    return True


def pareto(cases: Iterable[Authorization], since: date, meant: Meant = every) -> tuple[Bar, ...]:
    """The causes of decisions against the member from this day on; equal ones in the order of the list of causes.

    ``meant`` says of a policy's topic and a reviewer's id whether their decisions are counted.
    """
    found: dict[RootCause, list[Row]] = {}
    for case in cases:
        for item in case.items:
            made = [each for each in (*item.earlier, item.determination) if each.action in ADVERSE and each.root_cause and each.decided_at.date() >= since]
            if made and made[-1].root_cause and meant(*_of(made[-1])):
                found.setdefault(made[-1].root_cause, []).append(Row(case.number, made[-1].because, made[-1].decided_at.date(), item.sequence))
    order = list(RootCause)
    ranked = sorted(found.items(), key=lambda pair: (-len(pair[1]), order.index(pair[0])))
    total, gone, bars = sum(map(len, found.values())), 0, []
    for cause, rows in ranked:
        gone += len(rows)
        newest = tuple(sorted(rows, key=lambda row: (-row.on.toordinal(), row.number)))
        bars.append(Bar(cause, newest, round(100 * len(rows) / total, 1), round(100 * gone / total, 1)))
    return tuple(bars)


def _of(made: Determination) -> tuple[str, str]:
    return (made.edition.topic if made.edition else "", made.signed_by.person if made.signed_by else "")


def few_explain(bars: Iterable[Bar]) -> float | None:
    """The share of the four most frequent causes, in percent; None when nothing was decided against a member."""
    first = list(bars)[:FEW]
    return first[-1].so_far if first else None
