"""Policy desk: the shelf as its owners see it, and what persons, appeals and clinicians made of each criterion.

What the public reads of a policy is in ``published``; here are the figures behind it, each with the rows it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import CASEWORK, Person
from fhir_pa.operations.delegates import must_be_of_the_plan
from fhir_pa.operations.pages import page_of
from fhir_pa.operations.policies.published import policy as published
from fhir_pa.operations.policies.stories import burdens, stories_of
from fhir_pa.storage.judgements import COUNTED, Tally
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json
from questionnaires.criteria import Criterion
from questionnaires.library import Volume
from questionnaires.policy import Edition

READERS = (*CASEWORK, "policy")
AUTHORS = ("policy", "physician")


def reader(caller: Caller) -> Person:
    """Whoever may read the policy desk: the plan's own people, since its figures are of everybody. Raises Forbidden."""
    must_be_of_the_plan(caller, "read the policy desk")
    return caller.must_hold_one(READERS, "read the policy desk")


def shelf(caller: Caller, payer: Payer) -> Json:
    """Every policy with its editions, by title."""
    reader(caller)
    today = payer.clock().date()
    topics: dict[str, list[Volume]] = {}
    for volume in payer.shelf.volumes():
        topics.setdefault(volume.edition.topic, []).append(volume)
    told = [_line(topic, volumes, today) for topic, volumes in topics.items()]
    return {"on": today.isoformat(), "policies": sorted(told, key=lambda each: str(each["title"]))}


def policy(topic: str, caller: Caller, payer: Payer) -> Json:
    """One policy whole: every edition with criteria, sources and reasons; what became of each criterion. Raises NotFound."""
    person = reader(caller)
    told = published(topic, payer)
    with payer.store.reading() as tx:
        tallies = tx.tallies(topic)
    volumes = [volume for volume in payer.shelf.volumes() if volume.edition.topic == topic]
    titles = {each.id: each.title for volume in volumes for top in volume.edition.criteria for each in _every(top)}
    return {
        **told,
        "in_force": _in_force([volume.edition for volume in volumes], payer.clock().date()).version,
        "tallies": [_tally(each, titles) for each in sorted(tallies, key=lambda each: (-each.overturned, -each.overridden, each.criterion))],
        "may": {"try": caller.holds("policy", "physician", "nurse"), "compare": bool(set(AUTHORS) & set(person.roles))},
    }


def stories(topic: str, caller: Caller, payer: Payer) -> Json:
    """The signed stories of a policy, told to it now, and what its form asks of a clinician in them. Raises NotFound."""
    reader(caller)
    title = payer.shelf.volume(topic).edition.title
    return {"topic": topic, "title": title, "stories": stories_of(topic, payer), "burdens": [asdict(each) for each in burdens(topic, payer)]}


def judged(topic: str, asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The decisions behind one count: ``edition``, ``criterion``, and ``what`` of open, overridden, denied, appealed, overturned."""
    reader(caller)
    payer.shelf.volume(topic)
    page, what = page_of(asked), asked.get("what", "")
    edition, criterion = asked.get("edition", ""), asked.get("criterion", "")
    if what not in COUNTED:
        raise Unprocessable(Issue(f"'{what[:40]}' is not counted. There are: {', '.join(COUNTED)}.", "invalid", expression="what"))
    with payer.store.reading() as tx:
        rows, total = tx.judged(topic, edition, criterion, what, page.first, page.size)
    told = [{**row, "decided_at": row["decided_at"].isoformat()} for row in rows]
    title = _titles(topic, edition, payer).get(criterion, criterion.replace("_", " "))
    named = {"topic": topic, "edition": edition, "criterion": criterion, "title": title, "what": what}
    return {**named, "sees_cases": caller.holds(*CASEWORK), **page.told(told, total)}


def _titles(topic: str, version: str, payer: Payer) -> dict[str, str]:
    try:
        edition = payer.shelf.edition(topic, version)
    except NotFound:
        return {}
    return {each.id: each.title for top in edition.criteria for each in _every(top)}


def _line(topic: str, volumes: list[Volume], today: date) -> Json:
    editions = [volume.edition for volume in volumes]
    now = _in_force(editions, today)
    return {
        "topic": topic,
        "title": now.title,
        "owner": now.owner,
        "state": "not covered" if not now.covered else f"authorization {now.authorization}",
        "services": [coding.code for coding in now.services],
        "lines_of_business": list(now.lines_of_business),
        "criteria": len(now.criteria),
        "in_force": now.version,
        "editions": [_dated(each) for each in editions],
    }


def _in_force(editions: list[Edition], today: date) -> Edition:
    """The wording that holds today, or else the last one; ``editions`` come in order of time."""
    return next((each for each in reversed(editions) if each.in_force_from <= today), editions[-1])


def _dated(edition: Edition) -> Json:
    until = edition.in_force_until.isoformat() if edition.in_force_until else None
    return {"version": edition.version, "from": edition.in_force_from.isoformat(), "until": until, "signed_by": edition.signed_by}


def _tally(tally: Tally, titles: Mapping[str, str]) -> Json:
    named = {**asdict(tally), "title": titles.get(tally.criterion, tally.criterion.replace("_", " "))}
    return {**named, "override_percent": _percent(tally.overridden, tally.open), "overturn_percent": _percent(tally.overturned, tally.appealed)}


def _percent(count: int, of: int) -> float | None:
    return round(100 * count / of, 1) if of else None


def _every(criterion: Criterion) -> list[Criterion]:
    return [criterion, *(inner for below in criterion.below for inner in _every(below))]
