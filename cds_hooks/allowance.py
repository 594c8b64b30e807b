"""Allowance: how much of a limited benefit a member has left, and whether an order asks for more (domain F13).

Asking for more is no reason for a no: a person looks at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from questionnaires.benefits import Limit
from questionnaires.policy import RequestedService


@dataclass(frozen=True)
class Allowance:
    """A limit on one day; ``used`` is what was certified of it, or None where nobody counted."""

    limit: Limit
    on: date
    used: Decimal | None = None

    @property
    def remaining(self) -> Decimal:
        """What is left, or the whole limit where nobody counted."""
        return max(self.limit.quantity - (self.used or Decimal(0)), Decimal(0))

    def is_exceeded_by(self, service: RequestedService) -> bool:
        """Whether the service asks for more than is left; an order without a quantity asks for one."""
        asked = Decimal(1) if service.quantity is None else service.quantity
        return self.limit.counts(service.unit) and asked > self.remaining

    def in_words(self) -> str:
        """How it stands.

        >>> Allowance(Limit(Decimal(20), "visits"), date(2026, 11, 21), Decimal(12)).in_words()
        '12 of 20 visits used in 2026, 8 remain'
        >>> Allowance(Limit(Decimal(20), "visits", 90), date(2026, 11, 21)).in_words()
        'the most in 90 days; what is used already is not counted here'
        """
        window = f"in {self.on.year}" if isinstance(self.limit.per, str) else f"in the last {self.limit.per} days"
        if self.used is None:
            most = "a calendar year" if isinstance(self.limit.per, str) else f"{self.limit.per} days"
            return f"the most in {most}; what is used already is not counted here"
        return f"{plain(self.used)} of {plain(self.limit.quantity)} {self.limit.unit} used {window}, {plain(self.remaining)} remain"

    def asked_in_words(self, service: RequestedService) -> str:
        """What an order that exceeds it asks for, beside what is left."""
        asked = f"for {plain(service.quantity)} {self.limit.unit}" if service.quantity is not None else "for one more"
        return f"The order asks {asked}; {self.in_words()}. What goes beyond is looked at by a person, not refused."


def plain(number: Decimal) -> str:
    """A number as people write it.

    >>> plain(Decimal("20.0")), plain(Decimal("1.50")), plain(Decimal("100"))
    ('20', '1.5', '100')
    """
    return f"{number.to_integral_value() if number == number.to_integral_value() else number.normalize():f}"
