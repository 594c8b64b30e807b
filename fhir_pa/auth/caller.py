"""Caller: who asks, how we know, and what they may; handed to every operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fhir_pa.auth.directory import Client, Person
from fhir_pa.auth.scopes import NEEDED, Scope, scopes, suffices
from ig_profiles.outcome import Forbidden

How = Literal["access token", "CDS Hooks token", "person token", "desk session", "command line", "open mode"]


@dataclass(frozen=True)
class Caller:
    """A provider's system (``client``) or one of the payer's staff (``person``); never both, never neither.

    A person's roles are those of the directory at the moment of the call, so that a role withdrawn is withdrawn at once.
    """

    how: How
    client: Client | None = None
    person: Person | None = None
    scopes: frozenset[Scope] = frozenset()

    @property
    def id(self) -> str:
        """The id by which trail and log name the caller."""
        return self.client.id if self.client else self.person.id if self.person else ""

    @property
    def name(self) -> str:
        """The name a person would read."""
        return self.client.name if self.client else self.person.name if self.person else ""

    @property
    def rights(self) -> str:
        """What the caller may do, for the log: the scopes of a provider's system in order, or a person's roles."""
        return " ".join(sorted(map(str, self.scopes)) if self.client else self.person.roles if self.person else ())

    @property
    def is_open(self) -> bool:
        """Whether nobody proved anything: the loopback-only open mode."""
        return self.how == "open mode"

    def must_be_allowed(self, operation: str) -> None:
        """Raises Forbidden unless this is a provider's system whose scopes allow the operation."""
        if self.client is None:
            raise Forbidden(f"{self.name} is one of the payer's staff; {operation} is for providers' systems. Use a client's access token.")
        if not suffices(self.scopes, operation):
            needed = " or ".join(NEEDED[operation])
            text = f"The access token does not allow {operation}. Ask the token endpoint for {needed}, which the payer must have registered."
            raise Forbidden(text, message_id="insufficient-scope")

    def must_be_staff(self) -> Person:
        """The person calling; raises Forbidden when it is not a person."""
        if self.person is None:
            raise Forbidden("Only the payer's staff may do this, with a person's token. Ask the payer to run: fhir-pa people token <id>.")
        return self.person

    def must_hold(self, role: str, doing: str) -> Person:
        """The person calling; raises Forbidden unless the directory gives them this role."""
        person = self.must_be_staff()
        if role not in person.roles:
            raise Forbidden(f"{person.name} is no {role}, and only {role}s may {doing}. Ask one, or have the role added to the [[person]].")
        return person


ANYBODY = Client(id="anybody", name="Anybody on this machine (open mode)", scopes=scopes("system/*.*"))


def open_caller() -> Caller:
    """Whoever calls a server started with ``--open``: a provider's system, never a person."""
    return Caller("open mode", client=ANYBODY, scopes=ANYBODY.scopes)
