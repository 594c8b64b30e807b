"""Clocks: when a decision is due by law and by the plan's own promise, as data by line of business.

Times are elapsed time from the first receipt by the plan or its delegate; seven days are 168 hours, the earliest
reading (domain §2.6, §4.4). The due time depends on receipt, line of business and urgency only, never on what the
engine found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limits:
    """How long a decision may take: by law, and by the plan's internal promise; ``source`` names the rule."""

    urgent: timedelta
    standard: timedelta
    internal_urgent: timedelta
    internal_standard: timedelta
    source: str


LIMITS: dict[str, Limits] = {
    "medicare-advantage": Limits(timedelta(hours=72), timedelta(days=7), timedelta(hours=48), timedelta(days=5), "42 CFR 422.568, 422.572"),
    "medicaid": Limits(timedelta(hours=72), timedelta(days=7), timedelta(hours=48), timedelta(days=5), "42 CFR 438.210(d)"),
    "commercial-erisa": Limits(timedelta(hours=72), timedelta(days=15), timedelta(hours=48), timedelta(days=10), "29 CFR 2560.503-1(f)"),
    "qhp": Limits(timedelta(hours=72), timedelta(days=15), timedelta(hours=48), timedelta(days=10), "45 CFR 147.136, 29 CFR 2560.503-1(f)"),
}

STRICTEST = Limits(timedelta(hours=72), timedelta(days=7), timedelta(hours=48), timedelta(days=5), "the strictest of all lines of business")


@dataclass(frozen=True)
class Clock:
    """When the request arrived and when its decision is due."""

    received_at: datetime
    urgent: bool
    legal_due_at: datetime
    internal_due_at: datetime
    source: str

    @classmethod
    def start(cls, received_at: datetime, line_of_business: str, urgent: bool) -> Clock:
        """The clock of a request received at this moment; an unknown line of business gets the strictest limits.

        >>> from datetime import UTC
        >>> Clock.start(datetime(2026, 11, 20, 8, tzinfo=UTC), "medicare-advantage", urgent=True).legal_due_at.isoformat()
        '2026-11-23T08:00:00+00:00'
        """
        limits = LIMITS.get(line_of_business, STRICTEST)
        legal = limits.urgent if urgent else limits.standard
        internal = limits.internal_urgent if urgent else limits.internal_standard
        return cls(received_at, urgent, received_at + legal, received_at + internal, limits.source)
