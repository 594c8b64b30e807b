"""Percentiles of how long decisions took: what a mean hides, the member who waited longest among them (domain F95)."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

TOLD = (50, 75, 90, 95)


def percentiles(hours: Iterable[float]) -> dict[int, float]:
    """How many hours half of them took at most, three quarters, nine of ten, and 95 of a hundred, by nearest rank; nothing of nothing.

    Each is a time that really was: none is made up between two others.

    >>> percentiles([1, 2, 3, 4, 5, 6, 7, 8, 9, 100])
    {50: 5, 75: 8, 90: 9, 95: 100}
    >>> percentiles([])
    {}
    """
    ranked = sorted(hours)
    return {share: round(ranked[max(0, ceil(share * len(ranked) / 100) - 1)], 1) for share in TOLD} if ranked else {}
