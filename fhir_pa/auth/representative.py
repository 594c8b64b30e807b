"""A representative: somebody the plan registered to act for a member, such as a parent or the holder of a power of attorney."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Representative:
    """One registration, for one member; a person may hold several. ``id`` and ``birth_date`` are those he or she signs in by.

    ``member`` is the member's number, with ``member_birth_date`` where a family shares one. ``because`` is the ground the plan
    has on file, ``until`` the last day it holds. Without ``sensitive`` what a policy calls sensitive stays hidden.
    ``accounts`` are the names the member portal knows the person by.
    """

    id: str
    name: str
    birth_date: date
    member: str
    because: str
    member_birth_date: date | None = None
    until: date | None = None
    sensitive: bool = False
    language: str = ""
    accounts: tuple[str, ...] = ()

    def in_force(self, on: date) -> bool:
        """Whether it holds on this day."""
        return self.until is None or on <= self.until
