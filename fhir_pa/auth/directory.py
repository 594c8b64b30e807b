"""The people and systems this payer knows: provider systems, its own staff, its members, gold cards, network and apps; read once from the configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from cds_hooks.apps import App
from cds_hooks.network import Network
from fhir_pa.auth.practice import Practice, PracticePerson
from fhir_pa.auth.representative import Representative
from fhir_pa.auth.scopes import Scope
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.reviewing.delegate import Delegate

CASE_MANAGER = "case manager"
CASEWORK = ("nurse", "physician", "clerk", "auditor", CASE_MANAGER)  # whoever may see cases
TAKES = ("physician", "nurse", "clerk")  # whoever may have a case in hand
ROLES = (*CASEWORK, "policy", "operator")
LINES_OF_BUSINESS = ("medicare-advantage", "medicaid", "commercial-erisa", "qhp")


@dataclass(frozen=True)
class Identifier:
    """A name in somebody's numbering, as FHIR's Identifier has it."""

    system: str
    value: str


@dataclass(frozen=True)
class Insurer:
    """The payer itself, as it signs its answers: the name on the member's card, its identifier, whom to call.

    ``coverage_updates`` lets its member file correct EHRs' coverage records; not where a rule asks for X12 270/271 instead.
    """

    name: str = "An unnamed payer"
    identifier: Identifier | None = None
    phone: str = ""
    coverage_updates: bool = False


@dataclass(frozen=True)
class Consent:
    """A provider's word that a client may ask in its name: who signed it, on which day, and the last day it holds (None: no end)."""

    npi: str
    signed_by: str
    on: date
    until: date | None = None

    def holds(self, npi: str, day: date) -> bool:
        """Whether it is this provider's, and in force on this day."""
        return self.npi == npi and self.on <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Client:
    """A provider's system that may call us, and the addresses at which we may call it.

    ``jwks`` are public keys given inline; ``jwks_url`` says where to read them. CDS Hooks tokens are recognised by
    ``cds_issuer`` and may name ``cds_jwks_url`` as their ``jku``. ``organizations`` are the NPIs and sender ids it speaks
    for. ``fhir_bases`` and ``notification_endpoints`` are URL prefixes. ``validation`` is ``strict`` or ``tolerant`` where
    it differs from the server's. With a ``certificate_uri`` it is let in by mutual TLS alone, under a certificate that names
    its holder by this URI. ``search_parameters`` are its server's names for search parameters, by ``Type.parameter``.
    ``dtr`` is false for a system that cannot run DTR: forms come to it as tasks. With ``consents`` it acts for others: it
    submits in the name of its own ``organizations`` and of those who consented, and of nobody else.
    """

    id: str
    name: str
    scopes: frozenset[Scope] = frozenset()
    jwks: tuple[Mapping[str, Any], ...] = field(default=(), hash=False, repr=False)
    jwks_url: str = ""
    cds_issuer: str = ""
    cds_jwks_url: str = ""
    fhir_bases: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    notification_endpoints: tuple[str, ...] = ()
    validation: str = ""
    certificate_uri: str = ""
    search_parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    dtr: bool = True
    consents: tuple[Consent, ...] = ()


@dataclass(frozen=True)
class Licence:
    """A licence to practise: its number, the state that gave it, the last day it holds (None: no end on file)."""

    number: str
    state: str
    until: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether it holds on this day."""
        return self.until is None or on <= self.until


@dataclass(frozen=True)
class Person:
    """One of the payer's staff. ``specialties`` are NUCC taxonomy codes, ``accounts`` the names the plan's sign-in knows the person by.

    ``delegate`` names the review organization the person works for; then the person sees its cases alone.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    npi: str = ""
    licence: Licence | None = None
    specialties: tuple[str, ...] = ()
    phone: str = ""
    accounts: tuple[str, ...] = ()
    delegate: str = ""


@dataclass(frozen=True)
class PlanAccounts:
    """The OpenID provider of the plan's own accounts, and what this server is registered there as.

    ``endpoints`` are the URL prefixes, besides the issuer's own host, at which its token endpoint and its keys may lie.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    endpoints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Member:
    """One insured person as the payer's own files have them.

    ``language`` is the one the member wants to be written to in, ``accounts`` the names the member portal knows the person by.
    """

    id: str
    system: str
    name: str
    birth_date: date | None
    line_of_business: str
    plan: str = ""
    covered_from: date | None = None
    covered_until: date | None = None
    language: str = ""
    accounts: tuple[str, ...] = ()

    def covered(self, on: date) -> bool:
        """Whether coverage is in force on this day."""
        return (self.covered_from is None or self.covered_from <= on) and (self.covered_until is None or on <= self.covered_until)


@dataclass(frozen=True)
class GoldCard:
    """A clinician or organization (NPI) that need not ask: why, until which day, and for which policies (none named: all)."""

    npi: str
    because: str
    until: date | None = None
    topics: tuple[str, ...] = ()

    def spares(self, topic: str, on: date) -> bool:
        """Whether it spares a request under this policy on this day."""
        return (not self.topics or topic in self.topics) and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Directory:
    """All of them, with the questions the rest of the house asks."""

    insurer: Insurer = Insurer()
    clients: tuple[Client, ...] = ()
    people: tuple[Person, ...] = ()
    members: tuple[Member, ...] = ()
    gold_cards: tuple[GoldCard, ...] = ()
    network: Network = Network()
    apps: tuple[App, ...] = ()
    delegates: tuple[Delegate, ...] = ()
    plan_accounts: PlanAccounts | None = None
    practices: tuple[Practice, ...] = ()
    practice_people: tuple[PracticePerson, ...] = ()
    representatives: tuple[Representative, ...] = ()
    member_accounts: PlanAccounts | None = None
    root_causes: Mapping[str, RootCause] = field(default_factory=dict, hash=False)

    @property
    def lists_members(self) -> bool:
        """Whether a member not listed is unknown; with nobody listed, every member is taken at the sender's word."""
        return bool(self.members)

    def client(self, identity: str) -> Client | None:
        """The provider system with this client id."""
        return next((client for client in self.clients if client.id == identity), None)

    def client_of_issuer(self, issuer: str) -> Client | None:
        """The provider system whose CDS Hooks tokens carry this ``iss``."""
        return next((client for client in self.clients if client.cds_issuer and client.cds_issuer.rstrip("/") == issuer.rstrip("/")), None)

    def person(self, identity: str) -> Person | None:
        """The member of staff with this id."""
        return next((person for person in self.people if person.id == identity), None)

    def practice_person(self, identity: str) -> PracticePerson | None:
        """The member of a practice's staff with this id."""
        return next((person for person in self.practice_people if person.id == identity), None)

    def gold_card(self, npis: Iterable[str], topic: str, on: date) -> GoldCard | None:
        """The gold card of one of these NPIs that spares a request under this policy on this day; the one that lasts longest."""
        known = set(npis)
        found = [card for card in self.gold_cards if card.npi in known and card.spares(topic, on)]
        return max(found, key=lambda card: card.until or date.max, default=None)

    def member(self, value: str, system: str | None = None, born: date | None = None) -> Member | None:
        """The member with this id; senders often leave the system out or use their own, so an exact system wins but is not needed.

        A family may share a number: whoever was born on another day than ``born`` is somebody else.
        """
        alike = [each for each in self._members_by_id.get(value, []) if born is None or each.birth_date in (None, born)]
        exact = next((member for member in alike if member.system == system), None)
        return exact or (alike[0] if len(alike) == 1 else None)

    def numbered(self, value: str) -> tuple[Member, ...]:
        """Every member with this id: several where a family shares one."""
        return tuple(self._members_by_id.get(value, ()))

    @staticmethod
    def visitor_id(number: str, born: date) -> str:
        """An opaque name for whoever signs in to the member page with this number and birthday."""
        return hashlib.sha256(f"{born.isoformat()}|{number}".encode()).hexdigest()[:24]

    @cached_property
    def signing_in(self) -> Mapping[str, tuple[str, date]]:
        """Number and birthday of everybody who may sign in to the member page, by the opaque name."""
        known = [(each.id, each.birth_date) for each in self.members if each.birth_date] + [(each.id, each.birth_date) for each in self.representatives]
        return {self.visitor_id(number, born): (number, born) for number, born in known}

    @cached_property
    def _members_by_id(self) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for member in self.members:
            found.setdefault(member.id, []).append(member)
        return found
