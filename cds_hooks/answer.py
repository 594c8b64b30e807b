"""CoverageAnswer: what the payer says of one order under one coverage, before any guide version words it.

An answer that contradicts itself cannot be built, so every writer may rely on the rules of ``_contradictions``; they are
the safe core of the invariants crd-ci-q1 to q9 of all versions (crd.md §1.7.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cds_hooks.circle import Circle
from cds_hooks.on_file import Known
from ig_profiles.reading import Coding, Json
from questionnaires.criteria import Finding
from questionnaires.policy import Edition


class Covered(StrEnum):
    """Whether the plan pays for this."""

    YES = "covered"
    NO = "not covered"
    CONDITIONAL = "depends on what is not known yet"
    UNKNOWN = "could not be found out"


class PriorAuthorization(StrEnum):
    """Whether somebody must ask first."""

    NOT_NEEDED = "not needed"
    NEEDED = "needed"
    SATISFIED = "granted with this answer"
    BY_PERFORMER = "needed, asked for by the performer"
    CONDITIONAL = "depends on what is not known yet"
    UNKNOWN = "could not be found out"


class AnsweredBy(StrEnum):
    """Who can give the documentation the payer asks for, or that nobody can say yet whether it asks for any."""

    CLINICAL = "clinical"
    ADMIN = "admin"
    PATIENT = "patient"
    CONDITIONAL = "depends on what is not known yet"
    UNKNOWN = "could not be found out"


PEOPLE = frozenset({AnsweredBy.CLINICAL, AnsweredBy.ADMIN, AnsweredBy.PATIENT})


class Purpose(StrEnum):
    """What the documentation is for."""

    WITH_AUTHORIZATION = "sent with the prior authorization request"
    WITH_CLAIM = "sent with the claim"
    WITH_ORDER = "sent with the order"
    RETAINED = "kept in the chart"
    OTHER = "as the reason says"


class Need(StrEnum):
    """What must still become known before the payer can say more."""

    PERFORMER = "who performs it"
    LOCATION = "where"
    TIMEFRAME = "when"
    CONTRACT_WINDOW = "whether it falls into the contract's time"
    DETAIL_CODE = "a more detailed code"
    OTHER = "as the reason says"


class Why(StrEnum):
    """Reasons that have a code on the wire; every other reason is told in text alone."""

    GOLD_CARD = "the clinician is exempt"
    NO_MEMBER_FOUND = "no such member"
    NO_ACTIVE_COVERAGE = "no coverage is active"
    COVERAGE_NOT_FOUND = "the coverage cannot be told apart"
    OUT_OF_NETWORK = "needed outside the network only"
    TECHNICAL = "technical trouble"


class Particular(StrEnum):
    """What a detail is about."""

    ALLOWED_QUANTITY = "at most this much"
    ALLOWED_PERIOD = "in this time"
    IN_NETWORK_COPAY = "the member's share inside the network"
    OUT_NETWORK_COPAY = "the member's share outside the network"
    CONCURRENT_REVIEW = "reviewed while it goes on"
    APPROPRIATE_USE_NEEDED = "appropriate use must be shown"
    POLICY_LINK = "where the policy can be read"
    INSTRUCTIONS = "what to do"


@dataclass(frozen=True)
class Reason:
    """Why, in a sentence a clinician understands, with a code when there is one."""

    text: str
    why: Why | None = None


@dataclass(frozen=True)
class Amount:
    """A number with its unit (UCUM, or words)."""

    value: Decimal
    unit: str


@dataclass(frozen=True)
class Span:
    """From one day to another, both included; either may be open."""

    start: date | None
    end: date | None


@dataclass(frozen=True)
class Detail:
    """One particular: a yes/no, words (a URL for POLICY_LINK), an amount or a span; ``qualification`` says under which condition."""

    about: Particular
    value: bool | str | Amount | Span
    qualification: str | None = None


@dataclass(frozen=True)
class Contact:
    """Whom to ask about this very answer; never the general call centre."""

    name: str
    phone: str


@dataclass(frozen=True)
class Basis:
    """What the answer rests on, for the record that honours it later (crd.md §1.8).

    ``coverage`` and ``patient`` are the resources as the EHR sent them, with the call or when asked. ``on_file`` is what
    the payer held for the same service before; ``circle`` who performs it, and what is left of a limit.
    """

    order: str
    fingerprint: str
    label: str
    codes: tuple[Coding, ...] = ()
    coverage: Json | None = field(default=None, repr=False)
    patient: Json | None = field(default=None, repr=False)
    edition: Edition | None = None
    findings: tuple[Finding, ...] = ()
    on_file: Known = Known()
    line_of_business: str = ""
    circle: Circle = Circle()


@dataclass(frozen=True)
class CoverageAnswer:
    """The payer's answer for one order under one coverage.

    ``coverage`` is the reference exactly as the client writes it; ``assertion_id`` stays the same for this order and
    coverage. ``billing_codes`` are those the answer holds for. ``questionnaires`` are canonicals with version.
    Raises ValueError when the parts contradict each other.
    """

    coverage: str
    assertion_id: str
    on: date
    basis: Basis
    covered: Covered
    authorization: PriorAuthorization | None = None
    documentation: tuple[AnsweredBy, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    needs: tuple[Need, ...] = ()
    billing_codes: tuple[Coding, ...] = ()
    reasons: tuple[Reason, ...] = ()
    details: tuple[Detail, ...] = ()
    dependencies: tuple[str, ...] = ()
    questionnaires: tuple[str, ...] = ()
    authorization_number: str | None = None
    contact: Contact | None = None
    expires_on: date | None = None

    def __post_init__(self) -> None:
        wrong = list(_contradictions(self))
        if wrong:
            raise ValueError(f"A coverage answer contradicts itself: {' '.join(wrong)}")


def _contradictions(answer: CoverageAnswer) -> Iterator[str]:
    states = (answer.covered, answer.authorization)
    granted = answer.authorization is PriorAuthorization.SATISFIED
    who = set(answer.documentation)
    conditional = Covered.CONDITIONAL in states or PriorAuthorization.CONDITIONAL in states or AnsweredBy.CONDITIONAL in who
    unknown = Covered.UNKNOWN in states or PriorAuthorization.UNKNOWN in states or AnsweredBy.UNKNOWN in who
    if (answer.covered is Covered.NO) != (answer.authorization is None):
        yield "Say whether prior authorization is needed, unless the service is not covered."
    if conditional != bool(answer.needs):
        yield "Say what must become known exactly when something depends on it."
    if granted != bool(answer.authorization_number):
        yield "Give an authorization number exactly when the authorization is granted."
    if (who & PEOPLE and not answer.purposes) or (answer.purposes and not who):
        yield "Say what documentation is for, and only when some is asked for."
    if len(who) > 1 and not who <= PEOPLE:
        yield "Say who can give the documentation, or that it is not known yet, but not both."
    if answer.questionnaires and not answer.documentation:
        yield "Name questionnaires only when documentation is asked for."
    if answer.covered is Covered.NO and answer.documentation:
        yield "Ask for no documentation of a service that is not covered."
    if Purpose.WITH_AUTHORIZATION in answer.purposes and answer.authorization in (PriorAuthorization.SATISFIED, PriorAuthorization.NOT_NEEDED):
        yield "Ask for no documentation with an authorization request that nobody needs to make."
    if (conditional or unknown or answer.purposes or answer.covered is Covered.NO) and not answer.reasons:
        yield "Give the reason."
    if not all(reason.text.strip() for reason in answer.reasons):
        yield "Say every reason in words."
