"""One validation under way: what was found, where we stand, and the bound on findings.

A place is a chain of ``(parent, name, index)`` links, spelled out as FHIRPath only when something is found there.
Findings lie in nested lists: what one resource says about one profile is a list of its own, so that it can be asked
for again (by a reference to it) without checking it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ig_profiles.outcome import Issue
from ig_profiles.reading import Entry, Index, Json
from ig_profiles.validation.messages import MESSAGES

Path = tuple[Any, str, int | None]
Findings = list[Any]
MOST_FINDINGS = 500
SHOWN = 120


class Enough(Exception):
    """More was found than anyone will read; checking stops."""


@dataclass(slots=True)
class Scope:
    """The resource we are in: where it stands, what contains it, and the Bundle in which its references resolve."""

    resource: Json  # FHIRPath %resource
    place: Path
    root: Json  # FHIRPath %rootResource: the container of a contained resource, else the resource itself
    root_place: Path
    entry: Entry | None = None
    index: Index | None = None
    ids: dict[str, int] = field(default_factory=dict)


class Run:
    """What one call of ``validate`` knows while it works; never shared between threads."""

    __slots__ = ("strict", "findings", "count", "scope", "outcomes", "entries", "resolved", "later", "passed")

    def __init__(self, strict: bool, scope: Scope) -> None:
        self.strict = strict
        self.findings: Findings = []
        self.count = 0
        self.scope = scope
        self.outcomes: dict[tuple[int, str], Findings] = {}  # what a resource (by identity) says about a profile
        self.entries: dict[int, Entry] = {}  # the Bundle entry of a resource (by identity)
        self.passed: dict[int, str] = {}  # the first profile a resource (by identity) followed without any finding
        self.resolved: dict[tuple[int, str], Scope | None] = {}
        self.later: list[Callable[[], None]] = []  # target profiles of references, looked at when all else is done

    def say(self, message_id: str, path: Path, profile: str | None = None, constraint: str | None = None, **facts: Any) -> None:
        """Keep one finding at this place. ``name`` in the text is the last step of the path unless given."""
        if self.count >= MOST_FINDINGS:
            raise Enough
        self.count += 1
        message = MESSAGES[message_id]
        facts.setdefault("name", path[1].rsplit(".", 1)[-1] if path[0] is None else path[1])
        severity = message.strict if self.strict else message.tolerant
        text = message.text.format(**facts).rstrip()
        self.findings.append(Issue(text, message.code, severity, spell(path), message_id, profile=profile, constraint=constraint))

    def inside(self, resource: Json, path: Path) -> Scope:
        """The scope of a resource met here: in a contained one the container stays the root, any other is its own."""
        outer = self.scope
        if outer.resource is resource:
            return outer
        if path[1] == "contained":
            return Scope(resource, path, outer.root, outer.root_place, outer.entry, outer.index)
        return Scope(resource, path, resource, path, self.entries.get(id(resource)), outer.index)

    def aside(self, check: Callable[[Any, Path, Run], None], value: Any, path: Path) -> Findings:
        """What a check would say about a value, without saying it."""
        outer, self.findings = self.findings, []
        check(value, path, self)
        found, self.findings = self.findings, outer
        return found


def spell(path: Path) -> str:
    """The FHIRPath expression of a place.

    >>> spell((((None, "Bundle", None), "entry", 0), "resource", None))
    'Bundle.entry[0].resource'
    """
    steps: list[str] = []
    step: Any = path
    while step is not None:
        step, name, index = step
        steps.append(name if index is None else f"{name}[{index}]")
    return ".".join(reversed(steps))


def flat(findings: Findings) -> Iterator[Issue]:
    """Every issue in nested findings, in order; a list met twice is read once."""
    seen: set[int] = set()
    waiting = [iter(findings)]
    while waiting:
        for item in waiting[-1]:
            if isinstance(item, Issue):
                yield item
            elif id(item) not in seen:
                seen.add(id(item))
                waiting.append(iter(item))
                break
        else:
            waiting.pop()


def shown(value: Any) -> str:
    """A value as a message may quote it: short, on one line.

    >>> shown({"a": [1]}), shown(True), shown("x")
    ('an object', 'true', "'x'")
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(value if len(value) <= SHOWN else f"{value[:SHOWN]}…")
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return f"the number {value}"
