"""Operating: what those who run the server look at: work that waits, lines of subscribers, dead letters, clocks, callers and their keys.

Numbers of authorizations are shown, members never; keys by their thumbprints, secrets never.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import Person
from fhir_pa.operations.notices.dead_letters import redeliver as put_back
from fhir_pa.operations.operator import conformance, prefetch_doctor
from fhir_pa.operations.operator.keys_known import callers, own_key
from fhir_pa.operations.pages import page_of
from fhir_pa.pas.notice import NoticeState
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Json

LOG = logging.getLogger("fhir_pa.operator")
NEAR = timedelta(hours=24)
STATES = ("unheard", *map(str, NoticeState))


def overview(caller: Caller, payer: Payer) -> Json:
    """Everything in one view, each number with the address of its rows."""
    _operator(caller)
    at = payer.clock()
    with payer.store.reading() as tx:
        told: Json = {
            "at": at.isoformat(),
            "ready": {name: trouble or "ready" for name, trouble in payer.readiness().items()},
            "work": [_plain(each) for each in tx.work_counted()],
            "workers": [_plain(each) for each in tx.workers_seen()],
            "lines": tx.lines_counted(),
            "unheard": tx.deliveries("", "unheard", 0, 1)[1],
            "near": {"hours": int(NEAR.total_seconds() // 3600), "due": tx.clocks_near(at + NEAR, 0, 1)[1], "over": tx.clocks_near(at, 0, 1)[1]},
            "prefetch": prefetch_doctor.dearest(tx, at),
        }
    return {**told, "callers": callers(payer), "own_key": own_key(payer), "conformance": conformance.totals()}


def work(name: str, asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The pieces of one kind of work that wait or run, the oldest first."""
    _operator(caller)
    page = page_of(asked)
    with payer.store.reading() as tx:
        total = sum(each["count"] for each in tx.work_counted() if each["name"] == name)
        return {"name": name, **page.told([_plain(each) for each in tx.work_listed(name, page.first, page.size)], total)}


def deliveries(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """Notices, the newest first; ``subscription`` and ``state`` (``unheard`` for dead letters and what waits behind them) narrow."""
    _operator(caller)
    state, subscription, page = asked.get("state", ""), asked.get("subscription", ""), page_of(asked)
    if state and state not in STATES:
        raise Unprocessable(Issue(f"'{state[:40]}' is no state of a notice. There are: {', '.join(STATES)}.", "invalid", expression="state"))
    with payer.store.reading() as tx:
        rows, total = tx.deliveries(subscription, state, page.first, page.size)
        lines = [each for each in tx.lines_counted() if subscription in ("", each["id"])]
    return {"state": state, "subscription": subscription, "lines": lines, **page.told(map(_plain, rows), total)}


def redeliver(subscription: str, caller: Caller, payer: Payer) -> Json:
    """Tell this subscriber again what it never heard. Raises NotFound, and Conflict while it does not listen."""
    person = _operator(caller)
    count = put_back(subscription, payer)
    LOG.info("%s put %d notices of subscription %s back into the line", person.id, count, subscription)
    return {"subscription": subscription, "put_back": count}


def clocks(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The cases due within so many ``hours`` (24 unless told otherwise; 0: those over), the first due first."""
    _operator(caller)
    at, page, hours = payer.clock(), page_of(asked), asked.get("hours", "24")
    if not (hours.isascii() and hours.isdigit() and int(hours[:5]) <= 8760):
        raise Unprocessable(Issue("Give hours as a number from 0 to 8760.", "invalid", expression="hours"))
    with payer.store.reading() as tx:
        rows, total = tx.clocks_near(at + timedelta(hours=int(hours)), page.first, page.size)
    names = {each.id: each.name for each in payer.directory.people}
    told = [{**_plain(each), "owner": names.get(each["owner"] or "", each["owner"])} for each in rows]
    return {"at": at.isoformat(), "hours": int(hours), **page.told(told, total)}


def gaps(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The calls behind one line of the prefetch doctor: ``client``, ``hook`` and ``template`` name it."""
    _operator(caller)
    page = page_of(asked)
    named = {name: asked.get(name, "") for name in ("client", "hook", "template")}
    with payer.store.reading() as tx:
        rows, total = tx.gaps(payer.clock() - prefetch_doctor.LATELY, named["client"], named["hook"], named["template"], page.first, page.size)
    return {**named, **page.told([_plain(vars(each)) for each in rows], total)}


def statements(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The statements of the conformance ledger; ``guide`` (as ``pas-2.2.1``) and ``status`` narrow."""
    _operator(caller)
    page = page_of(asked)
    guide, status = asked.get("guide", ""), asked.get("status", "")
    found = conformance.statements(guide, status)
    return {"guide": guide, "status": status, **page.told(found[page.first : page.first + page.size], len(found))}


def _operator(caller: Caller) -> Person:
    return caller.must_hold("operator", "look after the server")


def _plain(row: Mapping[str, Any]) -> Json:
    return {str(name): value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
