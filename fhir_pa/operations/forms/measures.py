"""How forms were served: how many calls of each kind, how long they took, and whether the guide's times were kept.

Chapter: DTR 2.2 §adaptive-form-considerations, spec-38: nine of ten first calls within five seconds, later ones within one.
A call counts as the first of an interview when no question was on the form yet; one that begins with answers the payer knew
is held to the shorter time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from fhir_pa.storage.dtr_metrics import FIRST_QUESTION, NEXT_QUESTION, PACKAGE, DtrMetric
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json

WITHIN = {FIRST_QUESTION: timedelta(seconds=5), NEXT_QUESTION: timedelta(seconds=1)}
GOAL = 90  # percent


@dataclass(frozen=True)
class Served:
    """The calls of one kind; times are in milliseconds, ``kept`` is None where the guide names no time or there was no call."""

    action: str
    calls: int
    refused: int
    median: float | None
    p90: float | None
    longest: float | None
    within_seconds: int | None = None
    percent_within: float | None = None
    kept: bool | None = None


def dtr_measures(since: datetime, until: datetime, client: str | None, payer: Payer) -> Json:
    """The measures of the calls from ``since`` on and before ``until``, of one provider's system or of all, and each form's."""
    with payer.store.reading() as tx:
        calls = [each for each in tx.dtr_metrics(since, until) if client in (None, each.client)]
    forms = sorted({form for each in calls for form in each.forms})
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "measures": [vars(served(action, [each for each in calls if each.action == action])) for action in (PACKAGE, FIRST_QUESTION, NEXT_QUESTION)],
        "forms": [_of_form(form, [each for each in calls if form in each.forms]) for form in forms],
    }


def served(action: str, calls: Sequence[DtrMetric]) -> Served:
    """What these calls say of one kind of operation; refusals are answers too, and count."""
    took = sorted(each.took for each in calls)
    limit = WITHIN.get(action)
    percent = None if limit is None or not took else round(100 * sum(each <= limit for each in took) / len(took), 1)
    return Served(
        action,
        len(calls),
        sum(bool(each.refused) for each in calls),
        _share(took, 0.5),
        _share(took, 0.9),
        _share(took, 1.0),
        int(limit.total_seconds()) if limit else None,
        percent,
        None if percent is None else percent >= GOAL,
    )


def _of_form(form: str, calls: Iterable[DtrMetric]) -> Json:
    listed = list(calls)
    interviews = [each for each in listed if each.action != PACKAGE]
    return {
        "form": form,
        "packages": len(listed) - len(interviews),
        "answers_prefilled": sum(each.prefilled for each in listed),
        "turns": len(interviews),
        "questions_asked": sum(each.asked for each in interviews),
        "completed": sum(each.completed for each in interviews),
        "refused": sum(bool(each.refused) for each in interviews),
    }


def _share(took: Sequence[timedelta], share: float) -> float | None:
    """The time within which this share of the calls, in order, was answered."""
    return round(took[max(ceil(share * len(took)), 1) - 1] / timedelta(milliseconds=1), 1) if took else None
