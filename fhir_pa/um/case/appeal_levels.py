"""Appeal levels: who looks next at a decision against the member, how long one may ask, how long it may take; by line, as data.

Domain §2.3-2.5, §4.4, §4.7. A line of business nobody named gets the longest window to ask and the shortest time to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fhir_pa.um.clocks.time_limits import ERISA, MEDICAID, MEDICARE_ADVANTAGE, QHP


@dataclass(frozen=True)
class Level:
    """One level of appeal.

    ``file_within`` counts from the notice, which is presumed to be received ``presumed`` later; with ``file_months`` it is so many
    calendar months instead, and ends with no weekend or holiday. ``forwarded``: the plan
    itself sends the case there when it does not overturn wholly, ``forward_expedited`` at the latest when it was expedited.
    ``ours``: the plan decides it; otherwise its outcome is recorded and carried out ``effectuate`` later at the latest.
    ``provider_may``: the treating clinician may ask without the member's written consent.
    """

    name: str
    source: str
    file_within: timedelta
    standard: timedelta
    expedited: timedelta
    drug: timedelta | None = None
    extension: timedelta | None = None
    presumed: timedelta = timedelta(0)
    file_months: int = 0
    ours: bool = True
    forwarded: bool = False
    forward_expedited: timedelta = timedelta(hours=24)
    effectuate: timedelta = timedelta(hours=72)
    provider_may: bool = False


def _hours(hours: int) -> timedelta:
    return timedelta(hours=hours)


def _days(days: int) -> timedelta:
    return timedelta(days=days)


_MA = (
    Level(
        "reconsideration by the plan",
        "42 CFR 422.582, 422.590",
        _days(60),
        _days(30),
        _hours(72),
        drug=_days(7),
        extension=_days(14),
        presumed=_days(5),
        provider_may=True,
    ),
    Level("independent review entity", "42 CFR 422.592, 422.618", _days(60), _days(30), _hours(72), ours=False, forwarded=True),
    Level("hearing before an administrative law judge", "42 CFR 422.600", _days(60), _days(90), _days(90), ours=False),
    Level("Medicare Appeals Council", "42 CFR 422.608", _days(60), _days(90), _days(90), ours=False),
)
_MEDICAID = (
    Level("appeal to the plan", "42 CFR 438.402, 438.408", _days(60), _days(30), _hours(72), extension=_days(14)),
    Level("State fair hearing", "42 CFR 438.408(f)", _days(120), _days(90), _hours(72), ours=False),
)


_OUTSIDE = "45 CFR 147.136(d), 29 CFR 2590.715-2719"


def _claims(source: str) -> tuple[Level, ...]:
    return (
        Level("internal appeal", source, _days(180), _days(30), _hours(72)),
        Level("external review", _OUTSIDE, _days(123), _days(45), _hours(72), file_months=4, ours=False, effectuate=_hours(24)),
    )


_STRICTEST = (
    Level("appeal to the plan", "the strictest of all lines of business", _days(180), _days(30), _hours(72), drug=_days(7)),
    Level("external review", "the strictest of all lines of business", _days(123), _days(45), _hours(72), file_months=4, ours=False, effectuate=_hours(24)),
)
LADDERS: dict[str, tuple[Level, ...]] = {
    MEDICARE_ADVANTAGE: _MA,
    MEDICAID: _MEDICAID,
    ERISA: _claims("29 CFR 2560.503-1(h), (i)"),
    QHP: _claims("45 CFR 147.136(b), 29 CFR 2560.503-1(h), (i)"),
}


def levels(line_of_business: str) -> tuple[Level, ...]:
    """The levels of this line in their order."""
    return LADDERS.get(line_of_business, _STRICTEST)
