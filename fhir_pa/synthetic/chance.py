"""Chance: what happens in a synthetic year and could have happened otherwise. It is handed in, so that one seed gives one year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol, TypeVar

Thing = TypeVar("Thing")


class Chance(Protocol):
    """What is needed of ``random.Random``."""

    def random(self) -> float:
        """A number from 0 up to, not including, 1."""

    def choice(self, seq: Sequence[Thing], /) -> Thing:
        """One of these, all alike."""

    def expovariate(self, lambd: float, /) -> float:
        """How long to wait for what happens ``lambd`` times in a unit of time."""


def happens(chance: Chance, share: float) -> bool:
    """Whether it happens this time, of something that happens in this share of all times (0 to 1)."""
    return chance.random() < share


def one_of(chance: Chance, shares: Mapping[Thing, float]) -> Thing:
    """One of these, each as often as its share of the whole says.

    >>> from random import Random
    >>> one_of(Random(1), {"always": 1.0, "never": 0.0})
    'always'
    """
    drawn = chance.random() * sum(shares.values())
    for thing, share in shares.items():
        drawn -= share
        if drawn < 0:
            return thing
    return list(shares)[-1]


def after_about(chance: Chance, mean: timedelta, at_least: timedelta = timedelta(minutes=1)) -> timedelta:
    """How long something takes that takes so long on average: mostly less, now and then much more; whole seconds."""
    return at_least + timedelta(seconds=round(mean.total_seconds() * chance.expovariate(1.0)))
