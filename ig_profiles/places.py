"""Where in a JSON text an expression stands: line and column, for whoever must mend the file by hand.

The text is read a second time only when there is something to point at.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ig_profiles.resource_types import RESOURCE_TYPES

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_CHOICE = re.compile(r"\b(\w+)\.ofType\((\w)(\w*)\)")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """A place in a text; both count from 1."""

    line: int
    column: int


class Places:
    """The places of every value in one JSON text, which must be well-formed.

    >>> Places('{"resourceType": "Patient",\\n "name": [{"family": "Penhallow"}]}').of("Patient.name[0].family")
    Place(line=2, column=22)
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._found: dict[Path, int] = dict(_values(text))

    def of(self, expression: str) -> Place:
        """The place of the value the expression names, or of the nearest value around it."""
        path = steps(expression)
        while path and path not in self._found:
            path = path[:-1]
        offset = self._found.get(path, 0)
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)


def steps(expression: str) -> Path:
    """Keys and indexes below the resource; a choice stands in JSON under its own key for each type.

    >>> steps("Bundle.entry[0].resource")
    ('entry', 0, 'resource')
    >>> steps("Patient.extension[0].value.ofType(dateTime).extension[1]")
    ('extension', 0, 'valueDateTime', 'extension', 1)
    """
    expression = _CHOICE.sub(_chosen, expression)
    found = [int(index) if index else name for name, index in _STEP.findall(expression.split("(")[0])]
    return tuple(found[1:])


def _chosen(found: re.Match[str]) -> str:
    """``value.ofType(dateTime)`` is the key valueDateTime; ``resource.ofType(Claim)`` only says which resource is meant."""
    kind = found[2] + found[3]
    return found[1] if kind in RESOURCE_TYPES else f"{found[1]}{found[2].upper()}{found[3]}"


def _values(text: str) -> Iterator[tuple[Path, int]]:
    """(path, offset) of every value. The containers stand on a list, so depth costs no recursion."""
    path: list[str | int] = []  # the key or the index inside each open container
    key_next = False
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word == ":":
            continue
        if word == ",":
            if isinstance(path[-1], int):
                path[-1] += 1
            else:
                key_next = True
        elif word in "}]":
            path.pop()
            key_next = False
        elif key_next and word[0] == '"':
            path[-1] = word[1:-1]
            key_next = False
        else:
            yield tuple(path), token.start()
            if word in "{[":
                path.append("" if word == "{" else 0)
                key_next = word == "{"
