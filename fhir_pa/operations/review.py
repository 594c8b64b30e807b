"""A reviewer's acts: see the worklist, open a case, decide items, reopen what was decided against the member, take more time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import Person
from fhir_pa.operations.view import summary, whole
from fhir_pa.operations.weighing import documentation_of, weigh_items
from fhir_pa.pas.codes import DECISION_REASONS
from fhir_pa.um.authorization import Authorization
from fhir_pa.um.determination import Authorized
from fhir_pa.um.extension_of_time import extend as extend_time
from fhir_pa.um.review import Decision, Reviewer, Verdict
from fhir_pa.um.time_limits import ExtensionReason
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Issue, Unprocessable, Unreadable
from ig_profiles.reading import Json


def worklist(caller: Caller, payer: Payer) -> Json:
    """Every case at which a person must look, the most urgent first."""
    caller.must_be_staff()
    with payer.store.reading() as tx:
        return {"authorizations": [summary(authorization) for authorization in tx.pended()]}


def read(number: str, caller: Caller, payer: Payer) -> Json:
    """One case, whole."""
    caller.must_be_staff()
    with payer.store.reading() as tx:
        return whole(tx.authorization(number))


def decide(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """A signed decision on some items of a case; every subscriber concerned is told in the same transaction.

    Raises Forbidden when this person may not say so, Unprocessable when the decision lacks what it must tell, Conflict
    when the case moved on meanwhile.
    """
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    decision = _read_decision(parse(body))
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    return _keep(case.decide(decision, reviewer, at), "decided", payer, at)


def reopen(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Items decided against the member go back to a physician, with the reason, weighed anew with all that is on file."""
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    form = _Form(parse(body))
    sequences, because = form.items(), form.text("because")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
        documentation = documentation_of(case, tx)
    wanted = tuple(case.item(sequence).requested for sequence in sequences)
    answers = weigh_items(wanted, case.request.line_of_business, documentation, payer.shelf, payer.facts, at)
    return _keep(case.reopen(sequences, reviewer, because, answers, at), "reopened", payer, at)


def extend(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """More time to decide a case, for a lawful reason: a physician takes it, a nurse's wish for it stands in the trail.

    Every subscriber concerned hears of the new due time. Raises Forbidden when this person may do neither, Unprocessable
    when the law gives no more time for this reason, Conflict when it gave it already or nothing waits for a decision.
    """
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    form = _Form(parse(body))
    reason, because = form.reason(), form.text("because")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    changed = extend_time(case, reason, because, reviewer, at)
    if changed.clock != case.clock:
        return _keep(changed, "time extended", payer, at)
    with payer.store.transaction() as tx:
        tx.save(changed)
    return whole(changed)


def reviewer_of(person: Person) -> Reviewer:
    """A member of staff as the heart knows a reviewer."""
    licence = person.licence
    number = f"{licence.state} {licence.number}" if licence else None
    until = (licence.until or date.max) if licence else None
    return Reviewer(person.id, person.name, person.roles, person.npi or None, number, until, person.specialties, person.phone or None)


def _keep(changed: Authorization, why: str, payer: Payer, at: datetime) -> Json:
    with payer.store.transaction() as tx:
        tx.save(changed)
        tx.notify(changed, why=why, at=at)
    return whole(changed)


def _read_decision(body: Any) -> Decision:
    form = _Form(body)
    codes = form.texts("reason_code")
    strange = [code for code in codes if code not in DECISION_REASONS]
    if strange:
        form.wrong("reason_code", f"'{strange[0]}' is no decision reason on file. Known: {', '.join(sorted(DECISION_REASONS))}.")
    decision = Decision(
        items=form.items(),
        verdict=form.verdict(),
        because=form.text("because"),
        criteria=form.texts("criteria"),
        reason_codes=codes,
        phone=form.text("phone") or None,
        authorized=form.authorized(),
    )
    form.refuse_if_wrong()
    return decision


@dataclass
class _Form:
    """What a reviewer filled in, read with every mistake named at once."""

    body: Any

    def __post_init__(self) -> None:
        if not isinstance(self.body, dict):
            raise Unreadable('The decision is not a JSON object. Send {"items": [1], "decision": "certify", "because": "…"}.')
        self.issues: list[Issue] = []

    def wrong(self, where: str, text: str) -> None:
        self.issues.append(Issue(text, "invalid", expression=where))

    def refuse_if_wrong(self) -> None:
        if self.issues:
            raise Unprocessable(*self.issues)

    def items(self) -> tuple[int, ...]:
        values = self.body.get("items")
        if not isinstance(values, list) or not values or not all(type(value) is int for value in values):
            self.wrong("items", "Give the sequences of the items as a list of whole numbers, e.g. [2, 3].")
            return ()
        return tuple(values)

    def verdict(self) -> Verdict:
        try:
            return Verdict(self.body.get("decision"))
        except ValueError:
            self.wrong("decision", f"Say one of: {', '.join(Verdict)}.")
            return Verdict.CERTIFY

    def reason(self) -> ExtensionReason:
        try:
            return ExtensionReason(self.body.get("reason"))
        except ValueError:
            self.wrong("reason", f"Say why the law gives more time, one of: {', '.join(ExtensionReason)}.")
            return ExtensionReason.MEMBER_ASKED

    def text(self, key: str) -> str:
        value = self.body.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(key, f"Write {key} as text.")
            return ""
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.body.get(key) or []
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            self.wrong(key, f"Write {key} as a text or a list of texts.")
            return ()
        return tuple(values)

    def authorized(self) -> Authorized | None:
        value = self.body.get("authorized")
        if value is None:
            return None
        try:
            quantity = Decimal(str(value["quantity"])) if value.get("quantity") is not None else None
            period = Authorized(date.fromisoformat(value["from"]), date.fromisoformat(value["until"]), quantity, value.get("unit"))
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
            self.wrong("authorized", 'Give what is certified as {"from": "2026-11-22", "until": "2027-02-20", "quantity": 1, "unit": "unit"}.')
            return None
        if period.until < period.starts_on:
            self.wrong("authorized", f"The last day, {period.until}, lies before the first, {period.starts_on}.")
        return period
