"""Time limits: how long a decision may take in each line of business, as data, each row with the rule it comes from.

Domain §2.3-2.6, §4.4. A line of business nobody named gets the strictest limits, because a member may be of any.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MEDICARE_ADVANTAGE, MEDICAID, ERISA, QHP = "medicare-advantage", "medicaid", "commercial-erisa", "qhp"


class Asked(StrEnum):
    """What kind of decision is asked for; the law gives each its own time."""

    SERVICE = "item or service"
    DRUG = "drug"
    CONCURRENT = "more of a running course"
    RETROSPECTIVE = "after the service"
    POST_STABILIZATION = "care after an emergency"


class ExtensionReason(StrEnum):
    """Why the law lets a payer take more time; no other reason does."""

    MEMBER_ASKED = "member-asked"
    PROVIDER_ASKED = "provider-asked"
    OUTSIDE_EVIDENCE = "outside-evidence"  # from a provider without a contract, and it may turn a denial
    EXTRAORDINARY = "extraordinary"
    INFORMATION_NEEDED = "information-needed"  # and the delay is in the member's interest
    BEYOND_CONTROL = "beyond-control"
    INFORMATION_MISSING = "information-missing"  # the claimant did not send what is necessary: the clock is held


class Consequence(StrEnum):
    """What a missed deadline means in law. None of them certifies anything: silence never does."""

    DEEMED_ADVERSE = "deemed adverse"
    BREACH_LOGGED = "breach logged"
    PLAN_RESPONSIBLE = "plan responsible"


@dataclass(frozen=True)
class Extension:
    """How much more time there may be, once, and for which reasons.

    ``answer_within`` is how long the claimant has at least to send what is missing, the clock being held meanwhile;
    ``decide_after`` replaces what is left of the time then. ``notice_within`` counts from the receipt; without it, notice
    is due before the time is up.
    """

    longest: timedelta
    reasons: tuple[ExtensionReason, ...]
    source: str
    notice_within: timedelta | None = None
    answer_within: timedelta | None = None
    decide_after: timedelta | None = None


@dataclass(frozen=True)
class Limits:
    """How long a decision may take: by law, and by the plan's internal promise; ``source`` names the rule."""

    urgent: timedelta
    standard: timedelta
    internal_urgent: timedelta
    internal_standard: timedelta
    source: str
    breach: Consequence
    extension: tuple[Extension, ...] = ()
    extension_urgent: tuple[Extension, ...] = ()


def limits_for(line_of_business: str, asked: Asked) -> Limits:
    """The limits of this line for this kind of request; what has no row of its own is an item or service."""
    lines = LIMITS.get(line_of_business, STRICTEST)
    return lines.get(asked, lines[Asked.SERVICE])


def _hours(hours: int) -> timedelta:
    return timedelta(hours=hours)


def _days(days: int) -> timedelta:
    return timedelta(days=days)


_WHY = ExtensionReason
_MA_REASONS = (_WHY.MEMBER_ASKED, _WHY.OUTSIDE_EVIDENCE, _WHY.EXTRAORDINARY)
_MA = (Extension(_days(14), _MA_REASONS, "42 CFR 422.568(b), 422.572(b)"),)
_MEDICAID = (Extension(_days(14), (_WHY.MEMBER_ASKED, _WHY.PROVIDER_ASKED, _WHY.INFORMATION_NEEDED), "42 CFR 438.210(d)"),)
_RULE = "29 CFR 2560.503-1"
_ERISA = (
    Extension(_days(15), (_WHY.BEYOND_CONTROL,), f"{_RULE}(f)(2)(iii)"),
    Extension(_days(15), (_WHY.INFORMATION_MISSING,), f"{_RULE}(f)(2)(iii), (f)(4)", answer_within=_days(45)),
)
_ERISA_URGENT = (
    Extension(_days(0), (_WHY.INFORMATION_MISSING,), f"{_RULE}(f)(2)(i)", notice_within=_hours(24), answer_within=_hours(48), decide_after=_hours(48)),
)
_DEEMED, _LOGGED, _RESPONSIBLE = Consequence.DEEMED_ADVERSE, Consequence.BREACH_LOGGED, Consequence.PLAN_RESPONSIBLE
_HALF_HOUR = timedelta(minutes=30)


def _erisa(source: str) -> dict[Asked, Limits]:
    """The claims rules of employer plans, which plans on an exchange keep too."""
    return {
        Asked.SERVICE: Limits(_hours(72), _days(15), _hours(48), _days(10), source, _LOGGED, _ERISA, _ERISA_URGENT),
        Asked.CONCURRENT: Limits(_hours(24), _days(15), _hours(16), _days(10), f"{_RULE}(f)(2)(ii)", _LOGGED, _ERISA),
        Asked.RETROSPECTIVE: Limits(_days(30), _days(30), _days(20), _days(20), f"{_RULE}(f)(2)(iii)(B)", _LOGGED, _ERISA, _ERISA),
    }


def _public(source: str, drug: Limits, extension: tuple[Extension, ...], emergency: str) -> dict[Asked, Limits]:
    """Medicare Advantage and Medicaid: seven days, 72 hours; a request for information never holds the clock."""
    return {
        Asked.SERVICE: Limits(_hours(72), _days(7), _hours(48), _days(5), source, _DEEMED, extension, extension),
        Asked.CONCURRENT: Limits(_hours(72), _hours(72), _hours(48), _hours(48), source, _DEEMED, extension, extension),
        Asked.POST_STABILIZATION: Limits(_hours(1), _hours(1), _HALF_HOUR, _HALF_HOUR, emergency, _RESPONSIBLE),
        Asked.DRUG: drug,
    }


_PART_B_DRUG = Limits(_hours(24), _hours(72), _hours(16), _hours(48), "42 CFR 422.568(b)(3), 422.572(a)(2)", _DEEMED)
_MEDICAID_DRUG = Limits(_hours(24), _hours(24), _hours(16), _hours(16), "42 CFR 438.210(d)(3); section 1927(d)(5)(A) of the Act", _DEEMED)

LIMITS: dict[str, dict[Asked, Limits]] = {
    MEDICARE_ADVANTAGE: _public("42 CFR 422.568, 422.572", _PART_B_DRUG, _MA, "42 CFR 422.113(c)"),
    MEDICAID: _public("42 CFR 438.210(d)", _MEDICAID_DRUG, _MEDICAID, "42 CFR 438.114(e), 422.113(c)"),
    ERISA: _erisa("29 CFR 2560.503-1(f)"),
    QHP: _erisa("45 CFR 147.136, 29 CFR 2560.503-1(f)"),
}

_ANY = "the strictest of all lines of business"
STRICTEST: dict[Asked, Limits] = {
    Asked.SERVICE: Limits(_hours(72), _days(7), _hours(48), _days(5), _ANY, _DEEMED),
    Asked.DRUG: Limits(_hours(24), _hours(24), _hours(16), _hours(16), _ANY, _DEEMED),
    Asked.CONCURRENT: Limits(_hours(24), _hours(72), _hours(16), _hours(48), _ANY, _DEEMED),
    Asked.POST_STABILIZATION: Limits(_hours(1), _hours(1), _HALF_HOUR, _HALF_HOUR, _ANY, _RESPONSIBLE),
}
