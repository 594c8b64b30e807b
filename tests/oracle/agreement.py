"""Do the two validators agree, file by file, that there is an error or none; and is every difference explained?

``disagreements.toml`` is kept by hand and says two things, each ``because`` of a reason:

- ``[[set_aside]]``: what HAPI calls an error and is none of the guides' rules, or one it misjudges wherever it occurs. Keys:
  ``message_id``, and where needed ``message`` and ``expression``, regular expressions that must be found in HAPI's. One without
  ``message`` is HAPI told to keep silent about, so that it counts nowhere.
- ``[[disagreement]]``: a ``file`` (its name in the corpus, guide first, ``*`` standing for anything) on which they differ, and who
  finds an ``error``, "hapi" or "ours". It counts as a disagreement all the same.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.oracle.hapi import Answer, Case, Said

TABLE = Path(__file__).parent / "disagreements.toml"
ENOUGH = 0.98
Ours = Callable[[Case], tuple[str, ...]]


@dataclass(frozen=True)
class SetAside:
    """A kind of HAPI error that counts for nothing here, and why."""

    because: str
    message_id: str
    message: str = ""
    expression: str = ""

    def covers(self, said: Said) -> bool:
        """Whether this is such an error."""
        found = re.search(self.message, said.message) and re.search(self.expression, said.expression or "")
        return said.message_id == self.message_id and found is not None


@dataclass(frozen=True)
class Explained:
    """A difference we know of: which file, who says that there is an error ('hapi' or 'ours'), and why."""

    file: str
    error: str
    because: str


@dataclass(frozen=True)
class Table:
    """What ``disagreements.toml`` says."""

    set_aside: tuple[SetAside, ...] = ()
    explained: tuple[Explained, ...] = ()

    @classmethod
    def read(cls, path: Path = TABLE) -> Table:
        """The table in this file. Raises TypeError naming a key it does not know or misses."""
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(tuple(SetAside(**each) for each in found.get("set_aside", ())), tuple(Explained(**each) for each in found.get("disagreement", ())))

    @property
    def silent(self) -> dict[str, str]:
        """What HAPI is told to keep silent about: message id to a pattern of places."""
        return {each.message_id: each.expression for each in self.set_aside if not each.message}

    def errors(self, answer: Answer) -> list[Said]:
        """HAPI's errors that count."""
        return [said for said in answer.said if said.is_error and not any(each.covers(said) for each in self.set_aside)]


@dataclass(frozen=True)
class Compared:
    """One file and the errors each validator finds in it, as lines for people."""

    name: str
    hapi: tuple[str, ...]
    ours: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return bool(self.hapi) == bool(self.ours)

    @property
    def error(self) -> str:
        """Who says that there is an error, where only one does."""
        return "hapi" if self.hapi else "ours"


@dataclass(frozen=True)
class Result:
    """All files compared. ``stale`` are entries of the table that no compared file needs any more."""

    compared: tuple[Compared, ...]
    unexplained: tuple[Compared, ...]
    stale: tuple[str, ...]

    @property
    def agreement(self) -> float:
        """The share of files on which both say error or both say none, 0 to 1."""
        return sum(each.agrees for each in self.compared) / len(self.compared) if self.compared else 1.0

    @property
    def good(self) -> bool:
        return not self.unexplained and not self.stale and self.agreement >= ENOUGH

    def told(self) -> str:
        """The result for people."""
        lines = []
        for each in self.unexplained:
            who, errors = ("HAPI", each.hapi) if each.hapi else ("our validator", each.ours)
            lines += [f"{each.name}: only {who} finds errors:", *(f"    {error}" for error in errors[:5])]
        lines += [f"disagreements.toml explains '{name}', on which both agree now or which is gone. Take the entry out." for name in self.stale]
        both = sum(bool(each.hapi) for each in self.compared if each.agrees)
        differ = [each for each in self.compared if not each.agrees]
        lines.append(
            f"{len(self.compared)} files: {both} with errors by both, {len(self.compared) - len(differ) - both} without by both, {len(differ)} judged"
            f" differently ({len(differ) - len(self.unexplained)} explained): {self.agreement:.1%} agreement, {ENOUGH:.0%} wanted."
        )
        return "\n".join(lines)


def compare(cases: Iterable[Case], answers: Iterable[Answer], ours: Ours, table: Table) -> Result:
    """Both validators' errors in each case, HAPI's answers in the order of the cases; ``ours`` names the errors our validator finds."""
    compared = tuple(
        Compared(case.name, tuple(f"{said.expression}: {said.message} ({said.message_id})" for said in table.errors(answer)), ours(case))
        for case, answer in zip(cases, answers, strict=True)
    )
    differ = [each for each in compared if not each.agrees]

    def explains(known: Explained, each: Compared) -> bool:
        return known.error == each.error and fnmatchcase(each.name, known.file)

    unexplained = tuple(each for each in differ if not any(explains(known, each) for known in table.explained))
    guides = {each.name.partition("/")[0] for each in compared}
    asked = [known for known in table.explained if known.file.partition("/")[0] in guides]
    stale = tuple(known.file for known in asked if not any(explains(known, each) for each in differ))
    return Result(compared, unexplained, stale)
