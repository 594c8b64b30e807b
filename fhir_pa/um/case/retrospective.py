"""Retrospective: why something is asked for after it was done, until when, and what shows that it could not wait (domain §1E, F47-F52).

The window changes who looks, never the answer: inside it the request is weighed like any other, after it a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ig_profiles.outcome import Unprocessable
from questionnaires.policy import Edition

WINDOW = timedelta(hours=48)
EMERGENCY = "emergency"  # as a level of service
MADE_LATER = timedelta(hours=24)  # a note of an emergency written later than this after it is looked at by a person


class Reason(StrEnum):
    """Why it is asked for after the service."""

    EMERGENCY = "emergency admission"
    STABILIZED = "care after an emergency"
    URGENT = "urgent, begun before anybody could ask"
    DRUG = "drug given before anybody asked"
    CLAIM = "claim taken up for review"
    APPEAL = "denied claim under appeal"
    UNTOLD = "no reason told"


@dataclass(frozen=True)
class Shown:
    """One thing that shows the urgency: what, when it was so, and when it was written down."""

    what: str
    at: datetime
    recorded_at: datetime

    def made_later(self, review_since: datetime | None = None) -> bool:
        """Whether it was written long after it was so, or after the plan said that it looks: for a person to weigh, never a no (F28, F52)."""
        return self.recorded_at - self.at > MADE_LATER or (review_since is not None and self.recorded_at > review_since)


@dataclass(frozen=True)
class Retro:
    """What is known of a case that began after its service: told when and by whom, and until when the practice sends the rest.

    ``claim`` is the claim a review was opened for. ``requested_at`` is when the request itself came.
    """

    reason: Reason
    began_at: datetime
    told_at: datetime
    told_by: str
    ask_by: datetime
    shown: tuple[Shown, ...] = ()
    late_because: str = ""
    claim: str = ""
    requested_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Whether the plan heard of it after the window was over."""
        return self.told_at > self.ask_by

    @property
    def flagged(self) -> tuple[Shown, ...]:
        """What was written down later than it happened."""
        since = self.told_at if self.reason is Reason.CLAIM else None
        return tuple(each for each in self.shown if each.made_later(since))

    def awaits_request(self, at: datetime) -> bool:
        """Whether the practice still has to send its request, and the time for it runs."""
        return self.requested_at is None and at <= self.ask_by

    def was_not_pursued(self, at: datetime) -> bool:
        """Whether the time for the request is over and none came (F50)."""
        return self.requested_at is None and at > self.ask_by


def window(edition: Edition) -> timedelta:
    """How long after it began a service may still be asked for without a reason for the delay: the edition's days, else 48 hours."""
    days = edition.benefits.ahead.retro_window_days
    return WINDOW if days is None else timedelta(days=days)


def refuse_late(began_at: datetime, told_at: datetime, edition: Edition, late_because: str) -> None:
    """Raises Unprocessable when the plan hears of it after the window, and nobody says why; with a reason a person decides."""
    if told_at < began_at:
        raise Unprocessable(f"It began {began_at.isoformat(timespec='minutes')}, which is still to come. Check the time and its zone.", expression="began_at")
    if told_at > began_at + window(edition) and not late_because.strip():
        hours = (told_at - began_at) // timedelta(hours=1)
        text = f"The plan hears of it {hours} hours after it began, and asks to be told within {window(edition) // timedelta(hours=1)}."
        raise Unprocessable(f"{text} Say why it comes late (late_because); a person decides, never software.", expression="late_because")
