"""Step down: less intense care that a physician certifies from a day on, in the place of what was asked for (domain F42, F63).

It is part of a modification: the days until then are days of transition, and what is certified never ends by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ig_profiles.outcome import Unprocessable
from ig_profiles.reading import Coding


@dataclass(frozen=True)
class StepDown:
    """Another service, from when until when (both included), and how much."""

    service: Coding
    starts_on: date
    until: date
    quantity: Decimal | None = None
    unit: str | None = None

    @property
    def says(self) -> str:
        """In one sentence what is certified instead.

        >>> StepDown(Coding("", "H0035"), date(2026, 11, 29), date(2026, 12, 12), Decimal(10), "sessions").says
        'From 2026-11-29 until 2026-12-12, H0035 is certified instead (10 sessions).'
        """
        amount = f" ({self.quantity} {self.unit or 'units'})" if self.quantity is not None else ""
        return f"From {self.starts_on} until {self.until}, {self.service.display or self.service.code} is certified instead{amount}."

    def covers(self, on: date) -> bool:
        """Whether this day lies in it."""
        return self.starts_on <= on <= self.until


def refuse_gap(step: StepDown, transition_until: date) -> None:
    """Raises Unprocessable when it does not follow the last day of transition, or ends before it begins: nobody is left between two levels."""
    if step.until < step.starts_on:
        raise Unprocessable(f"The step down ends on {step.until}, before it begins. Exchange the two days.", expression="step_down")
    if (step.starts_on - transition_until).days != 1:
        text = f"The days of transition end on {transition_until}, and the step down begins on {step.starts_on}. Let it begin on the day after."
        raise Unprocessable(text, expression="step_down")
