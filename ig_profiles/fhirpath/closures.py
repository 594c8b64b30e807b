"""A compiled part of an expression: how to get its items, and how to read it as a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.nodes import EMPTY
from ig_profiles.fhirpath.values import truth_of

Many = Callable[[list[Any], Evaluation], list[Any]]
"""(the items ``$this`` stands for, the evaluation) -> items. Lists are shared: nobody changes one."""

Truth = Callable[[list[Any], Evaluation], bool | None]

TRUE: list[Any] = [True]
FALSE: list[Any] = [False]


class Closure:
    """``many`` gives the items, ``truth`` the condition.

    ``constant`` holds the items where they never change; ``is_condition`` says that the items are one boolean or none.
    """

    __slots__ = ("constant", "is_condition", "many", "truth")

    def __init__(self, many: Many, truth: Truth, constant: list[Any] | None = None, is_condition: bool = False) -> None:
        self.many = many
        self.truth = truth
        self.constant = constant
        self.is_condition = is_condition


def from_many(many: Many) -> Closure:
    """A part that yields items; as a condition it is read as N1 §4.5 says."""

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        return truth_of(many(scope, state))

    return Closure(many, truth)


def from_truth(truth: Truth) -> Closure:
    """A part that is a condition by nature."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        answer = truth(scope, state)
        return TRUE if answer is True else FALSE if answer is False else EMPTY

    return Closure(many, truth, is_condition=True)


def from_constant(items: list[Any]) -> Closure:
    """A part whose items are known when the expression is compiled."""
    answer = truth_of(items) if len(items) < 2 else None

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        return items

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        return answer if len(items) < 2 else truth_of(items)

    return Closure(many, truth, items)


def _focus(scope: list[Any], state: Evaluation) -> list[Any]:
    return scope


FOCUS = from_many(_focus)
