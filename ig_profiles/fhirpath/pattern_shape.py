"""The shape of a regular expression: its parts, what each may begin with, and how often a reader must guess.

A reader has to guess where a part that may stop or go on meets the same characters as what follows it: ``a*a``. Guesses
inside a repetition multiply without end and are refused; elsewhere they are counted, so that the text can be kept short.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_SAMPLE = [chr(code) for code in range(128)] + ["é", "Ω", "\u2003", "中"]
_QUANTIFIER = re.compile(r"(?:([*+?])|\{(\d*)(,?)(\d*)\})[?+]?")
ATOM = re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|:))?(?!\?)")

Sequence_ = tuple["Part", ...]


class UnsafePattern(ValueError):
    """The pattern could run without end, or uses what cannot be judged."""


@dataclass(frozen=True)
class Part:
    """One atom or group with its quantifier; ``most`` is None without a bound."""

    characters: frozenset[str]
    alternatives: tuple[Sequence_, ...]
    least: int
    most: int | None

    @property
    def may_be_absent(self) -> bool:
        return self.least == 0 or any(_nullable(sequence) for sequence in self.alternatives)

    @property
    def varies(self) -> bool:
        return self.most != self.least

    @property
    def repeats(self) -> bool:
        return self.most is None or self.most > 1

    @property
    def first(self) -> frozenset[str]:
        return self.characters.union(*(_first(sequence) for sequence in self.alternatives))


def _nullable(parts: Sequence_) -> bool:
    return all(part.may_be_absent for part in parts)


def _first(parts: Sequence_) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for part in parts:
        found |= part.first
        if not part.may_be_absent:
            break
    return found


def guesses(text: str, as_python: Callable[[str], str]) -> tuple[int, int]:
    """How many unbounded guesses the pattern holds, and the product of its bounded ones. Raises UnsafePattern.

    >>> guesses(r"[a-z]+(\\.[a-z]+)*", str), guesses(".*b.*", str)
    ((0, 1), (1, 1))
    """
    parts, end = _alternatives(text, 0, as_python, 0)
    if end != len(text):
        raise UnsafePattern("has a parenthesis too many")
    unbounded, bounded = 0, 1
    for sequence in parts:
        more, times = _judge(sequence, frozenset(), False)
        unbounded, bounded = max(unbounded, more), bounded * times
    return unbounded, bounded


def _judge(parts: Sequence_, follow: frozenset[str], inside: bool) -> tuple[int, int]:
    unbounded, bounded = 0, 1
    for place, part in enumerate(parts):
        rest = parts[place + 1 :]
        after = _first(rest) | (follow if _nullable(rest) else frozenset())
        guess = part.varies and bool(part.first & after)
        looped = inside or (part.repeats and bool(part.alternatives))
        if guess and inside:
            raise UnsafePattern("repeats a repetition and could run without end. Begin each round with a separator")
        if guess and part.most is None:
            unbounded += 1
        elif guess:
            bounded *= (part.most or 1) - part.least + 1
        if looped and _overlap([_first(sequence) for sequence in part.alternatives]):
            raise UnsafePattern("repeats alternatives that begin alike and could run without end. Begin each with its own character")
        for sequence in part.alternatives:
            more, times = _judge(sequence, after | part.first if part.repeats else after, looped)
            unbounded, bounded = unbounded + more, bounded * times
    return unbounded, bounded


def _overlap(sets: Sequence[frozenset[str]]) -> bool:
    return len(sets) > 1 and sum(map(len, sets)) > len(frozenset().union(*sets))


def _alternatives(text: str, at: int, as_python: Callable[[str], str], depth: int) -> tuple[tuple[Sequence_, ...], int]:
    if depth > 20:
        raise UnsafePattern("is nested more than 20 levels deep")
    found: list[Sequence_] = []
    parts: list[Part] = []
    while at < len(text) and text[at] != ")":
        if text[at] == "|":
            found.append(tuple(parts))
            parts = []
            at += 1
            continue
        part, at = _part(text, at, as_python, depth)
        if part is not None:
            parts.append(part)
    return (*found, tuple(parts)), at


def _part(text: str, at: int, as_python: Callable[[str], str], depth: int) -> tuple[Part | None, int]:
    alternatives: tuple[Sequence_, ...] = ()
    characters: frozenset[str] = frozenset()
    if text[at] == "(":
        group = _GROUP.match(text, at)
        if group is None:
            raise UnsafePattern("looks around or sets flags, which is not supported. Write it with plain groups")
        alternatives, end = _alternatives(text, group.end(), as_python, depth + 1)
        end += 1
    else:
        match = ATOM.match(text, at)
        end = match.end() if match else at + 1
        if text[at:end] in {"^", r"\b", r"\B"}:
            return None, end
        characters = frozenset() if text[at] == "$" else _characters(as_python(text[at:end]))
    quantifier = _QUANTIFIER.match(text, end)
    if quantifier is None or quantifier.group() == "{}":
        return Part(characters, alternatives, 1, 1), end
    return Part(characters, alternatives, *_bounds(quantifier)), quantifier.end()


def _bounds(quantifier: re.Match[str]) -> tuple[int, int | None]:
    sign, least, comma, most = quantifier.groups()
    if sign:
        return (1 if sign == "+" else 0), (1 if sign == "?" else None)
    low = int(least or 0)
    return low, low if not comma else int(most) if most else None


@lru_cache(maxsize=1024)
def _characters(atom: str) -> frozenset[str]:
    if re.fullmatch(r"\\[1-9]", atom):
        raise UnsafePattern(f"refers back to a group with {atom}, which is not supported")
    try:
        one = re.compile(atom, re.DOTALL | re.ASCII)
    except re.error:
        return frozenset(_SAMPLE)
    return frozenset(character for character in _SAMPLE if one.fullmatch(character))
