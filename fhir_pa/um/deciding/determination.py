"""Determination: the payer's decision on one requested service, carrying its reason, findings and policy edition.

The engine answers ``Certify`` or ``Refer`` and has no third word: software never denies or reduces on clinical grounds.
A ``Determination`` that takes something away cannot even be built without the signature of a licensed physician, a
reason and a phone number (domain §4.9, invariants 1 and 2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from fhir_pa.um.deciding.exemption import Exemption
from fhir_pa.um.deciding.information_request import InformationRequest
from fhir_pa.um.deciding.recurrence import Recurrence
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.deciding.step_down import StepDown
from ig_profiles.outcome import Forbidden, Unprocessable
from questionnaires.criteria import Finding, Truth
from questionnaires.policy import Certifies, Edition, RequestedService


class ReviewAction(StrEnum):
    """What the payer did with a requested service (X12 data element 306, in our words)."""

    CERTIFIED = "certified in total"
    PARTIAL = "certified partial"
    NOT_CERTIFIED = "not certified"
    PENDED = "pended"
    MODIFIED = "modified"
    CANCELLED = "cancelled"
    NO_ACTION = "no action required"


DISCHARGE_PLAN = "18776-5"  # LOINC: plan of care
ADVERSE = frozenset({ReviewAction.NOT_CERTIFIED, ReviewAction.PARTIAL, ReviewAction.MODIFIED})
FINAL = frozenset(ReviewAction) - {ReviewAction.PENDED}


@dataclass(frozen=True)
class EditionReference:
    """Which wording decided: enough to find it again and to prove it has not changed; ``days`` is how long it certifies.

    ``sensitive`` is what the edition said of whom its authorizations may be shown to, ``review_every`` after how many days
    care that goes on is reviewed (None: it is not), ``plan_criteria`` which of its criteria the discharge plan shows, ``recurs``
    the interval at which it certifies what was asked for as a series, ``goal_days`` how many days it expects a stay to take,
    ``response_every`` after how many days of treatment its response is shown.
    """

    topic: str
    version: str
    fingerprint: str
    days: int | None = None
    sensitive: bool = False
    review_every: int | None = None
    plan_criteria: tuple[str, ...] = ()
    recurs: Recurrence | None = None
    goal_days: int | None = None
    response_every: int | None = None

    @property
    def name(self) -> str:
        """How people call it, e.g. ``home_oxygen 2026.1``."""
        return f"{self.topic} {self.version}"

    @classmethod
    def of(cls, edition: Edition, findings: tuple[Finding, ...] = (), service: RequestedService | None = None) -> EditionReference:
        """The reference to this edition, and how long it certifies this service where these were the findings."""
        limit = edition.certifying(findings, service)
        ahead = edition.benefits.ahead
        every = ahead.concurrent_review_every_days
        plan = tuple(criterion.id for criterion in edition.criteria if criterion.document == DISCHARGE_PLAN) if every else ()
        days, recurs = (limit.days, Recurrence.of(limit)) if limit else (None, None)
        goal, response = ahead.goal_days, ahead.response_evidence_every_days
        return cls(edition.topic, edition.version, edition.fingerprint, days, edition.sensitive, every, plan, recurs, goal, response)


@dataclass(frozen=True)
class Authorized:
    """What was certified: from when until when, and how much (both days included); ``recurs`` is the interval of a series."""

    starts_on: date
    until: date
    quantity: Decimal | None = None
    unit: str | None = None
    recurs: Recurrence | None = None


@dataclass(frozen=True)
class Signature:
    """Who decided: the credentials as they stood at that moment."""

    person: str
    name: str
    role: str
    npi: str | None = None
    licence: str | None = None
    specialties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Determination:
    """The payer's decision on one requested service.

    ``reason_codes`` are X12 886 codes. ``phone`` is whom to call about it. ``signed_by`` is absent when the engine
    certified or referred. ``criteria`` names the criteria an adverse decision rests on. ``asks`` is what a pend asks the
    provider for. ``awaits_engine``: pended only because the exchange was over before the engine had weighed it.
    ``exemption`` is the gold card that spared weighing it. ``excluded_by`` is who wrote, in a policy edition and before
    anybody asked, that the plan does not cover the service. ``step_down`` is what is certified from then on in its place.
    """

    action: ReviewAction
    because: str
    decided_at: datetime
    findings: tuple[Finding, ...] = ()
    edition: EditionReference | None = None
    authorized: Authorized | None = None
    reason_codes: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    phone: str | None = None
    signed_by: Signature | None = None
    asks: tuple[InformationRequest, ...] = ()
    awaits_engine: bool = False
    root_cause: RootCause | None = None
    exemption: Exemption | None = None
    excluded_by: str = ""
    step_down: StepDown | None = None

    def __post_init__(self) -> None:
        if self.action in (ReviewAction.CERTIFIED, ReviewAction.MODIFIED, ReviewAction.PARTIAL) and self.authorized is None:
            raise Unprocessable("A certification says for how long it holds. Give the first and the last day that are certified.")
        if self.action in ADVERSE:
            self._refuse_unsigned()
        if self.action is ReviewAction.CANCELLED and not self.because:
            raise Unprocessable("A cancellation says who asked for it. Give the reason.")

    def _refuse_unsigned(self) -> None:
        by_physician = self.signed_by is not None and self.signed_by.role == "physician" and bool(self.signed_by.licence)
        if not by_physician and not self._is_exclusion:
            raise Forbidden("Only a named physician with a licence may deny or reduce a service. Refer it to a physician reviewer.")
        if not self.because.strip() or not self.reason_codes:
            text = "An adverse decision tells its reason. Give one plain sentence and a reason code."
            raise Unprocessable(text, expression="reason_code" if self.because.strip() else "because")
        if not self.phone:
            text = "An adverse decision names whom to call. Give a phone number that the provider and the member can use."
            raise Unprocessable(text, expression="phone")

    @property
    def _is_exclusion(self) -> bool:
        """Whether a policy edition said in advance, over a person's name, that the plan does not cover this; no criterion is in it."""
        said = bool(self.excluded_by) and self.root_cause is RootCause.NOT_COVERED and self.action is ReviewAction.NOT_CERTIFIED
        return said and self.edition is not None and not self.findings and not self.criteria

    @property
    def is_final(self) -> bool:
        """Whether nobody has to look any more."""
        return self.action in FINAL

    def says_the_same_as(self, other: Determination) -> bool:
        """Whether only the moment differs."""
        return replace(self, decided_at=other.decided_at) == other

    @property
    def by_a_person(self) -> bool:
        """Whether a human being reviewed and signed."""
        return self.signed_by is not None


@dataclass(frozen=True)
class Certify:
    """The engine's yes: every criterion is met, or an ``exemption`` spares showing it (``gold_card``)."""

    because: str
    findings: tuple[Finding, ...]
    edition: EditionReference
    authorized: Authorized
    exemption: Exemption | None = None

    def determination(self, at: datetime) -> Determination:
        """The certification, as of this moment."""
        return Determination(ReviewAction.CERTIFIED, self.because, at, self.findings, self.edition, self.authorized, exemption=self.exemption)


@dataclass(frozen=True)
class Refer:
    """The engine's only other word: a person looks. ``missing`` names the open facts, ``asks`` what the provider could send."""

    because: str
    findings: tuple[Finding, ...]
    edition: EditionReference
    to: str
    missing: tuple[str, ...] = ()
    phone: str | None = None
    asks: tuple[InformationRequest, ...] = ()
    awaits_engine: bool = False

    def determination(self, at: datetime) -> Determination:
        """The pend, as of this moment."""
        pended = Determination(ReviewAction.PENDED, self.because, at, self.findings, self.edition, phone=self.phone)
        return replace(pended, asks=self.asks, awaits_engine=self.awaits_engine)


def not_weighed_yet(edition: Edition) -> Refer:
    """The answer when the exchange is over before the engine is done: pended, and weighed on at once."""
    because = "The plan is still looking at what was sent. The answer is told as soon as it is there."
    return Refer(because, (), EditionReference.of(edition), edition.refer_to, phone=edition.phone, awaits_engine=True)


def determine(edition: Edition, findings: tuple[Finding, ...], service: RequestedService, today: date) -> Certify | Refer:
    """The engine's answer for one requested service: certify when every criterion is met, else refer.

    An edition without criteria, or one that certifies nothing, always refers: silence never certifies, nor what is no benefit.
    """
    name = EditionReference.of(edition, findings, service)
    open_ = tuple(finding for finding in findings if finding.truth is not Truth.MET)
    limit = edition.certifying(findings, service)
    if findings and not open_ and limit is not None and edition.covered:
        more = limit.beyond(service, today)
        if more:
            return Refer(f"{more} {edition.title} certifies less without review.", findings, name, edition.refer_to, phone=edition.phone)
        held = authorized(limit, service, today)
        series = f" {held.recurs.in_words}" if held.recurs else ""
        return Certify(f"Every criterion of {edition.title} is met.{series}", findings, name, held)
    missing = tuple(dict.fromkeys(fact for finding in open_ for fact in finding.missing))
    reason = " ".join(finding.because for finding in open_) or edition.because
    return Refer(reason, findings, name, edition.refer_to, missing, edition.phone)


def authorized(limit: Certifies, service: RequestedService, today: date) -> Authorized:
    """What is certified of a service that asks for no more than the policy certifies: its own days and amount, else the policy's."""
    starts_on = service.on or today
    days = limit.schedule.days_for(int(service.quantity)) if limit.schedule and service.quantity else limit.days
    until = service.until if service.until and service.until >= starts_on else starts_on + timedelta(days=days - 1)
    return Authorized(starts_on, until, service.quantity or limit.quantity, service.unit or limit.unit, Recurrence.of(limit))
