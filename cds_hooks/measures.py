"""Measures: the guide's nine suggested numbers about hook calls, counted over its own metric data (CRD 2.2, Metrics).

A call counts once, however many orders it brought; so the guide's examples count. Measures 8 and 9 are these numbers
again for each ordering group and for each hook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ig_profiles.reading import Json, many, text

PROMPT = timedelta(seconds=5)
COVERED = ("covered", "not-covered", "conditional", "indeterminate")
UNKNOWN = "unknown"
_DOCUMENTED = frozenset({"clinical", "admin", "both", "patient"})
_SPARED = frozenset({"no-auth", "satisfied"})


@dataclass(frozen=True)
class Share:
    """So many out of so many."""

    volume: int
    out_of: int

    @property
    def percent(self) -> float | None:
        """The share in percent, to one decimal; None when there is nothing to share.

        >>> Share(2, 3).percent, Share(0, 0).percent
        (66.7, None)
        """
        return round(100 * self.volume / self.out_of, 1) if self.out_of else None


@dataclass(frozen=True)
class Measures:
    """The numbers of one set of calls.

    1 ``with_coverage``: answered calls with coverage information. 2 ``by_coverage``: those that said each of the codes.
    3 ``authorization_with_form``: calls that need authorization, and name the form. 4 ``documentation_with_form``: the
    same for documentation. 5 ``determined``: calls that brought an authorization. 6 ``prompt``: answered in under five
    seconds. 7 ``spared``: calls told of authorization that need no request; how far requests went down against earlier
    practice only somebody who counted them before can say.
    """

    calls: int
    with_coverage: Share
    by_coverage: Mapping[str, Share]
    authorization_with_form: Share
    documentation_with_form: Share
    determined: Share
    prompt: Share
    spared: Share

    def shares(self) -> dict[str, Share]:
        """Every measure by name."""
        named = {name: value for name, value in vars(self).items() if isinstance(value, Share)}
        return {**named, **{f"coverage {code}": share for code, share in self.by_coverage.items()}}


@dataclass(frozen=True)
class Segmented:
    """The measures of all calls, of each hook (9) and of each ordering group by NPI (8)."""

    all: Measures
    by_hook: Mapping[str, Measures] = field(default_factory=dict)
    by_group: Mapping[str, Measures] = field(default_factory=dict)


def segmented(data: Iterable[Json]) -> Segmented:
    """All nine measures of these CRDMetricData objects."""
    calls = list(data)
    return Segmented(
        measures(calls),
        _by(calls, lambda call: text(call, "hookType")),
        _by(calls, lambda call: text(call, "groupId", "value")),
    )


def measures(calls: Sequence[Json]) -> Measures:
    """The measures of these CRDMetricData objects, unsegmented."""
    answered = [call for call in calls if call.get("httpResponse") == 200]

    def told(of: Iterable[Json], says: Callable[[Json], bool]) -> list[Json]:
        return [call for call in of if any(says(said) for said in many(call, "request", "response", "coverageInfo"))]

    def share(whole: list[Json], says: Callable[[Json], bool]) -> Share:
        return Share(len(told(whole, says)), len(whole))

    needs_authorization = told(answered, lambda said: said.get("paNeeded") == "auth-needed")
    needs_documents = told(answered, lambda said: said.get("docNeeded") in _DOCUMENTED)
    return Measures(
        calls=len(calls),
        with_coverage=share(answered, lambda said: True),
        by_coverage={code: share(answered, lambda said, code=code: said.get("covered") == code) for code in COVERED},  # type: ignore[misc]
        authorization_with_form=share(needs_authorization, lambda said: said.get("paNeeded") == "auth-needed" and "questionnaire" in said),
        documentation_with_form=share(needs_documents, lambda said: said.get("docNeeded") in _DOCUMENTED and "questionnaire" in said),
        determined=share(answered, lambda said: said.get("paNeeded") == "satisfied"),
        prompt=Share(sum(map(_is_prompt, answered)), len(answered)),
        spared=share(told(answered, lambda said: "paNeeded" in said), lambda said: said.get("paNeeded") in _SPARED),
    )


def _by(calls: Iterable[Json], key: Callable[[Json], str | None]) -> dict[str, Measures]:
    found: dict[str, list[Json]] = {}
    for call in calls:
        found.setdefault(key(call) or UNKNOWN, []).append(call)
    return {name: measures(found[name]) for name in sorted(found)}


def _is_prompt(call: Json) -> bool:
    return datetime.fromisoformat(call["responseTime"]) - datetime.fromisoformat(call["requestTime"]) < PROMPT
