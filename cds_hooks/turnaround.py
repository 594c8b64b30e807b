"""Turnaround: how long decisions about a service have taken here, in words that stay the same from one call to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

ENOUGH = 5  # fewer decisions than this say nothing


@dataclass(frozen=True)
class Turnaround:
    """From the first receipt to the first decision: half of all took at most ``median``, nine in ten at most ``ninth_decile``."""

    decisions: int
    median: timedelta
    ninth_decile: timedelta

    def in_words(self) -> str:
        """One sentence.

        >>> Turnaround(40, timedelta(minutes=50), timedelta(hours=30)).in_words()
        'Requests for this are decided within 50 minutes half of the time, and nine in ten within 30 hours.'
        """
        half, most = _in_words(self.median), _in_words(self.ninth_decile)
        if half == most:
            return f"Nine in ten requests for this are decided {half}."
        return f"Requests for this are decided {half} half of the time, and nine in ten {most}."


def turnaround(took: Iterable[timedelta]) -> Turnaround | None:
    """The measure of these durations (nearest rank), or None when there are too few.

    >>> turnaround([timedelta(0)] * 5).in_words()
    'Nine in ten requests for this are decided at once.'
    >>> turnaround([timedelta(0)] * 4) is None
    True
    """
    ordered = sorted(took)
    if len(ordered) < ENOUGH:
        return None
    return Turnaround(len(ordered), ordered[ceil(len(ordered) * 0.5) - 1], ordered[ceil(len(ordered) * 0.9) - 1])


def _in_words(took: timedelta) -> str:
    """Rounded up, so that the promise is kept: minutes up to two hours, hours up to two days, then days."""
    seconds = took.total_seconds()
    if seconds < 60:
        return "at once"
    for unit, size, most in (("minute", 60, 7200), ("hour", 3600, 172_800)):
        if seconds <= most:
            return f"within {_counted(ceil(seconds / size), unit)}"
    return f"within {_counted(ceil(seconds / 86_400), 'day')}"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
