"""Review: a person's decision, and who may make which (domain §4.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from fhir_pa.um.deciding.determination import Authorized, Determination, ReviewAction, Signature
from fhir_pa.um.deciding.request import RequestedItem
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.deciding.step_down import StepDown, refuse_gap
from ig_profiles.outcome import Forbidden, Unprocessable
from questionnaires.criteria import Finding


class Verdict(StrEnum):
    """What a reviewer may say of an item."""

    CERTIFY = "certify"
    DENY = "deny"
    MODIFY = "modify"


ACTION = {Verdict.CERTIFY: ReviewAction.CERTIFIED, Verdict.DENY: ReviewAction.NOT_CERTIFIED, Verdict.MODIFY: ReviewAction.MODIFIED}

MAY = {Verdict.CERTIFY: ("nurse", "physician"), Verdict.DENY: ("physician",), Verdict.MODIFY: ("physician",)}


@dataclass(frozen=True)
class Reviewer:
    """A named person of the payer, with the credentials that decide what he or she may do."""

    person: str
    name: str
    roles: tuple[str, ...]
    npi: str | None = None
    licence: str | None = None
    licence_until: date | None = None
    specialties: tuple[str, ...] = ()
    phone: str | None = None

    def signature(self, verdict: Verdict, at: datetime) -> Signature:
        """The signature under this verdict, or a Forbidden that says who may give it instead."""
        role = next((role for role in reversed(MAY[verdict]) if role in self.roles), None)
        if role is None:
            may = " or a ".join(MAY[verdict])
            raise Forbidden(f"{self.name} may not {verdict} a service: that takes a {may}. Refer the item instead.")
        if role == "physician" and (not self.licence or self.licence_until is None or self.licence_until < at.date()):
            raise Forbidden(f"{self.name} has no licence that is valid on {at.date()}. Renew the licence on file, or let another physician decide.")
        return Signature(self.person, self.name, role, self.npi, self.licence, self.specialties)


@dataclass(frozen=True)
class Decision:
    """What the reviewer wrote: one verdict for some items, with its reason.

    ``criteria`` are the ids of the findings it rests on; ``authorized`` is what is certified (a certification without it
    certifies what was asked for); ``phone`` is whom to call; ``root_cause`` why it is not as asked, in one word. A modification
    may offer a ``step_down``: less intense care after days of transition.
    """

    items: tuple[int, ...]
    verdict: Verdict
    because: str
    criteria: tuple[str, ...] = ()
    reason_codes: tuple[str, ...] = ()
    phone: str | None = None
    authorized: Authorized | None = None
    root_cause: RootCause | None = None
    step_down: StepDown | None = None

    def determination(self, item: RequestedItem, before: Determination, reviewer: Reviewer, at: datetime) -> Determination:
        """The signed determination this decision means for one item.

        Raises Forbidden when the reviewer may not say so, Unprocessable when the decision lacks what it must tell.
        """
        signature = reviewer.signature(self.verdict, at)
        if not self.because.strip():
            raise Unprocessable("A decision tells its reason. Write one plain sentence.", expression="because")
        self._refuse_unknown_criteria(before.findings)
        reduced = self.verdict is Verdict.MODIFY
        if reduced and self.authorized is None:
            raise Unprocessable("A modification says what is certified instead. Give quantity, from and until.", expression="authorized")
        step_down = self._step_down()
        authorized = None if self.verdict is Verdict.DENY else self._authorized(item, before, at)
        return Determination(
            action=ACTION[self.verdict],
            because=" ".join(filter(None, [self.because.strip(), step_down.says if step_down else ""])),
            decided_at=at,
            findings=before.findings,
            edition=before.edition,
            authorized=authorized,
            reason_codes=self.reason_codes,
            criteria=self.criteria,
            phone=self.phone or (reviewer.phone if self.verdict is not Verdict.CERTIFY else None),
            signed_by=signature,
            root_cause=None if self.verdict is Verdict.CERTIFY else self.root_cause,
            step_down=step_down,
        )

    def _authorized(self, item: RequestedItem, before: Determination, at: datetime) -> Authorized:
        """What is certified; several of what an edition certifies as a series keep its interval, whoever certifies them."""
        edition = before.edition
        held = self.authorized or as_requested(item, at.date(), edition.days if edition else None)
        several = held.quantity is not None and held.quantity > 1
        return replace(held, recurs=edition.recurs) if edition and edition.recurs and several else held

    def _step_down(self) -> StepDown | None:
        if self.step_down is None:
            return None
        if self.verdict is not Verdict.MODIFY or self.authorized is None:
            raise Unprocessable("A step down is part of a modification with its days of transition. Modify, or leave it out.", expression="step_down")
        refuse_gap(self.step_down, self.authorized.until)
        return self.step_down

    def _refuse_unknown_criteria(self, findings: tuple[Finding, ...]) -> None:
        known = {inner.criterion for inner in walked(findings)}
        strange = [name for name in self.criteria if name not in known]
        if strange:
            there = ", ".join(sorted(known)) or "none"
            raise Unprocessable(f"'{strange[0]}' is no criterion of this item. Criteria weighed here: {there}.", expression="criteria")
        if self.verdict is not Verdict.CERTIFY and known and not self.criteria:
            highest = ", ".join(dict.fromkeys(finding.criterion for finding in findings))
            text = f"An adverse decision names the criteria it rests on. Choose from: {highest}, or a part of one."
            raise Unprocessable(text, expression="criteria")


A_YEAR = 365


def as_requested(item: RequestedItem, today: date, days: int | None) -> Authorized:
    """What was asked for, as an authorization; without a last day it holds for the policy's days, else for a year."""
    service = item.service
    starts_on = service.on or today
    until = service.until if service.until and service.until >= starts_on else starts_on + timedelta(days=(days or A_YEAR) - 1)
    return Authorized(starts_on, until, service.quantity, service.unit)


def walked(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Every finding, and those beneath it."""
    for finding in findings:
        yield finding
        yield from walked(finding.below)
