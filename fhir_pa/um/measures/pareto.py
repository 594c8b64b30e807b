"""Pareto: the root causes of what was decided against members, the most frequent first, each with its rows (domain F94).

A few causes explain most denials; each service counts once, for the cause of its newest adverse decision, where that lies in the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Determination
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.counted import Behind
from fhir_pa.um.measures.failures import Row
from fhir_pa.um.measures.points import newest_against

FEW = 4


@dataclass(frozen=True)
class Bar:
    """One cause: how many services, the rows behind them, its share of all in percent, and the share of it and all before it."""

    cause: RootCause
    count: int
    rows: tuple[Row, ...]
    share: float
    so_far: float


Meant = Callable[[str, str], bool]


def every(topic: str, signed_by: str) -> bool:
    """For causes over all policies and reviewers."""
    return True


def pareto(cases: Iterable[Authorization], since: date, meant: Meant = every) -> tuple[Bar, ...]:
    """The causes of decisions against the member from this day on.

    ``meant`` says of a policy's topic and a reviewer's id whether their decisions are counted.
    """
    found: dict[RootCause, list[Row]] = {}
    for case in cases:
        for item in case.items:
            made = newest_against(item)
            if made is not None and made.root_cause and made.decided_at.date() >= since and meant(*_of(made)):
                found.setdefault(made.root_cause, []).append(Row(case.number, made.because, made.decided_at.date(), item.sequence))
    newest = {cause: tuple(sorted(rows, key=lambda row: (-row.on.toordinal(), row.number))) for cause, rows in found.items()}
    return bars({cause: Behind(len(rows), len(rows), rows) for cause, rows in newest.items()})


def bars(found: Mapping[RootCause, Behind]) -> tuple[Bar, ...]:
    """The causes by how often there were; equal ones in the order of the list of causes."""
    order = list(RootCause)
    ranked = sorted(found.items(), key=lambda pair: (-pair[1].count, order.index(pair[0])))
    total, gone, made = sum(each.count for each in found.values()), 0, []
    for cause, behind in ranked:
        gone += behind.count
        made.append(Bar(cause, behind.count, behind.rows, round(100 * behind.count / total, 1), round(100 * gone / total, 1)))
    return tuple(made)


def _of(made: Determination) -> tuple[str, str]:
    return (made.edition.topic if made.edition else "", made.signed_by.person if made.signed_by else "")


def few_explain(found: Iterable[Bar]) -> float | None:
    """The share of the four most frequent causes, in percent; None when nothing was decided against a member."""
    first = list(found)[:FEW]
    return first[-1].so_far if first else None
