"""What a hook's answer takes from experience, looked up seldom: how long decisions took, and which cards a clinic turns down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from cds_hooks.quiet import Kind, Quiet, Rule, quiet
from cds_hooks.turnaround import Turnaround, turnaround
from fhir_pa.storage.store import Reading, Store

MEASURED_AGAIN = timedelta(minutes=5)


def time_to_decision(store: Store, topic: str, codes: tuple[str, ...], at: datetime) -> Turnaround | None:
    """How long first decisions took, measured once in each period: a measure of days does not change in minutes."""
    return _time_to_decision(store, topic, codes, int(at.timestamp() // MEASURED_AGAIN.total_seconds()))


def is_quiet(store: Store, kind: Kind, rule: Rule, at: datetime) -> bool:
    """Whether cards of this kind are left out; worked out once a day, from the days before it."""
    return rule.after > 0 and kind in _quiet_on(store, kind.client, rule, day_of(at))


def quiet_kinds(tx: Reading, client: str | None, rule: Rule, on: date) -> dict[Kind, Quiet]:
    """The kinds of cards that are left out on this day, with their spells; of one client, or of all."""
    found = ((kind, quiet(kind, days, rule, on)) for kind, days in tx.days_of_outcomes(client).items())
    return {kind: spell for kind, spell in found if spell is not None}


def day_of(at: datetime) -> date:
    """The day by which feedback is counted."""
    return at.astimezone(UTC).date()


@lru_cache(maxsize=256)
def _time_to_decision(store: Store, topic: str, codes: tuple[str, ...], period: int) -> Turnaround | None:
    with store.reading() as tx:
        return turnaround(tx.first_decisions(topic, codes))


@lru_cache(maxsize=256)
def _quiet_on(store: Store, client: str, rule: Rule, on: date) -> frozenset[Kind]:
    with store.reading() as tx:
        return frozenset(quiet_kinds(tx, client, rule, on))
