"""Agreement between reviewers: how often a blind second reading says the same, and how much of it is more than chance (domain F18)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fhir_pa.um.measures.second_reading import SecondReading


@dataclass(frozen=True)
class Agreement:
    """The readings of one group, each with a second word: of one policy, one reviewer, or all (``name`` is empty)."""

    name: str
    readings: tuple[SecondReading, ...]

    @property
    def agreed(self) -> tuple[SecondReading, ...]:
        """Those in which both said the same."""
        return tuple(each for each in self.readings if each.first == each.second)

    @property
    def percent(self) -> float | None:
        """How many agree, of a hundred; None when nothing was read."""
        return round(100 * len(self.agreed) / len(self.readings), 1) if self.readings else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None when nothing was read, or both always said one and the same word, so that chance alone explains it."""
        return kappa([(str(each.first), str(each.second)) for each in self.readings])


def kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's kappa of what two said: observed agreement beyond that of chance, 1 for always, 0 for no more than chance.

    >>> kappa([("certify", "certify")] * 20 + [("certify", "deny")] * 5 + [("deny", "certify")] * 10 + [("deny", "deny")] * 15)
    0.4
    >>> kappa([("certify", "certify")] * 9) is None
    True
    """
    said = list(pairs)
    if not said:
        return None
    firsts, seconds = Counter(first for first, _ in said), Counter(second for _, second in said)
    chance = sum(firsts[word] * seconds[word] for word in firsts) / len(said) ** 2
    observed = sum(first == second for first, second in said) / len(said)
    return None if chance == 1 else round((observed - chance) / (1 - chance), 3)


def overall(readings: Iterable[SecondReading]) -> Agreement:
    """All that were read."""
    return Agreement("", tuple(each for each in readings if each.second is not None))


def by_policy(readings: Iterable[SecondReading]) -> tuple[Agreement, ...]:
    """Of each policy, the least agreement first."""
    return _grouped(readings, lambda each: each.topic)


def by_reviewer(readings: Iterable[SecondReading]) -> tuple[Agreement, ...]:
    """Of each reviewer whose decisions were read again, the least agreement first."""
    return _grouped(readings, lambda each: each.first_by)


def _grouped(readings: Iterable[SecondReading], of: Callable[[SecondReading], str]) -> tuple[Agreement, ...]:
    groups: dict[str, list[SecondReading]] = {}
    for each in overall(readings).readings:
        groups.setdefault(of(each), []).append(each)
    found = [Agreement(name, tuple(group)) for name, group in groups.items()]
    return tuple(sorted(found, key=lambda group: (group.percent or 0.0, group.name)))
