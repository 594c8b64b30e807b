"""Who called whom, as a picture: one lifeline for each party, one arrow for each exchange, inline SVG without a script.

Across, everything is placed in percent, so that the arrows reach their lanes at any width and the words keep their size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from fhir_pa.provider.test_ehr.chapters import Chapter, chapter_of
from fhir_pa.provider.test_ehr.journal import APP, BROWSER, EHR, PAYER, Exchange

LANES = {BROWSER: ("Browser", 10), EHR: ("EHR", 36), APP: ("Forms app", 64), PAYER: ("Payer", 90)}
ROW, MIDDLE, HEAD = 26, 13, 30


@dataclass(frozen=True)
class Row:
    """Exchanges that follow each other between the same two parties and are the same step: one arrow."""

    chapter: Chapter
    exchanges: tuple[Exchange, ...]

    @property
    def first(self) -> Exchange:
        return self.exchanges[0]

    @property
    def took_ms(self) -> float:
        return sum(each.call.took_ms for each in self.exchanges)

    @property
    def failed(self) -> bool:
        """Whether something went wrong; a read of what is not here, or not open to the reader, is an answer like another."""
        return any(each.call.status >= 400 and not (each.call.method == "GET" and each.call.status in (403, 404)) for each in self.exchanges)

    @property
    def statuses(self) -> str:
        """Each status once, in the order they came."""
        return ", ".join(dict.fromkeys(str(each.call.status) for each in self.exchanges))

    @property
    def between(self) -> str:
        """The two parties in words."""
        return f"{LANES[self.first.caller][0]} to {LANES[self.first.called][0]}"


def rows(exchanges: Iterable[Exchange]) -> list[Row]:
    """The exchanges as arrows in the order they began: a call comes before those it led to, though it ends after them."""
    told = ((chapter_of(each), each) for each in sorted(exchanges, key=lambda each: each.call.at))
    groups = groupby(told, key=lambda pair: (pair[1].caller, pair[1].called, pair[0].word))
    return [Row(pairs[0][0], tuple(each for _, each in pairs)) for pairs in (list(group) for _, group in groups)]


def arrow(row: Row) -> Markup:
    """One row of the picture, to stand in a list."""
    return Markup('<svg class="arrow {}" width="100%" height="{}" aria-hidden="true" focusable="false">{}{}</svg>').format(
        row.chapter.guide.lower(), ROW, _lifelines(0, ROW), _line(row, MIDDLE)
    )


def picture(told: list[Row]) -> Markup:
    """The whole picture as an SVG file of its own, with its words."""
    height = HEAD + ROW * 2 * len(told) + 8
    heads = Markup("").join(Markup('<text x="{}%" y="18" text-anchor="middle" font-weight="600">{}</text>').format(at, name) for name, at in LANES.values())
    lines = Markup("").join(
        Markup('<text x="{}%" y="{}" text-anchor="middle">{}</text>{}').format(_centre(row), y - 7, _words(row), _line(row, y))
        for row, y in ((row, HEAD + ROW * 2 * (number + 1) - 8) for number, row in enumerate(told))
    )
    opening = Markup('<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{}" font-family="system-ui, sans-serif" font-size="13">').format(height)
    colours = Markup('<style>line{{stroke:#44525f;stroke-width:1.5}} .life{{stroke:#c3ccd4}} path{{fill:#44525f}}</style>{}').format(markers())
    paper = Markup('<rect width="100%" height="100%" fill="#fff"/>')
    return Markup("{}{}{}{}{}{}</svg>").format(opening, colours, paper, _lifelines(HEAD - 6, height), heads, lines)


def markers() -> Markup:
    """The head of the arrows; once on a page that has rows."""
    return Markup(
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">'
        '<path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>'
    )


def _line(row: Row, y: int) -> Markup:
    start, end = LANES[row.first.caller][1], LANES[row.first.called][1]
    dots = Markup(' stroke-dasharray="4 3"') if row.failed else Markup("")
    return Markup('<line x1="{}%" y1="{}" x2="{}%" y2="{}" marker-end="url(#head)"{}/>').format(start, y, end, y, dots)


def _lifelines(top: int, bottom: int) -> Markup:
    return Markup("").join(Markup('<line class="life" x1="{}%" y1="{}" x2="{}%" y2="{}"/>').format(at, top, at, bottom) for _, at in LANES.values())


def _centre(row: Row) -> int:
    return (LANES[row.first.caller][1] + LANES[row.first.called][1]) // 2


def _words(row: Row) -> str:
    times = f" ×{len(row.exchanges)}" if len(row.exchanges) > 1 else ""
    return f"{row.chapter.guide} {row.chapter.word}{times} · {row.statuses} · {row.took_ms:.0f} ms"
