"""Acknowledging: which reductions nobody at the practice has taken note of, what each means for payment, and taking note of them (domain F63)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from fhir_pa.um.case.acknowledgement import Acknowledgement
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.contact import Told
from fhir_pa.um.case.item import Event, Item
from fhir_pa.um.case.transitions import CERTIFICATIONS
from fhir_pa.um.deciding.determination import ADVERSE
from ig_profiles.outcome import Conflict, Unprocessable

ACKNOWLEDGED = "reduction acknowledged"
ASK_AFTER = timedelta(days=3)  # then somebody calls the practice


def is_reduced(item: Item) -> bool:
    """Whether it is certified, and less or otherwise than asked for."""
    return item.state in CERTIFICATIONS and item.determination.action in ADVERSE


def effect(item: Item) -> str:
    """What a reduction means for payment, in one sentence; empty where nothing is reduced."""
    held, step = item.determination.authorized, item.determination.step_down
    if not is_reduced(item) or held is None:
        return ""
    if step is not None:
        return f"From {step.starts_on} on, {step.service.code} is certified in its place: care at the level asked for is then paid at the lower level."
    amount = f"{held.quantity.normalize():f} {held.unit or 'units'}, " if held.quantity is not None else ""
    return f"Paid is what is certified: {amount}from {held.starts_on} until {held.until}. What was asked for beyond it is not."


def unacknowledged(case: Authorization, who: Told = Told.PROVIDER) -> Iterator[Item]:
    """The reduced items, as they are decided now, of which the provider (or ``who``) has taken no note."""
    noted = {(each.item, each.decided_at) for each in case.acknowledgements if _side(each.who) is _side(who)}
    for item in case.items:
        if is_reduced(item) and (item.sequence, item.determination.decided_at) not in noted:
            yield item


def ask_by(item: Item) -> datetime:
    """When somebody calls the practice that has not taken note."""
    return item.determination.decided_at + ASK_AFTER


def acknowledge(case: Authorization, items: tuple[int, ...], who: Told, name: str, by: str, at: datetime) -> Authorization:
    """The case in which these reductions are taken note of; nothing of what was decided moves.

    Raises Unprocessable without a name, or for an item that is not reduced; Conflict when all of it was noted before.
    """
    if not name.strip():
        raise Unprocessable("Say who takes note: the name of the person.", expression="name")
    if not items:
        raise Unprocessable("Say of which services. Give the sequences of the items.", expression="items")
    for sequence in items:
        if not is_reduced(case.item(sequence)):
            raise Unprocessable(f"Item {sequence} is not certified for less than was asked, so there is nothing to take note of.", expression="items")
    open_ = [item for item in unacknowledged(case, who) if item.sequence in items]
    if not open_:
        raise Conflict("That was acknowledged before.", expression="items")
    noted = tuple(Acknowledgement(item.sequence, item.determination.decided_at, who, name.strip(), by, at) for item in open_)
    event = Event(at, ACKNOWLEDGED, by, tuple(item.sequence for item in open_), f"{name.strip()} ({who}) has taken note of what is certified.")
    return replace(case.with_items({}, event), acknowledgements=(*case.acknowledgements, *noted))


def _side(who: Told) -> Told:
    """The member and whoever stands for the member are one side."""
    return Told.PROVIDER if who is Told.PROVIDER else Told.MEMBER
