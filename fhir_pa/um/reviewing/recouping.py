"""Recouping: a demand is written only on a physician's signed decision that looks back, and falls with it (domain F51).

A decision under appeal asks for nothing back: the demand waits, and is withdrawn when the appeal changes the decision.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.looking_back import reason_of
from fhir_pa.um.case.recoupment import Recoupment, Stage
from fhir_pa.um.case.transitions import REOPENABLE
from fhir_pa.um.deciding.determination import Signature
from fhir_pa.um.reviewing.appealing import file_until
from ig_profiles.outcome import Conflict, NotFound, Unprocessable

DEMAND = "recoupment"
CENT = Decimal("0.01")


def demand(authorization: Authorization, items: tuple[int, ...], claim: str, amount: Decimal, because: str, by: str, at: datetime) -> Authorization:
    """The case with the demand written.

    Raises Conflict when the case does not look back, an item is not decided against the member by a physician, or its
    decision is under appeal; Unprocessable when claim, amount or reason is missing.
    """
    if not items:
        raise Unprocessable("A demand names its items. Give at least one sequence.", expression="items")
    if not claim.strip() or not because.strip():
        raise Unprocessable("A demand names the claim that was paid, and says why in one sentence.", expression="claim" if because.strip() else "because")
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(CENT):
        raise Unprocessable(f"{amount} is no amount in dollars and cents above zero.", expression="amount")
    if reason_of(authorization) is None:
        raise Conflict(f"{authorization.number} was decided before the service. Only a decision that looks back asks for money back.", expression="number")
    sequences = tuple(dict.fromkeys(items))
    signatures = [_signature(authorization, sequence) for sequence in sequences]
    if any(set(each.items) & set(sequences) for each in authorization.appeals if each.is_open):
        raise Conflict("The decision is under appeal, so nothing is asked back. Wait for its outcome.", expression="items")
    if any(each.is_open and set(each.items) & set(sequences) for each in authorization.recoupments):
        raise Conflict("A demand about these items is open. Settle or withdraw it first.", expression="items")
    level, until = _appeal(authorization, sequences[0])
    number = len(authorization.recoupments) + 1
    written = Recoupment(number, sequences, claim.strip(), amount.quantize(CENT), because.strip(), signatures[0], at, by, until, level)
    event = Event(at, f"{DEMAND} {Stage.NOTICED}", by, sequences, f"Demand {number}, claim {written.claim}.")
    return replace(authorization.with_items({}, event), recoupments=(*authorization.recoupments, written))


def move(authorization: Authorization, number: int, stage: Stage, note: str, by: str, at: datetime) -> Authorization:
    """The case with the demand in its next stage. Raises NotFound, or what ``Recoupment.moved`` raises."""
    found = next((each for each in authorization.recoupments if each.number == number), None)
    if found is None:
        there = ", ".join(str(each.number) for each in authorization.recoupments) or "none"
        raise NotFound(f"Authorization {authorization.number} has no demand {number}. There are: {there}.", expression="number")
    changed = found.moved(stage, note, at)
    event = Event(at, f"{DEMAND} {stage}", by, found.items, changed.note)
    return replace(authorization.with_items({}, event), recoupments=tuple(changed if each is found else each for each in authorization.recoupments))


def settled(authorization: Authorization, by: str, at: datetime) -> Authorization:
    """The case with its demands as its decisions now want them: withdrawn where nothing is denied any more, waiting where it is appealed.

    Part of the act that changed the decision, no revision of its own.
    """
    changed = authorization
    for each in authorization.recoupments:
        if not each.is_open:
            continue
        if not any(authorization.item(sequence).state in REOPENABLE for sequence in each.items):
            changed = move(changed, each.number, Stage.WITHDRAWN, "The decision it rests on was changed.", by, at)
        elif each.stage is Stage.NOTICED and any(set(one.items) & set(each.items) for one in authorization.appeals if one.is_open):
            changed = move(changed, each.number, Stage.CONTESTED, "The decision it rests on is under appeal; nothing is asked back meanwhile.", by, at)
    return replace(changed, revision=authorization.revision)


def _signature(authorization: Authorization, sequence: int) -> Signature:
    item = authorization.item(sequence)
    signed = item.determination.signed_by
    if item.state not in REOPENABLE or signed is None or signed.role != "physician":
        text = f"Item {sequence} is {item.state}; money is asked back only where a physician signed a decision against it."
        raise Conflict(text, expression="items")
    return signed


def _appeal(authorization: Authorization, sequence: int) -> tuple[str, datetime]:
    found = file_until(authorization, sequence)
    if found is None:
        raise Conflict(f"No appeal is left for item {sequence}, so its decision cannot be told with one. Settle it by hand.", expression="items")
    return found[0].name, found[1]
