"""Whether the person is a member on the day of service, and of which line of business: the payer's file, not the wire.

With no members on file every person is taken at the sender's word: a payer without a member file cannot say that
somebody is not a member, and unknown is never "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fhir_pa.auth.directory import Directory, Member
from fhir_pa.um.deciding.request import Identifier


@dataclass(frozen=True)
class Standing:
    """What the member file says: ``known`` and ``covered`` are True when there is no file to ask.

    ``of_another``: the number is on file, for somebody born on another day, such as the policy holder.
    """

    known: bool
    covered: bool
    member: Member | None = None
    of_another: bool = False

    @property
    def line_of_business(self) -> str:
        """The member's line of business; empty when nobody told."""
        return self.member.line_of_business if self.member else ""

    @property
    def plan(self) -> str:
        """The member's plan; empty when nobody told."""
        return self.member.plan if self.member else ""


def standing(directory: Directory, identifiers: Iterable[Identifier], on: date, born: date | None = None) -> Standing:
    """The standing of the person whom any of these numbers names, and who was born on that day where it is told."""
    if not directory.lists_members:
        return Standing(known=True, covered=True)
    named = tuple(identifiers)
    found = (directory.member(identifier.value, identifier.system, born) for identifier in named)
    member = next((member for member in found if member), None)
    if member is None:
        of_another = any(directory.member(identifier.value, identifier.system) for identifier in named)
        return Standing(known=False, covered=False, of_another=of_another)
    return Standing(True, member.covered(on), member)
