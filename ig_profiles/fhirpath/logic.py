"""Closures of three-valued logic: and, or, xor, implies, not (FHIRPath N1 §6.5).

An undecidable part does not spoil a whole that is decided without it: ``decided or undecidable`` may still be true.
"""

from __future__ import annotations

from typing import Any

from ig_profiles.fhirpath.closures import Closure, Truth, from_truth
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.errors import Undecidable


def any_of(parts: list[Truth], tolerant: bool) -> Closure:
    """``a or b or …``; ``tolerant`` where a part may be undecidable."""
    return from_truth((_tolerant_until if tolerant else _until)(parts, True))


def all_of(parts: list[Truth], tolerant: bool) -> Closure:
    """``a and b and …``."""
    return from_truth((_tolerant_until if tolerant else _until)(parts, False))


def _until(parts: list[Truth], decisive: bool) -> Truth:
    if len(parts) == 2:
        first, second = parts

        def both(scope: list[Any], state: Evaluation) -> bool | None:
            one = first(scope, state)
            if one is decisive:
                return decisive
            other = second(scope, state)
            return other if one is not None or other is decisive else None

        return both

    def each(scope: list[Any], state: Evaluation) -> bool | None:
        unknown = False
        for part in parts:
            answer = part(scope, state)
            if answer is decisive:
                return decisive
            if answer is None:
                unknown = True
        return None if unknown else not decisive

    return each


def _tolerant_until(parts: list[Truth], decisive: bool) -> Truth:
    def each(scope: list[Any], state: Evaluation) -> bool | None:
        unknown = False
        undecidable: Undecidable | None = None
        for part in parts:
            try:
                answer = part(scope, state)
            except Undecidable as error:
                undecidable = error
                continue
            if answer is decisive:
                return decisive
            if answer is None:
                unknown = True
        if undecidable is not None:
            raise undecidable
        return None if unknown else not decisive

    return each


def implies(left: Truth, right: Truth, tolerant: bool) -> Closure:
    """``left implies right``: true where left is false or right is true."""
    return any_of([_negated(left), right], tolerant)


def differ(left: Truth, right: Truth) -> Closure:
    """``left xor right``."""

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        one = left(scope, state)
        if one is None:
            return None
        other = right(scope, state)
        return None if other is None else one is not other

    return from_truth(truth)


def _negated(truth: Truth) -> Truth:
    def negated(scope: list[Any], state: Evaluation) -> bool | None:
        answer = truth(scope, state)
        return None if answer is None else not answer

    return negated


def negation(part: Closure) -> Closure:
    """``part.not()``."""
    return from_truth(_negated(part.truth))
