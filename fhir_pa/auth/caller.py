"""Caller: who asks, how we know, and what they may; handed to every operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fhir_pa.auth.directory import CASEWORK, Client, Person
from fhir_pa.auth.practice import PracticePerson
from fhir_pa.auth.scopes import NEEDED, Scope, scopes, suffices
from fhir_pa.auth.visitor import Visitor
from ig_profiles.outcome import Forbidden

How = Literal["access token", "CDS Hooks token", "person token", "desk session", "practice session", "member session", "command line", "open mode"]


@dataclass(frozen=True)
class Caller:
    """A provider's system (``client``), one of the payer's staff (``person``) or of a practice's (``practice``), or a member (``visitor``); always exactly one.

    A person's roles are those of the directory at the moment of the call, so that a role withdrawn is withdrawn at once.
    """

    how: How
    client: Client | None = None
    person: Person | None = None
    practice: PracticePerson | None = None
    visitor: Visitor | None = None
    scopes: frozenset[Scope] = frozenset()

    @property
    def id(self) -> str:
        """The id by which trail and log name the caller."""
        known = self.client or self.person or self.practice or self.visitor
        return known.id if known else ""

    @property
    def name(self) -> str:
        """The name a person would read."""
        known = self.client or self.person or self.practice or self.visitor
        return known.name if known else ""

    @property
    def rights(self) -> str:
        """What the caller may do, for the log: the scopes of a provider's system in order, or a person's roles."""
        person = self.person or self.practice
        return " ".join(sorted(map(str, self.scopes)) if self.client else person.roles if person else ())

    @property
    def is_open(self) -> bool:
        """Whether nobody proved anything: the loopback-only open mode."""
        return self.how == "open mode"

    def must_be_allowed(self, operation: str) -> None:
        """Raises Forbidden unless this is a provider's system whose scopes allow the operation."""
        if self.client is None:
            raise Forbidden(f"{self.name} is a person; {operation} is for providers' systems. Use a client's access token.")
        if not suffices(self.scopes, operation):
            needed = " or ".join(NEEDED[operation])
            text = f"The access token does not allow {operation}. Ask the token endpoint for {needed}, which the payer must have registered."
            raise Forbidden(text, message_id="insufficient-scope")

    def must_be_person(self) -> Person:
        """The person calling, whatever the roles; raises Forbidden when it is not a person."""
        if self.person is None:
            raise Forbidden("Only the payer's staff may do this, with a person's token. Ask the payer to run: fhir-pa people token <id>.")
        return self.person

    def must_be_staff(self) -> Person:
        """The person calling, who may see cases; whoever only runs the server or writes policies has no business with them. Raises Forbidden."""
        person = self.must_be_person()
        if not self.holds(*CASEWORK):
            raise Forbidden(f"{person.name} may not see cases: that takes one of the roles {', '.join(CASEWORK)}.")
        return person

    def must_be_of_a_practice(self) -> PracticePerson:
        """The member of a practice's staff calling; raises Forbidden when it is somebody else."""
        if self.practice is None:
            raise Forbidden("Only a practice's own people may do this, signed in at the provider desk. Ask the payer for a [[practice_person]].")
        return self.practice

    def must_be_a_visitor(self) -> Visitor:
        """The member, or whoever the plan registered to act for one; raises Forbidden when it is somebody else."""
        if self.visitor is None:
            raise Forbidden("Only a member may do this, signed in at the member page.")
        return self.visitor

    def must_act_for_a_practice(self, doing: str) -> PracticePerson:
        """The same, where the person's role lets him or her act. Raises Forbidden for one who only reads."""
        person = self.must_be_of_a_practice()
        if not person.acts:
            raise Forbidden(f"{person.name} only reads at this desk; to {doing} takes a coordinator or a clinician. Ask one, or have the role added.")
        return person

    def holds(self, *roles: str) -> bool:
        """Whether this is a person with one of these roles."""
        return self.person is not None and bool(set(roles) & set(self.person.roles))

    def must_hold_one(self, roles: tuple[str, ...], doing: str) -> Person:
        """The person calling; raises Forbidden unless the directory gives them one of these roles."""
        person = self.must_be_person()
        if not self.holds(*roles):
            raise Forbidden(f"{person.name} may not {doing}: that takes one of the roles {', '.join(roles)}. Ask whoever has one, or have it added.")
        return person

    def must_hold(self, role: str, doing: str) -> Person:
        """The person calling; raises Forbidden unless the directory gives them this role."""
        person = self.must_be_person()
        if role not in person.roles:
            raise Forbidden(f"{person.name} is no {role}, and only {role}s may {doing}. Ask one, or have the role added to the [[person]].")
        return person


ANYBODY = Client(id="anybody", name="Anybody on this machine (open mode)", scopes=scopes("system/*.*"))


def open_caller() -> Caller:
    """Whoever calls a server started with ``--open``: a provider's system, never a person."""
    return Caller("open mode", client=ANYBODY, scopes=ANYBODY.scopes)
