"""Do the policies on one shelf get along? Two that speak at once, two forms of one name, or none at all for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from questionnaires.authoring.mistakes import Mistake
from questionnaires.policy import Edition

ANYTHING_ELSE = "anything_else"


def overlaps(editions: Iterable[Edition]) -> Iterator[Mistake]:
    """Editions equally specific and in force on one day for one service and line of business: which is the rule?"""
    for one, other in combinations(sorted(editions, key=lambda edition: edition.in_force_from), 2):
        shared = sorted(mine.code for mine in one.services if any(mine.same_as(theirs) for theirs in other.services))
        lines = sorted(set(one.lines_of_business) & set(other.lines_of_business))
        same_services = shared or (not one.services and not other.services)
        same_lines = lines or (not one.lines_of_business and not other.lines_of_business)
        start, end = other.in_force_from, min(one.in_force_until or date.max, other.in_force_until or date.max)
        if same_services and same_lines and start <= end:
            about = (", ".join(shared) or "every service") + (f" in {', '.join(lines)}" if lines else "")
            what = f"has {other.name} in force from {start} for {about}, and so is {one.name}."
            yield Mistake(f"{other.topic}/policy.toml", f"edition {other.version}", what, f"End {one.name} with in_force_until, or part their services.")


def silence(editions: Iterable[Edition]) -> Iterator[Mistake]:
    """Nobody says what happens to a service that no policy mentions."""
    if not any(not each.services and not each.lines_of_business and each.in_force_until is None for each in editions):
        what = "does not say what happens to a service no policy mentions."
        yield Mistake(f"{ANYTHING_ELSE}/policy.toml", "", what, "Keep an edition there without services, lines of business or last day.")


def namesakes(published: Sequence[tuple[str, str, str, Any]]) -> Iterator[Mistake]:
    """Things published under one name that are not the same; each is (what, its name, the policy's topic, content)."""
    for (kind, name, topic, content), (_, twin, other, other_content) in combinations(published, 2):
        if name == twin and content != other_content:
            mend = "Give each a name of its own, or raise the version: clients keep what they once fetched under a name."
            yield Mistake(other, "", f"and {topic} publish the {kind} {name} with different content.", mend)
