"""The measures of prior authorization the guide proposes, counted over PASMetricData objects (PAS 2.2.1, Metrics; pas.md rule 91)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean

from ig_profiles.reading import Json, many, text


@dataclass(frozen=True)
class Measure:
    """One number of a group: ``value`` of ``out_of`` where it is a share, seconds where the name says so."""

    by: str
    name: str
    measure: str
    value: float
    out_of: int | None = None


def measures(objects: Iterable[Json], now: datetime) -> list[Measure]:
    """All of them together, then those of each group (the requestor's NPI)."""
    listed = list(objects)
    groups: dict[str, list[Json]] = {}
    for each in listed:
        groups.setdefault(text(each, "groupId", "value") or "unknown", []).append(each)
    told = list(_of("all", "", listed, now))
    return told + [measure for name, mine in sorted(groups.items()) for measure in _of("group", name, mine, now)]


def _of(by: str, name: str, objects: list[Json], now: datetime) -> Iterator[Measure]:
    exchanges = Counter(each["type"] for each in many(objects, "exchange"))
    by_others = sum(each["type"] == "query" for asked in objects if not asked.get("itemDetail") for each in many(asked, "exchange"))
    took = [_between(each, "requestTime", "responseTime") for each in many(objects, "exchange") if each.get("responseTime")]
    items = many(objects, "itemDetail")
    cases = [each for each in objects if each.get("itemDetail")]
    wrong = sum(1 for each in objects if each.get("aaaCodes"))
    at_once = [[item.get("responsesRequired") == 1 for item in many(each, "itemDetail")] for each in cases]
    waited = [item for item in items if item.get("responsesRequired", 2) != 1]
    resolved = [_seconds(item) for item in waited if item.get("finalResponseTime")]
    open_ = [item for item in items if not item.get("finalResponseTime")]
    ages = [(now - _moment(item["initialSubmissionTime"])).total_seconds() for item in open_]
    final = [_seconds(item) for item in items if item.get("finalResponseTime")]
    yield Measure(by, name, "submissions", exchanges["initial"])
    yield Measure(by, name, "lines submitted", len(items))
    yield Measure(by, name, "updates", exchanges["update"])
    yield Measure(by, name, "cancellations", exchanges["cancel"])
    yield Measure(by, name, "documents sent later", exchanges["initialDocToPayer"])
    yield Measure(by, name, "queries", exchanges["query"])
    yield Measure(by, name, "queries by others than who submitted", by_others, exchanges["query"])
    yield Measure(by, name, "mean seconds until an exchange is answered", mean(took) if took else 0.0)
    yield Measure(by, name, "submissions with an error", wrong, len(objects))
    yield Measure(by, name, "final on first submission, any line", sum(map(any, at_once)), len(cases))
    yield Measure(by, name, "final on first submission, all lines", sum(map(all, at_once)), len(cases))
    yield Measure(by, name, "lines pended", len(waited), len(items))
    yield Measure(by, name, "pended lines resolved", len(resolved), len(waited))
    yield Measure(by, name, "mean seconds until a pended line is resolved", mean(resolved) if resolved else 0.0)
    yield Measure(by, name, "mean seconds until the final answer to a line", mean(final) if final else 0.0)
    yield Measure(by, name, "lines outstanding", len(open_), len(items))
    for days in (1, 3, 7, 14):
        older = sum(age > timedelta(days=days).total_seconds() for age in ages)
        yield Measure(by, name, f"lines outstanding for more than {days} day(s)", older, len(open_))


def _seconds(item: Json) -> float:
    return _between(item, "initialSubmissionTime", "finalResponseTime")


def _between(node: Json, first: str, last: str) -> float:
    return (_moment(node[last]) - _moment(node[first])).total_seconds()


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
