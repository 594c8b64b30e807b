"""Policy and edition: a payer's rule on a topic, and one dated wording of it that may speak about a requested service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from ig_profiles.reading import Coding
from questionnaires.benefits import Benefits
from questionnaires.criteria import Answers, Circumstances, Criterion, Finding, Truth, facts_tested, weigh
from questionnaires.offers import Alternative, Companion
from questionnaires.schedule import Schedule


@dataclass(frozen=True)
class RequestedService:
    """One thing asked for, in the words a policy understands; read from an order (CRD) or a Claim item (PAS).

    ``codes`` are alternatives for the same service (an order may carry several). ``place`` is a CMS place-of-service
    code. ``quantity`` is in ``unit`` for the whole period from ``on`` until ``until``.
    """

    codes: tuple[Coding, ...]
    diagnoses: tuple[Coding, ...] = ()
    on: date | None = None
    until: date | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    place: str | None = None
    line_of_business: str = ""


@dataclass(frozen=True)
class Certifies:
    """What an edition certifies when every criterion is met: for how long, and at most how much.

    ``when`` names criteria: it is certified so only when one of them is met. None means always. ``schedule`` is the interval
    at which what is certified together may be given.
    """

    days: int
    quantity: Decimal | None = None
    unit: str | None = None
    when: tuple[str, ...] = ()
    schedule: Schedule | None = None

    def beyond(self, service: RequestedService, today: date) -> str:
        """Why this asks for more than is certified; empty when it does not. Giving less would be a reduction."""
        starts_on = service.on or today
        if self.quantity is not None and service.quantity is not None and service.quantity > self.quantity:
            return f"The quantity asked for is {service.quantity} {service.unit or self.unit or 'units'}."
        if service.until is not None and service.until > starts_on + timedelta(days=self.days - 1):
            return f"The period asked for ends on {service.until}."
        if self.schedule is not None and service.until is not None and service.quantity is not None:
            days = (service.until - starts_on).days + 1
            if service.quantity > self.schedule.most_in(days):
                return f"{service.quantity} in {days} days are more often than one every {self.schedule.every_days} days."
        return ""


@dataclass(frozen=True)
class Edition:
    """One dated wording of a policy, with all that CRD, DTR and PAS need from it.

    ``services`` empty means: every service (only ``anything_else``). ``authorization`` is ``needed`` or ``not needed``;
    ``documentation`` says who can answer (``clinical``, ``admin``, ``patient``). ``questionnaire`` is ``url|version``.
    ``refer_to`` names who looks when the engine cannot certify: ``nurse`` or ``physician``. ``fingerprint`` is the
    SHA-256 of the wording and of its form and facts, so that a decision can prove which text it used. ``certifies_less``
    are shorter or smaller certifications that go before ``certifies`` when their criteria are met. Authorizations under a
    ``sensitive`` edition are shown to other providers than the submitter only when asked for by number. ``benefits`` is
    what it says of network, shares, limits and billing codes. ``alternatives`` and ``companions`` are what the clinician
    is offered while ordering; they decide nothing. ``form`` says whether providers are handed the whole form or one that
    asks step by step; ``remembers`` names questions whose answers stay true, so that they are offered again.
    ``specialties`` are the fields whose physicians know such cases; ``indicated`` are beginnings of the ICD-10-CM codes it is
    meant for: a decision against a member who has one takes a physician of these fields. ``schedules`` say what may be certified
    together when it comes back at intervals.
    """

    topic: str
    version: str
    title: str
    owner: str
    source: str
    signed_by: str
    in_force_from: date
    in_force_until: date | None
    lines_of_business: tuple[str, ...]
    services: tuple[Coding, ...]
    covered: bool
    authorization: Literal["needed", "not needed"]
    documentation: tuple[str, ...]
    because: str
    criteria: tuple[Criterion, ...]
    certifies: Certifies | None
    refer_to: Literal["nurse", "physician"]
    questionnaire: str | None
    phone: str | None
    policy_link: str | None
    fingerprint: str
    certifies_less: tuple[Certifies, ...] = ()
    sensitive: bool = False
    benefits: Benefits = Benefits()
    alternatives: tuple[Alternative, ...] = ()
    companions: tuple[Companion, ...] = ()
    form: Literal["standard", "adaptive"] = "standard"
    remembers: tuple[str, ...] = ()
    specialties: tuple[Coding, ...] = ()
    indicated: tuple[str, ...] = ()
    schedules: tuple[Schedule, ...] = ()

    @property
    def name(self) -> str:
        """How people and records call it, e.g. ``home_oxygen 2026.1``."""
        return f"{self.topic} {self.version}"

    @property
    def excludes(self) -> bool:
        """Whether it says, over a person's name and asking nothing clinical, that the plan does not pay for this at all."""
        return not self.covered and not self.criteria and bool(self.signed_by) and bool(self.because)

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact its criteria test, once each."""
        return tuple(dict.fromkeys(fact for criterion in self.criteria for fact in facts_tested(criterion)))

    def speaks_about(self, service: RequestedService, on: date) -> bool:
        """Whether this wording is the payer's rule for this service on this day."""
        if not self.in_force_from <= on or (self.in_force_until is not None and on > self.in_force_until):
            return False
        if self.lines_of_business and service.line_of_business not in self.lines_of_business:
            return False
        return not self.services or any(mine.same_as(theirs) for mine in self.services for theirs in service.codes)

    def applying(self, service: RequestedService) -> tuple[Criterion, ...]:
        """The criteria this service has to meet."""
        asked = {coding.code for coding in service.codes}
        return tuple(criterion for criterion in self.criteria if not criterion.services or asked.intersection(criterion.services))

    def weigh(self, service: RequestedService, answers: Answers, circumstances: Circumstances) -> tuple[Finding, ...]:
        """A finding for every criterion that applies to this service."""
        return tuple(weigh(criterion, answers, circumstances) for criterion in self.applying(service))

    def certifying(self, findings: Iterable[Finding], service: RequestedService | None = None) -> Certifies | None:
        """What it certifies of this service for a request with these findings, once every criterion is met."""
        held = met(findings)
        return next((less for less in self.certifies_less if held.intersection(less.when)), self.most(service))

    def most(self, service: RequestedService | None) -> Certifies | None:
        """The most it certifies of this service: a whole schedule where several are asked for and it has one, else ``certifies``."""
        schedule = self.schedule_of(service) if service is not None and service.quantity is not None and service.quantity > 1 else None
        if schedule is None or self.certifies is None:
            return self.certifies
        return Certifies(schedule.days, Decimal(schedule.quantity), self.certifies.unit, schedule=schedule)

    def schedule_of(self, service: RequestedService) -> Schedule | None:
        """The schedule on which this service may be certified; None when it has none."""
        asked = {coding.code for coding in service.codes}
        return next((each for each in self.schedules if not each.services or asked.intersection(each.services)), None)


def met(findings: Iterable[Finding]) -> frozenset[str]:
    """The ids of the criteria that are met, however deep."""
    return frozenset(finding.criterion for finding in _every(findings) if finding.truth is Truth.MET)


def _every(findings: Iterable[Finding]) -> Iterator[Finding]:
    for finding in findings:
        yield finding
        yield from _every(finding.below)
