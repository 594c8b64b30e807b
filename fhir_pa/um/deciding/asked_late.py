"""Asked late: a service asked for after the window its policy gives is looked at by a person, with the reason for the delay (domain F48).

Being late is no ground of software, for or against: the finding is open, never a no.
"""

from __future__ import annotations

from datetime import date, timedelta

from questionnaires.criteria import Axis, Finding, Truth
from questionnaires.policy import Edition, RequestedService

CRITERION = "asked_in_time"


def in_window(edition: Edition, service: RequestedService, findings: tuple[Finding, ...], today: date) -> tuple[Finding, ...]:
    """These findings, with an open one where the service was over for longer than the policy takes requests for it."""
    days, last = edition.benefits.ahead.retro_window_days, service.until or service.on
    if days is None or last is None or today <= last + timedelta(days=days):
        return findings
    late = f"It is asked for {(today - last).days} days after the service; the policy takes requests for {days} without a reason."
    return (*findings, Finding(CRITERION, Truth.UNKNOWN, f"{late} A person decides, with the reason for the delay.", Axis.APPROPRIATENESS))
