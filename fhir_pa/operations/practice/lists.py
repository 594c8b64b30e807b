"""The provider desk: what a practice's people watch of their own requests, list by list, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.looked import LISTED, keep_look
from fhir_pa.operations.pages import page_of
from fhir_pa.storage.practice import Lines
from fhir_pa.um.measures.practice_lines import Kind
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json

PER_PAGE = 25
FIRST = 5  # lines of each list on the first page
PRESSING = ("calls", "waiting", "stays", "expiring")
ASKED = "The plan asked you for this. What has not come by then is not waited for: a person decides on what is on file."
EXPIRING, LATELY = timedelta(days=14), timedelta(days=30)


@dataclass(frozen=True)
class Listed:
    """One list: what it is called, which lines are on it, and in what order; ``says`` what the list is for."""

    title: str
    says: str
    lines: Lines


def lists(npis: tuple[str, ...], at: datetime) -> dict[str, Listed]:
    """Every list of the desk for a practice with these NPIs, at this moment."""
    today = _day(at.date())
    of = Lines(npis, (Kind.REQUEST,))
    held, ahead = replace(of, kinds=(Kind.HELD,), first=today), replace(of, shown_at=at)
    pended, denied = replace(of, kinds=(Kind.PENDED,)), replace(of, kinds=(Kind.DENIED,), first=at - LATELY, newest=True)
    calls, stays = replace(ahead, kinds=(Kind.CALL,)), replace(ahead, kinds=(Kind.REVIEW,))
    appeals = replace(ahead, kinds=(Kind.APPEALABLE, Kind.APPEAL))
    return {
        "waiting": Listed("Waiting for you", ASKED, replace(of, kinds=(Kind.AWAITED,))),
        "pended": Listed("Pended", "Not decided yet, the first due first.", pended),
        "calls": Listed("Peer-to-peer calls", "Talk to the plan’s physician before a denial is signed.", calls),
        "stays": Listed("Continued stay due", "Send the review on its day, and the extension before the last certified day.", stays),
        "expiring": Listed("Expiring", "Ends within 14 days, and nothing that follows is on file.", replace(held, last=today + EXPIRING, open_end=True)),
        "units": Listed("Units left", "What is certified by quantity, the least left first.", replace(held, counted=True)),
        "appeals": Listed("Appeals", "What may still be appealed, and appeals that are open; the nearest date first.", appeals),
        "denied": Listed("Denied lately", "Denied or reduced in the last 30 days, the newest first.", denied),
        "on-file": Listed("On file", "Certified and not over, the first to end first.", held),
        "requests": Listed("All requests", "Everything you asked for or perform, the newest first.", replace(of, newest=True)),
    }


def listed(name: str, asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """One list, a page of it: ``asked`` may hold ``page`` and ``q`` (a number, name or code). Raises NotFound for a list there is none of."""
    person, at = caller.must_be_of_a_practice(), payer.clock()
    known = lists(person.practice.npis, at)
    if name not in known:
        raise NotFound(f"There is no list '{name[:40]}'. Choose {', '.join(known)}.")
    sought = asked.get("q", "").strip()[:80]
    wanted = replace(known[name].lines, sought=sought)
    page = page_of({**asked, "per_page": str(PER_PAGE)})
    with payer.store.reading() as tx:
        counts = tx.practice_counts({each: one.lines for each, one in known.items()})
        total = tx.practice_counts({name: wanted})[name] if sought else counts[name]
        rows = tx.practice_lines(wanted, page.first, page.size)
    keep_look(LISTED, name, caller, payer, len(rows))
    titles = [{"name": each, "title": one.title, "count": counts[each]} for each, one in known.items()]
    told = {"at": at.isoformat(), "list": name, "title": known[name].title, "says": known[name].says, "q": sought, "lists": titles}
    return {**told, **page.told(map(_line, rows), total)}


def desk(caller: Caller, payer: Payer) -> Json:
    """The first page: how much is on each list, and of what presses the first lines."""
    person, at = caller.must_be_of_a_practice(), payer.clock()
    known = lists(person.practice.npis, at)
    soon = {**{each: known[each].lines for each in PRESSING}, "appeals": replace(known["appeals"].lines, last=at + EXPIRING)}
    with payer.store.reading() as tx:
        counts = tx.practice_counts({each: one.lines for each, one in known.items()})
        first = {each: rows for each, lines in soon.items() if counts[each] and (rows := tx.practice_lines(lines, 0, FIRST))}
    keep_look(LISTED, "desk", caller, payer, sum(map(len, first.values())))
    pressing = [{"name": each, "title": known[each].title, "says": known[each].says, "rows": list(map(_line, rows))} for each, rows in first.items()]
    titles = [{"name": each, "title": one.title, "count": counts[each]} for each, one in known.items()]
    return {"at": at.isoformat(), "practice": practice_told(caller), "lists": titles, "first": pressing}


def practice_told(caller: Caller) -> Json:
    """The practice whose desk this is."""
    practice = caller.must_be_of_a_practice().practice
    return {"name": practice.name, "npis": list(practice.npis)}


def a_day(name: str, asked: Mapping[str, str], otherwise: date) -> date:
    """The day of this name. Raises Unprocessable for one that is none."""
    try:
        return date.fromisoformat(asked[name]) if asked.get(name) else otherwise
    except ValueError:
        raise Unprocessable(Issue(f"'{asked[name][:40]}' is no day. Write e.g. 2026-11-22.", "invalid", expression=name)) from None


def _line(row: Mapping[str, Any]) -> Json:
    told = {str(name): value.isoformat() if isinstance(value, date | datetime) else value for name, value in row.items()}
    return {**told, "services": row["services"].split(), "items": [int(each) for each in row["items"].split()]}


def _day(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
