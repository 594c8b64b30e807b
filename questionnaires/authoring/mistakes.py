"""A mistake in a policy folder: in which file, at which key, what is wrong, and how its author mends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing for a policy's author to put right.

    ``file`` is relative to the shelf, ``key`` the way to the place inside it, ``what`` continues the file's name as a
    sentence, ``mend`` says what to do.

    >>> str(Mistake("home_oxygen/policy.toml", "edition 2026.1", "has no 'signed_by'.", "Say who signed it, and when."))
    "home_oxygen/policy.toml has no 'signed_by'. Say who signed it, and when. (edition 2026.1)"
    """

    file: str
    key: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file} {self.what} {self.mend}" + (f" ({self.key})" if self.key else "")


def report(mistakes: Sequence[Mistake]) -> str:
    """All mistakes as a page for the author, file by file.

    >>> print(report([Mistake("a/policy.toml", "edition 1", "has no 'because'.", "Give the reason in one sentence.")]))
    1 mistake in 1 file.
    <BLANKLINE>
    a/policy.toml
      edition 1: has no 'because'. Give the reason in one sentence.
    >>> report([])
    'No mistakes.'
    """
    if not mistakes:
        return "No mistakes."
    ordered = sorted(mistakes)
    files = len({mistake.file for mistake in ordered})
    lines = [f"{len(ordered)} mistake{'s' if len(ordered) > 1 else ''} in {files} file{'s' if files > 1 else ''}."]
    for file, found in groupby(ordered, key=lambda mistake: mistake.file):
        lines += ["", file]
        lines += [f"  {mistake.key + ': ' if mistake.key else ''}{mistake.what} {mistake.mend}" for mistake in found]
    return "\n".join(lines)


def quoted(names: Iterable[str]) -> str:
    """Names in quotes, in a row.

    >>> quoted(["spo2", "tested_on"])
    "'spo2', 'tested_on'"
    """
    return ", ".join(f"'{name}'" for name in names) or "nothing"


def perhaps(name: str, known: Iterable[str]) -> str:
    """A guess at what a misspelt name was meant to be, as the start of a sentence, or nothing.

    >>> perhaps("within_day", ["within_days", "is"])
    "Did you mean 'within_days'? "
    """
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean '{near[0]}'? " if near else ""
