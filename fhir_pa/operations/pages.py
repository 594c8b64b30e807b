"""Pages of a long list: which page was asked for, and what is told with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Json

USUAL, LONGEST, FARTHEST = 50, 500, 1_000_000


@dataclass(frozen=True)
class Page:
    """One page: its number from 1, and how many lines it has at most."""

    number: int
    size: int

    @property
    def first(self) -> int:
        """How many lines come before it."""
        return (self.number - 1) * self.size

    def pages(self, total: int) -> int:
        """On how many pages so many lines stand."""
        return max(1, -(-total // self.size))

    def told(self, rows: Iterable[Json], total: int) -> Json:
        """The lines of this page with how many there are in all, and on how many pages."""
        return {"rows": list(rows), "total": total, "page": self.number, "pages": self.pages(total)}


def page_of(asked: Mapping[str, str], size: int = USUAL) -> Page:
    """The page in ``page`` and ``per_page``. Raises Unprocessable for what is no number."""
    return Page(_number("page", 1, FARTHEST, asked), _number("per_page", size, LONGEST, asked))


def _number(name: str, otherwise: int, most: int, asked: Mapping[str, str]) -> int:
    value = asked.get(name, "") or str(otherwise)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= most:
        raise Unprocessable(Issue(f"Give {name} as a number from 1 to {most}.", "invalid", expression=name))
    return int(value)
