"""Path to yes: the fewest open facts that could still make every criterion met.

Known facts stay as they are: nobody is told to change a measurement. An open fact is one that is missing, disputed or
unreadable; the path names it when some answer to it, together with the others named, would certify.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import combinations, islice, product
from typing import Any

from questionnaires.comparisons import day_of
from questionnaires.criteria import Answer, Answers, Circumstances, Criterion, Test, Truth, truth_of, weigh

Way = frozenset[int]  # leaves, by their place in the trees, that must become met
WAYS = 512  # kept at each step, those with the fewest facts: policies of any sense have a few dozen
TRIES = 256  # combinations of answers tried for one way
CHAIN = 3  # comparisons of two facts in a row, such as from, until, recorded
_A_LITTLE = Decimal("0.001")
_HERE_ALREADY: tuple[Way, ...] = (frozenset(),)


def path_to_yes(criteria: Iterable[Criterion], answers: Answers, circumstances: Circumstances) -> tuple[str, ...] | None:
    """The smallest set of open facts that could certify, in the order the criteria ask for them.

    Empty when every criterion is met already; None when what is known rules a yes out, so that only a person can look.

    >>> from datetime import date
    >>> low = Criterion("low", "Low", test=Test("spo2", "at_most", Decimal(88)))
    >>> asleep = Criterion("asleep", "Asleep", below=(low, Criterion("night", "At night", test=Test("night", "is", True))))
    >>> either = Criterion("either", "Either", group="any", below=(low, asleep))
    >>> today = Circumstances(date(2026, 11, 21), date(2026, 11, 21))
    >>> path_to_yes([either], {}, today)
    ('spo2',)
    >>> path_to_yes([low], {"spo2": Answer("spo2", (Decimal(91),))}, today) is None
    True
    """
    return next(iter(shortest_paths(criteria, answers, circumstances)), None)


def shortest_paths(
    criteria: Iterable[Criterion], answers: Answers, circumstances: Circumstances, closed: Collection[str] = (), *, remember: bool = True
) -> tuple[tuple[str, ...], ...]:
    """Every smallest set of open facts that could certify: they are alternatives of the same length; none when a yes is ruled out.

    ``closed`` are open facts that will stay as they are, such as questions that were asked and passed over. Without
    ``remember`` nothing of the answers stays in memory, as DTR wants it of a form that is still being asked (R49).
    """
    asked = _Asked(tuple(criteria), answers, circumstances, closed)
    return _shortest(asked) if remember else _shortest.__wrapped__(asked)


def answers_to_yes(criteria: Iterable[Criterion], circumstances: Circumstances, most: int) -> tuple[dict[str, Answer], ...]:
    """Up to so many charts, made of nothing but the policy's own limits, of which each meets every criterion; those with the fewest facts first.

    >>> from datetime import date
    >>> low = Criterion("low", "Low", test=Test("spo2", "at_most", Decimal(88)))
    >>> today = Circumstances(date(2026, 11, 21), date(2026, 11, 21))
    >>> [chart["spo2"].values[0] for chart in answers_to_yes([low], today, 3)]
    [Decimal('88'), Decimal('87.999')]
    """
    wanted, search = tuple(criteria), _Search({}, circumstances)
    found: list[dict[str, Answer]] = []
    for way in search.every_of([search.ways(criterion) for criterion in wanted]):
        meeting = (told for told in islice(search.answers_that_meet(way), TRIES) if _all_met(wanted, told, circumstances))
        found.extend(islice(meeting, most))
        if len(found) >= most:
            break
    return tuple(found[:most])


def remembered() -> int:
    """How many searches are in memory."""
    return _shortest.cache_info().currsize


class _Asked:
    """What a path is sought for: criteria, known by their identity, since a shelf keeps them; what is known, by its values alone.

    Most charts say of a policy what others said before, or nothing.
    """

    def __init__(self, criteria: tuple[Criterion, ...], answers: Answers, circumstances: Circumstances, closed: Collection[str]) -> None:
        self.criteria, self.circumstances, self.closed = criteria, circumstances, frozenset(closed)
        self.known = {fact: Answer(fact, answer.values, disputed=answer.disputed and "disputed") for fact, answer in answers.items()}
        told = tuple((fact, answer.values, tuple(map(type, answer.values)), answer.disputed) for fact, answer in self.known.items())
        self._key = (tuple(map(id, criteria)), told, circumstances, self.closed)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and other._key == self._key


@lru_cache(maxsize=1024)
def _shortest(asked: _Asked) -> tuple[tuple[str, ...], ...]:
    criteria, answers, circumstances = asked.criteria, asked.known, asked.circumstances
    search = _Search(answers, circumstances, asked.closed)
    found: dict[tuple[str, ...], None] = {}
    for way in search.every_of([search.ways(criterion) for criterion in criteria]):
        facts = search.facts(way)
        if found and len(facts) > len(next(iter(found))):
            break
        if facts in found:
            continue
        if any(_all_met(criteria, {**answers, **told}, circumstances) for told in islice(search.answers_that_meet(way), TRIES)):
            found[facts] = None
    return tuple(found)


def _all_met(criteria: Sequence[Criterion], answers: Answers, circumstances: Circumstances) -> bool:
    return all(truth_of(criterion, answers, circumstances) is Truth.MET for criterion in criteria)


@dataclass
class _Search:
    """The leaves met with on the way through the trees, and the ways to make them met."""

    known: Answers
    circumstances: Circumstances
    closed: Collection[str] = ()  # open facts nobody will answer
    leaves: list[Criterion] = field(default_factory=list)
    open_: list[tuple[str, ...]] = field(default_factory=list)  # by leaf, the facts of its test that are not known
    _met: dict[int, frozenset[int]] = field(default_factory=dict)

    def ways(self, criterion: Criterion) -> tuple[Way, ...]:
        """Every way to make this criterion met, those with the fewest facts first."""
        if criterion.test is not None:
            return self._leaf(criterion)
        below = [self.ways(inner) for inner in criterion.below]
        if criterion.group == "first":
            return self._first(criterion, below)
        needed = {"all": len(below), "any": 1, "count": criterion.at_least}[criterion.group]
        return self._fewest(way for some in combinations(below, needed) for way in self.every_of(some))

    def every_of(self, groups: Sequence[tuple[Way, ...]]) -> tuple[Way, ...]:
        """Every way to have all of these at once."""
        together = _HERE_ALREADY
        for ways in groups:
            together = self._fewest(one | other for one, other in product(together, ways))
        return together

    def facts(self, way: Way) -> tuple[str, ...]:
        """The facts a way needs, in the order of the criteria."""
        needed = {fact for leaf in way for fact in self.open_[leaf]}
        return tuple(dict.fromkeys(fact for facts in self.open_ for fact in facts if fact in needed))

    def answers_that_meet(self, way: Way) -> Iterator[dict[str, Answer]]:
        """Answers to the facts of a way that meet every leaf of it."""
        paired = {fact for leaf in way if len(self.open_[leaf]) > 1 for fact in self.open_[leaf]}
        facts = sorted(self.facts(way), key=lambda fact: fact in paired)  # what has to fit together is tried out first
        values = [self._fitting(fact, way) for fact in facts]
        for chosen in product(*values):
            yield {fact: Answer(fact, (value,)) for fact, value in zip(facts, chosen, strict=True)}

    def _leaf(self, criterion: Criterion) -> tuple[Way, ...]:
        finding = weigh(criterion, self.known, self.circumstances)
        if finding.truth is not Truth.UNKNOWN:
            return _HERE_ALREADY if finding.truth is Truth.MET else ()
        if any(fact in self.closed for fact in finding.missing):
            return ()
        self.leaves.append(criterion)
        self.open_.append(finding.missing)
        return (frozenset({len(self.leaves) - 1}),)

    def _first(self, criterion: Criterion, below: list[tuple[Way, ...]]) -> tuple[Way, ...]:
        """The first one that is known decides: those behind it count only while it stays open."""
        open_: list[Way] = []
        for inner, ways in zip(criterion.below, below, strict=True):
            open_.extend(ways)
            if truth_of(inner, self.known, self.circumstances) is not Truth.UNKNOWN:
                break
        return self._fewest(open_)

    def _fewest(self, ways: Iterable[Way]) -> tuple[Way, ...]:
        ordered = sorted(set(ways), key=lambda way: (len(self.facts(way)), sorted(way)))
        kept: list[Way] = []
        for way in ordered:
            if len(kept) < WAYS and not any(less <= way for less in kept):
                kept.append(way)
        return tuple(kept)

    def _test(self, leaf: int) -> Test:
        test = self.leaves[leaf].test
        assert test is not None
        return test

    def _fitting(self, fact: str, way: Way) -> list[Any]:
        """The values that meet every leaf of the way that waits for this fact alone."""
        alone = [self._met_by(leaf) for leaf in way if self.open_[leaf] == (fact,)]
        return [value for place, value in enumerate(self._values[fact]) if all(place in met for met in alone)]

    def _met_by(self, leaf: int) -> frozenset[int]:
        """Which values of the one fact this leaf waits for meet it, by their place; looked at once, however many ways lead there."""
        if leaf not in self._met:
            (fact,) = self.open_[leaf]
            told = ({**self.known, fact: Answer(fact, (value,))} for value in self._values[fact])
            self._met[leaf] = frozenset(place for place, answers in enumerate(told) if _all_met([self.leaves[leaf]], answers, self.circumstances))
        return self._met[leaf]

    @cached_property
    def _values(self) -> Mapping[str, list[Any]]:
        """For each open fact an answer on either side of every limit the policy draws for it.

        What limits one of two compared facts limits the other too, a few comparisons on. Asked only once all leaves are known.
        """
        found: dict[str, list[Any]] = {fact: [] for open_ in self.open_ for fact in open_}
        for leaf, open_ in enumerate(self.open_):
            if not self._test(leaf).other:
                _add(found[open_[0]], _around(self._test(leaf), self.circumstances))
        for _ in range(CHAIN):
            for leaf, open_ in enumerate(self.open_):
                test = self._test(leaf)
                for fact in open_ if test.other else ():
                    (other,) = (each for each in test.facts if each != fact)
                    known = self.known[other].values if other not in open_ else found[other]
                    _add(found[fact], _between(test, fact, known, self.circumstances))
        return found


def _add(values: list[Any], more: Iterable[Any]) -> None:
    values += [value for value in more if value not in values]


def _between(test: Test, fact: str, others: Iterable[Any], circumstances: Circumstances) -> list[Any]:
    """Answers to one of two facts that are compared: at the limit from what the other is, or could be."""
    if test.operator == "at_most_per":
        limit, window = test.value
        if fact == test.fact:
            return [limit, *(limit * days / window for days in others)]
        return [window, *(quantity * window / limit for quantity in others if limit)]
    days = timedelta(days=int(test.value))
    if fact == test.fact:
        return [circumstances.service_on, *(day_of(each) + days for each in others)]
    return [circumstances.service_on - days, *(day_of(each) - days for each in others)]


def _around(test: Test, circumstances: Circumstances) -> list[Any]:
    match test.operator:
        case "one_of":
            return list(test.value)
        case "at_most" | "at_least" | "below" | "above":
            limit = Decimal(str(test.value))
            return [limit, limit - _A_LITTLE, limit + _A_LITTLE]
        case "within_days" | "at_least_days_ago":
            return [circumstances.service_on - timedelta(days=int(test.value)), circumstances.service_on]
        case "answered":
            return [True, "answered"]
        case _:
            return [test.value]
