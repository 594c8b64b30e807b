"""A Pareto chart as numbers to draw: bars by count from a common foot, and the line of what they add up to, in percent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEIGHT, TOP, FOOT, STEP, WIDE, LEFT, RIGHT = 220, 20, 36, 84, 56, 30, 70


@dataclass(frozen=True)
class Drawn:
    """One bar: its place, the point of the line above it, and what it stands for."""

    x: float
    y: float
    height: float
    middle: float
    line_y: float
    count: int
    so_far: float


@dataclass(frozen=True)
class Chart:
    """What to draw in a box of ``width`` by ``height``; ``foot`` is where the bars stand, ``top`` is 100 percent."""

    width: int
    height: int
    top: int
    foot: int
    bars: tuple[Drawn, ...]

    @property
    def line(self) -> str:
        """The points of the line."""
        return " ".join(f"{bar.middle:g},{bar.line_y:g}" for bar in self.bars)


def pareto_chart(causes: Sequence[Mapping[str, Any]]) -> Chart | None:
    """The chart of these causes (``count`` and ``so_far``), the most frequent first; None for fewer than two.

    >>> drawn = pareto_chart([{"count": 3, "so_far": 75.0}, {"count": 1, "so_far": 100.0}])
    >>> [(bar.height, bar.line_y) for bar in drawn.bars]
    [(123.0, 61.0), (41.0, 20.0)]
    """
    if len(causes) < 2:
        return None
    foot, total = HEIGHT - FOOT, sum(each["count"] for each in causes)
    room = foot - TOP
    bars = []
    for place, each in enumerate(causes):
        x, tall = LEFT + place * STEP, room * each["count"] / total
        bars.append(Drawn(x, foot - tall, tall, x + WIDE / 2, foot - room * each["so_far"] / 100, each["count"], each["so_far"]))
    return Chart(LEFT + len(causes) * STEP + RIGHT, HEIGHT, TOP, foot, tuple(bars))
