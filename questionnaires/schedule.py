"""Schedule: care that comes back at intervals and is certified together, such as a scan every six months for two years (domain F35)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """A series: at most ``quantity`` times within ``days``, one every ``every_days``; each may come ``early_days`` before its day.

    ``services`` are the codes it is for; none means every service of the edition.
    """

    every_days: int
    days: int
    quantity: int
    early_days: int = 0
    services: tuple[str, ...] = ()

    def most_in(self, days: int) -> int:
        """How many fit into so many days at its interval, the first on the first day.

        >>> Schedule(every_days=183, days=730, quantity=4).most_in(365)
        2
        """
        return min(self.quantity, (max(days, 1) - 1) // self.every_days + 1)

    def days_for(self, quantity: int) -> int:
        """How many days so many need, where nobody says by when: each its interval, and never more than the whole schedule.

        >>> Schedule(every_days=183, days=730, quantity=4).days_for(2)
        366
        """
        return min(self.days, quantity * self.every_days)

    @property
    def in_words(self) -> str:
        """How it is told.

        >>> Schedule(every_days=183, days=730, quantity=4, early_days=19).in_words
        'up to 4 in 730 days, one every 183 days, each up to 19 days early'
        """
        early = f", each up to {self.early_days} days early" if self.early_days else ""
        return f"up to {self.quantity} in {self.days} days, one every {self.every_days} days{early}"
