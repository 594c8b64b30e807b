"""Regular expressions that cannot run away: refused where nested repetition could, and shown only bounded text.

A repetition inside a repetition is taken only when each round must begin with a character that nothing else in it
can match, as in ``([a-z]+(\\.[a-z]+)*)``; then there is one way to read a text, and work stays linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from ig_profiles.fhirpath.errors import EvaluationError

MAX_PATTERN = 1_000
MAX_TEXT = 20_000
_WORK = 20_000_000
_MANY = 16
_SAMPLE = [chr(code) for code in range(128)] + ["é", "Ω", "\u2003", "中", "0"]
_QUANTIFIER = re.compile(r"[*+?]|\{(\d+)(,(\d*))?\}")
_ATOM = re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


@dataclass
class _Group:
    """What one pair of parentheses holds: the characters of its first atom, of all others, and whether its length is open."""

    first: frozenset[str] | None = None
    first_is_single: bool = False
    others: set[str] = field(default_factory=set)
    is_open: bool = False
    started: bool = False

    def take(self, characters: frozenset[str], single: bool) -> None:
        if not self.started:
            self.started, self.first, self.first_is_single = True, characters, single
        else:
            self.others |= characters

    @property
    def characters(self) -> frozenset[str]:
        return frozenset(self.others | (self.first or frozenset()))

    @property
    def is_separated(self) -> bool:
        return self.first is not None and self.first_is_single and not self.first & self.others


@lru_cache(maxsize=512)
def pattern(text: str) -> tuple[re.Pattern[str], int]:
    """The compiled pattern, and how long a text it may be shown. Raises EvaluationError for one that is wrong or could run away.

    >>> pattern("^[A-Z]+$")[0].search("ABC") is not None
    True
    >>> pattern("(a+)+$")
    Traceback (most recent call last):
    ...
    ig_profiles.fhirpath.errors.EvaluationError: the pattern '(a+)+$' repeats a repetition and could run without end. Begin each round with a separator.
    """
    if len(text) > MAX_PATTERN:
        raise EvaluationError(f"the pattern has {len(text):,} characters; {MAX_PATTERN:,} are allowed")
    try:
        compiled = re.compile(_as_python(text), re.DOTALL | re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise EvaluationError(f"'{text[:80]}' is no regular expression: {error}") from None
    repetitions = _open_repetitions(text)
    degree = repetitions + (0 if text.startswith("^") else 1)
    return compiled, min(MAX_TEXT, int(_WORK ** (1 / max(degree, 1))))


def _as_python(text: str) -> str:
    """The pattern as Python reads it: ``$`` is the very end, and a hyphen after ``\\w`` in a class is a hyphen (ord-1 of CRD 2.2)."""
    atoms = (match.group() for match in _ATOM.finditer(text))
    return "".join("\\Z" if atom == "$" else re.sub(r"(\\[dswDSW])-(?!\])", r"\1\\-", atom) if atom[0] == "[" else atom for atom in atoms)


def _open_repetitions(text: str) -> int:
    """How many repetitions without a narrow bound the pattern has."""
    stack = [_Group()]
    found = at = 0
    while at < len(text):
        if text[at] == "(":
            at = _after_group_start(text, at)
            stack.append(_Group())
            continue
        closed: _Group | None = None
        if text[at] == ")" and len(stack) > 1:
            closed = stack.pop()
            end = at + 1
            characters, single = closed.characters, False
        elif text[at] in "|^$":
            if text[at] == "|":
                stack[-1].first_is_single, stack[-1].started = False, True
            at += 1
            continue
        else:
            match = _ATOM.match(text, at)
            end = match.end() if match else at + 1
            characters, single = _characters(text[at:end]), True
        quantifier = _QUANTIFIER.match(text, end)
        if quantifier:
            end = quantifier.end()
            if end < len(text) and text[end] in "?+":
                end += 1
            single = False
            if _is_open(quantifier):
                found += 1
                if closed is not None and closed.is_open and not closed.is_separated:
                    raise EvaluationError(f"the pattern '{text[:80]}' repeats a repetition and could run without end. Begin each round with a separator.")
                stack[-1].is_open = True
        if closed is not None and closed.is_open:
            stack[-1].is_open = True
        stack[-1].take(characters, single)
        at = end
    return found


def _after_group_start(text: str, at: int) -> int:
    if text[at + 1 : at + 2] != "?":
        return at + 1
    named = re.compile(r"\(\?(?:P?<\w+>|:)").match(text, at)
    if named is None:
        raise EvaluationError(f"the pattern '{text[:80]}' looks around or sets flags, which is not supported. Write it with plain groups.")
    return named.end()


def _is_open(quantifier: re.Match[str]) -> bool:
    if quantifier.group() in {"*", "+"}:
        return True
    if quantifier.group() == "?":
        return False
    most = quantifier.group(1) if quantifier.group(2) is None else quantifier.group(3)
    return most == "" or int(most) > _MANY


@lru_cache(maxsize=1024)
def _characters(atom: str) -> frozenset[str]:
    if re.fullmatch(r"\\[1-9]", atom):
        raise EvaluationError(f"the pattern refers back to a group with {atom}, which is not supported")
    try:
        one = re.compile(_as_python(atom), re.DOTALL | re.ASCII)
    except re.error:
        return frozenset(_SAMPLE)
    return frozenset(character for character in _SAMPLE if one.fullmatch(character))


def checked(text: str, limit: int) -> str:
    """The text, if short enough for the pattern; else raises EvaluationError."""
    if len(text) > limit:
        raise EvaluationError(f"a text of {len(text):,} characters is too long for this pattern; {limit:,} are allowed")
    return text
