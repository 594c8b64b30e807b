"""Slices of a list: which item belongs to which, how many of each, closed or open, and in what order (§profiling, slicing)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ig_profiles.validation.checks import Checks
from ig_profiles.validation.discriminators import Matcher, matcher
from ig_profiles.validation.primitives import Check
from ig_profiles.validation.run import Path, Run
from ig_profiles.validation.site import Site
from ig_profiles.validation.tree import Element

Slicing = Callable[[list[Any], Path, Run], None]


class _Slice(NamedTuple):
    name: str
    matches: Matcher
    check: Check | None
    least: int
    most: int | None
    inner: Slicing | None


def least_of_slices(element: Element) -> int:
    """How many items the slices together demand."""
    return sum(part.least for part in element.slices)


def slicing(checks: Checks, site: Site, name: str) -> Slicing | None:
    """The check of a whole list against its slices; None where they cannot be told apart."""
    told = site.element.row.get("slicing") or {}
    ways = [(way[0], way[1]) for way in told.get("by", [])]
    rules, ordered = told.get("rules", "open"), bool(told.get("ordered"))
    slices = [_slice(checks, site, part, ways, name) for part in site.element.slices]
    if any(part is None for part in slices) or not (slices or rules == "closed"):
        return None
    known = [part for part in slices if part is not None]
    how = " and ".join(f"by {kind} of {path}" for kind, path in ways) or "by nothing"
    names, profile = " or ".join(f"'{part.name}'" for part in known) or "nothing", site.profile

    def distribute(value: list[Any], path: Path, run: Run) -> None:
        found: list[list[tuple[int, Any]]] = [[] for _ in known]
        last, outside = -1, False
        for index, item in enumerate(value):
            here = (path[0], path[1], index)
            place = next((number for number, part in enumerate(known) if part.matches(item, run)), None)
            if place is None:
                outside = True
                if rules == "closed":
                    run.say("slice-closed", here, profile, slices=names)
                continue
            if outside and rules == "openAtEnd":
                run.say("slice-at-end", here, profile, slice=known[place].name)
            if ordered and place < last:
                run.say("slice-order", here, profile, slice=known[place].name, before=known[last].name)
            last = max(place, last)
            found[place].append((index, item))
            check = known[place].check
            if check is not None:
                check(item, here, run)
        for part, items in zip(known, found, strict=True):
            if len(items) < part.least:
                run.say("slice-too-few", path, profile, slice=part.name, min=part.least, found=len(items), how=how)
            elif part.most is not None and len(items) > part.most:
                run.say("slice-too-many", (path[0], path[1], items[part.most][0]), profile, slice=part.name, max=part.most, found=len(items), how=how)
            if part.inner is not None and (items or part.least):
                part.inner([item for _, item in items], path, run)

    return distribute


def _slice(checks: Checks, site: Site, part: Element, ways: list[tuple[str, str]], name: str) -> _Slice | None:
    """One slice with all that is asked of its items; None when no discriminator tells it."""
    here = site._replace(element=part, against=site.element)
    if not ways:
        return None
    matches = matcher(checks, here, ways)
    if matches is None:
        return None
    codes = part.codes or site.element.codes or site.base.codes
    content = here.followed()
    check = checks.one_value(content._replace(against=site.followed().element), codes[0]) if codes else None
    inner = slicing(checks, here, name) if part.slices else None
    return _Slice(part.slice, matches, check, part.least, part.most, inner)
