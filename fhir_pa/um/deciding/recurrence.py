"""Recurrence: at which interval what was certified together may be given, and when the next one is due (domain F35)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from questionnaires.policy import Certifies


@dataclass(frozen=True)
class Recurrence:
    """One every ``every_days`` days; each may come ``early_days`` before its day."""

    every_days: int
    early_days: int = 0

    @classmethod
    def of(cls, limit: Certifies) -> Recurrence | None:
        """The interval of what is certified as a series; None for what is not."""
        return cls(limit.schedule.every_days, limit.schedule.early_days) if limit.schedule else None

    @property
    def in_words(self) -> str:
        """How it is told with the certification.

        >>> Recurrence(183, 19).in_words
        'They are certified together as a series, one every 183 days; each may come up to 19 days before its day.'
        """
        early = f"; each may come up to {self.early_days} days before its day" if self.early_days else ""
        return f"They are certified together as a series, one every {self.every_days} days{early}."

    def due_on(self, last: date) -> date:
        """When the next is due after one on this day."""
        return last + timedelta(days=self.every_days)

    def open_on(self, last: date) -> date:
        """The first day on which the next may be given after one on this day."""
        return last + timedelta(days=self.every_days - self.early_days)

    def too_close(self, day: date, others: Iterable[date]) -> tuple[date, ...]:
        """Those of the other days that lie so close to this one that the interval is not kept, before it or after it.

        >>> Recurrence(91, 10).too_close(date(2027, 3, 1), [date(2026, 12, 1), date(2027, 1, 15)])
        (datetime.date(2027, 1, 15),)
        """
        return tuple(sorted(other for other in others if abs((day - other).days) < self.every_days - self.early_days))
