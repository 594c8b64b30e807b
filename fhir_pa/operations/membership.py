"""Whether the person is a member on the day of service, and of which line of business: the payer's file, not the wire.

With no members on file every person is taken at the sender's word: a payer without a member file cannot say that
somebody is not a member, and unknown is never "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fhir_pa.auth.directory import Directory, Member
from fhir_pa.um.request import Identifier


@dataclass(frozen=True)
class Standing:
    """What the member file says: ``known`` and ``covered`` are True when there is no file to ask."""

    known: bool
    covered: bool
    member: Member | None = None

    @property
    def line_of_business(self) -> str:
        """The member's line of business; empty when nobody told."""
        return self.member.line_of_business if self.member else ""

    @property
    def plan(self) -> str:
        """The member's plan; empty when nobody told."""
        return self.member.plan if self.member else ""


def standing(directory: Directory, identifiers: Iterable[Identifier], on: date) -> Standing:
    """The standing of the person whom any of these numbers names."""
    if not directory.lists_members:
        return Standing(known=True, covered=True)
    found = (directory.member(identifier.value, identifier.system) for identifier in identifiers)
    member = next((member for member in found if member), None)
    if member is None:
        return Standing(known=False, covered=False)
    return Standing(True, member.covered(on), member)
