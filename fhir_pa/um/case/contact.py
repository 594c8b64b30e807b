"""Contact: who was told what of a case, by which channel, and whether it arrived (domain F61, F62).

One contact is one value. A voicemail says whom to call back and nothing that is nobody else's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Told(StrEnum):
    """Who was told, or should have been."""

    MEMBER = "member"
    REPRESENTATIVE = "representative"
    PROVIDER = "provider"


class Channel(StrEnum):
    """How."""

    PHONE = "phone"
    VOICEMAIL = "voicemail"
    PORTAL = "portal"
    LETTER = "letter"
    FAX = "fax"


class Arrival(StrEnum):
    """What became of it."""

    REACHED = "reached"
    SENT = "sent"
    NOT_REACHED = "not reached"
    RETURNED = "came back"


WRITTEN = frozenset({Channel.PORTAL, Channel.LETTER, Channel.FAX})
ARRIVED = frozenset({Arrival.REACHED, Arrival.SENT})


@dataclass(frozen=True)
class Contact:
    """One attempt to tell somebody. ``said`` is what was said or written, ``call_back`` the number that was left with it."""

    number: int
    at: datetime
    who: Told
    name: str
    channel: Channel
    arrival: Arrival
    said: str
    by: str
    items: tuple[int, ...]
    call_back: str = ""

    @property
    def is_written(self) -> bool:
        """Whether the person now has it in writing."""
        return self.channel in WRITTEN and self.arrival in ARRIVED
