"""Edition diff: two wordings of one policy side by side, and which requests on file would be answered otherwise under the newer.

Requests are weighed a page at a time, the newest first; nothing is decided and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import CASEWORK
from fhir_pa.operations.pages import page_of
from fhir_pa.operations.policies.diff import Asked, compare, on_file
from fhir_pa.operations.policies.published import policy as published
from fhir_pa.operations.policies.shelf import AUTHORS, reader
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json

AT_ONCE = 50  # requests weighed for one page
HEAD = {
    "state": "Whether it needs authorization",
    "because": "Why, in one sentence",
    "services": "Services",
    "lines_of_business": "Lines of business",
    "source": "Rests on",
    "certifies": "What it certifies",
    "documents_from": "Who can answer",
    "form": "Form",
    "phone": "Whom to call",
    "signed_by": "Signed by",
}
WORDS = {"title": "what it says", "holds_when": "when it holds", "because": "the reason told", "source": "its source", "axis": "what it is about"}


def diff(topic: str, asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """What differs between ``old`` and ``new`` (versions; the two newest unless told). Raises NotFound, Unprocessable where there is one only."""
    reader(caller)
    editions = {each["edition"]: each for each in published(topic, payer)["editions"]}
    old, new = _pair(topic, list(editions), asked)
    before, after = _flat(editions[old]["criteria"]), _flat(editions[new]["criteria"])
    return {
        "topic": topic,
        "title": editions[new]["title"],
        "editions": list(editions),
        "old": old,
        "new": new,
        "head": list(_head(editions[old], editions[new])),
        "criteria": list(_changes(before, after)),
        "may_compare": caller.holds(*AUTHORS),
    }


def flips(topic: str, asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """A page of the requests on file for these services, weighed by both wordings: those answered otherwise, and those found otherwise."""
    caller.must_hold_one(AUTHORS, "weigh requests on file by another wording")
    page, told = page_of(asked, AT_ONCE), diff(topic, asked, caller, payer)
    pair = payer.shelf.volume(topic, told["old"]), payer.shelf.volume(topic, told["new"])
    codes = {coding.code for volume in pair for coding in volume.edition.services}
    with payer.store.reading() as tx:
        numbers, total = tx.asking_for(codes, page.first, page.size)
    requests: Iterator[Asked] = (on_file(number, payer) for number in numbers)
    found = [each for each in compare(*pair, requests, payer.facts) if each.is_one or each.changes]
    rows = [{**vars(each), "changes": list(each.changes), "flips": each.is_one} for each in found]
    return {**told, "weighed": len(numbers), "sees_cases": caller.holds(*CASEWORK), **page.told(rows, total)}


def _pair(topic: str, versions: list[str], asked: Mapping[str, str]) -> tuple[str, str]:
    """Which to compare; ``versions`` come newest first."""
    if len(versions) < 2:
        raise Unprocessable(f"{topic} has one edition only, so there is nothing to compare yet.")
    for name in ("new", "old"):
        if asked.get(name) and asked[name] not in versions:
            raise NotFound(f"{topic} has no edition '{asked[name][:40]}'. It has: {', '.join(versions)}.", expression=name)
    new = asked.get("new") or versions[0]
    old = asked.get("old") or versions[min(versions.index(new) + 1, len(versions) - 1)]
    if old == new:
        raise Unprocessable(Issue("Choose two different editions.", "invalid", expression="old"))
    return old, new


def _head(before: Json, after: Json) -> Iterator[Json]:
    for name, words in HEAD.items():
        if before[name] != after[name]:
            yield {"what": words, "before": before[name], "after": after[name]}


def _flat(criteria: list[Json]) -> dict[str, Json]:
    return {one["id"]: one for each in criteria for one in (each, *_flat(each["below"]).values())}


def _changes(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Json]:
    """Each criterion that is new, gone, or worded otherwise, in the order of the newer wording."""
    for name in dict.fromkeys((*after, *before)):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            there: Any = now or was
            words = [_words("holds_when", was, now), _words("because", was, now)]
            yield {"id": name, "title": there["title"] or there["holds_when"], "how": "new" if was is None else "gone", "words": words}
        elif changed := [_words(each, was, now) for each in WORDS if was[each] != now[each]]:
            yield {"id": name, "title": now["title"] or now["holds_when"], "how": "changed", "words": changed}


def _words(name: str, was: Json | None, now: Json | None) -> Json:
    return {"what": WORDS[name], "before": (was or {}).get(name) or "", "after": (now or {}).get(name) or ""}
