"""Regular expressions that cannot run away: dangerous ones are refused, and text is shown to a pattern only up to a length."""

from __future__ import annotations

import re
from functools import lru_cache

from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.pattern_shape import ATOM, UnsafePattern, guesses

MAX_PATTERN = 1_000
MAX_TEXT = 20_000
_STEPS = 20_000_000
_USEFUL = 16


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
    try:
        unbounded, bounded = guesses(text, _as_python)
    except UnsafePattern as error:
        raise EvaluationError(f"the pattern '{text[:80]}' {error}.") from None
    degree = 1 + unbounded + (0 if text.startswith("^") else 1)
    limit = min(MAX_TEXT, int((_STEPS / bounded) ** (1 / degree)))
    if limit < _USEFUL:
        raise EvaluationError(f"the pattern '{text[:80]}' can be read in too many ways. Put separators between its repetitions.")
    return compiled, limit


def _as_python(text: str) -> str:
    """The pattern as Python reads it.

    ``$`` is the very end, ``(?<name>`` has a P, and a hyphen after ``\\w`` in a class is a hyphen (ord-1 of CRD 2.2).

    >>> _as_python(r"(?<a>[\\w-.])$")
    '(?P<a>[\\\\w\\\\-.])\\\\Z'
    """
    found = [""]
    for match in ATOM.finditer(text):
        atom = match.group()
        if atom == "$":
            atom = "\\Z"
        elif atom == "?" and found[-1] == "(" and text[match.end() : match.end() + 1] == "<":
            atom = "?P"
        elif atom[0] == "[":
            atom = re.sub(r"(\\[dswDSW])-(?!\])", r"\1\\-", atom)
        found.append(atom)
    return "".join(found)


def checked(text: str, limit: int) -> str:
    """The text, if short enough for the pattern; else raises EvaluationError."""
    if len(text) > limit:
        raise EvaluationError(f"a text of {len(text):,} characters is too long for this pattern; {limit:,} are allowed")
    return text
