"""Tracker: the four measures, unfunded days and failures of one practice, or of everybody, straight from what is on file (F91-F97).

A practice's system asks for the practices it speaks for; the plan's people for any, or for all: the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from fhir_pa.auth.caller import Caller
from fhir_pa.brief import Brief
from fhir_pa.operations.delegates import must_be_of_the_plan
from fhir_pa.operations.practice.outlines import Known, outlines
from fhir_pa.operations.reports.figures import LONGEST_CASE
from fhir_pa.operations.reports.measures import period
from fhir_pa.storage.store import Store
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.measures.failures import Row
from fhir_pa.um.measures.pareto import few_explain
from fhir_pa.um.measures.tracker import Measure, Tracker
from fhir_pa.um.measures.tracker import tracked as over
from fhir_pa.um.on_file.rendered import Match, Rendered, given_days, matched
from fhir_pa.um.stays.stay import Stay, stays
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Forbidden, Issue, Unprocessable
from ig_profiles.reading import Json, without_empty
from questionnaires.library import Shelf

QUARTER = timedelta(days=90)
OPENED = 100_000


def tracked(
    store: Store, practice: str | tuple[str, ...], now: datetime, shelf: Shelf, since: date | None = None, known: Known | None = None, most: int | None = None
) -> Tracker:
    """The values over the cases this practice asked for and the claims it sent, under its NPI or several; an empty NPI counts everybody's.

    ``since`` is ninety days before, unless told otherwise. What was on file for a claim is looked for among everybody's
    cases of the member; another practice's number is not told. Cases are counted from their rows; only those that stays
    and claims rest on are opened, and remembered where ``known`` is handed in. At most so many rows of cases are read for
    each number.
    """
    first, begin = since or (now - QUARTER).date(), now - LONGEST_CASE
    npis = ((practice,) if practice else ()) if isinstance(practice, str) else practice
    known = Brief(OPENED) if known is None else known
    with store.reading() as tx:
        counted = tx.counted(npis, first, begin, now, most)
        rendered = tx.rendered(first, now.date(), *npis)
        told = tx.claims_are_told()
        in_stays = tx.of_members(tx.members_with_stays(npis, begin, now), *npis)
        of_members = tx.of_members({line.member for line in rendered})
        opened = outlines([each for cases in (*in_stays.values(), *of_members.values()) for each in cases], tx, known, now)
    went_on = {number: opened[number] for cases in in_stays.values() for number, _ in cases if begin <= opened[number].opening_clock.received_at <= now}
    on_file = {member: [opened[number] for number, _ in cases] for member, cases in of_members.items()}
    matches = [_theirs(each, on_file, npis) for each in matched(rendered, on_file.__getitem__, shelf.in_force)] if told else None
    return over(counted, _stays(sorted(went_on.values(), key=lambda case: case.number), rendered), matches, first, now)


def four(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The tracker as JSON; ``asked`` may hold ``practice`` (NPI) and ``since``.

    Raises Forbidden for a practice the calling system does not speak for, Unprocessable for a day that cannot be read.
    """
    practice, now = practice_asked(asked, caller), payer.clock()
    since, _ = period(asked.get("since") or (now - QUARTER).isoformat(), None, now)
    return in_json(tracked(payer.store, practice, now, payer.shelf, since.date(), payer.lately.outlines))


def practice_asked(asked: Mapping[str, str], caller: Caller) -> str:
    """The NPI of the practice meant: the one named, else the only one the calling system speaks for; empty for the plan's people who name none."""
    named = asked.get("practice", "")
    if caller.person is not None:
        must_be_of_the_plan(caller, "read figures of everybody")
        return named
    caller.must_be_allowed("inquire")
    theirs = caller.client.organizations if caller.client else ()
    if named and named not in theirs:
        raise Forbidden(f"Your system does not speak for {named[:20]}. Ask the payer to add the NPI to your registration.", expression="practice")
    if not named and len(theirs) != 1:
        text = f"Say for which practice: practice=<NPI>. Your system speaks for {', '.join(theirs) or 'none yet'}."
        raise Unprocessable(Issue(text, "required", expression="practice"))
    return named or theirs[0]


def in_json(found: Tracker, most: int | None = None) -> Json:
    """The values as plain JSON, with at most so many of the rows behind each number; ``all`` tells how many there are."""
    told: Json = {
        "since": found.since.isoformat(),
        "at": found.now.isoformat(),
        "measures": [_measure(each, most) for each in found.measures],
        "unfunded": {"days": found.unfunded_days, **_rows(found.unfunded, found.unfunded_days, most)},
        "denied_days": found.denied_days,
        "not_covered": {str(standing): count for standing, count in found.misses.items()},
        "failures": [{"failure": str(kind), "count": behind.happened, **_rows(behind.rows, behind.count, most)} for kind, behind in found.failures.items()],
        "causes": [
            {"cause": str(bar.cause), "count": bar.count, "percent": bar.share, "so_far": bar.so_far, **_rows(bar.rows, bar.count, most)}
            for bar in found.causes
        ],
        "four_causes_explain": few_explain(found.causes),
    }
    return told


def _measure(measure: Measure, most: int | None) -> Json:
    told = {"measure": str(measure.name), "value": measure.value, "unit": measure.target.unit, "target": str(measure.target), "met": measure.is_met}
    return {**told, "count": measure.count, "of": measure.of, "because": measure.because, **_rows(measure.rows, measure.short, most)}


def _rows(rows: Sequence[Row], count: int, most: int | None) -> Json:
    shown = [without_empty({**vars(row), "on": row.on.isoformat(), "number": row.number or "none on file"}) for row in rows[:most]]
    return {"all": count, "rows": shown}


def _stays(cases: list[Authorization], rendered: list[Rendered]) -> list[Stay]:
    """The stays, each with the days on which claims say that care was given."""
    told: dict[Identifier, list[Rendered]] = {}
    for line in rendered:
        told.setdefault(line.member, []).append(line)
    return [replace(stay, given=_given(stay, told)) for stay in stays(cases)]


def _given(stay: Stay, told: Mapping[Identifier, list[Rendered]]) -> tuple[date, ...]:
    days = {day for case in stay.cases for member in case.request.member.identifiers for day in given_days(told.get(member, ()), case)}
    return tuple(sorted(days))


def _theirs(match: Match, on_file: Mapping[Identifier, list[Authorization]], npis: tuple[str, ...]) -> Match:
    """The match, without the number of a case in which this practice has no part."""
    case = next((each for each in on_file[match.rendered.member] if match.status.number in (each.number, each.reference)), None)
    if not npis or case is None or set(npis) & _parties(case):
        return match
    return replace(match, status=replace(match.status, number="", item=None))


def _parties(case: Authorization) -> set[str | None]:
    named = (case.request.requestor, *case.request.providers, *(party for item in case.items for party in item.requested.providers))
    return {party.npi for party in named}
