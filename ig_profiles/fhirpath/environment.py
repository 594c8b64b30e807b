"""What an evaluation may ask from outside, and the state of one evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.nodes import EMPTY, Types

MAX_WORK = 1_000_000
"""How many items one evaluation may visit in walks and loops; about a second of work."""


@dataclass(frozen=True)
class Environment:
    """Answers from outside, all optional.

    ``variables``: ``%name`` -> a value or a list of values. ``member_of(value, value set)`` and ``conforms_to(element, profile)`` say
    True, False, or None for *cannot be decided*. ``resolve(reference, root resource)`` gives the resource or None; references to
    contained resources are followed without it. ``now`` is the moment (with a time zone) that ``now()`` and ``today()`` tell.
    """

    variables: Mapping[str, Any] = field(default_factory=dict)
    member_of: Callable[[Any, str], bool | None] | None = None
    conforms_to: Callable[[Any, str], bool | None] | None = None
    resolve: Callable[[str, Any], dict[str, Any] | None] | None = None
    now: datetime | None = None


NOTHING_OUTSIDE = Environment()


class Evaluation:
    """The state of one evaluation: what ``%context``, ``%resource`` and ``%rootResource`` are, loop variables, work done."""

    index = 0
    total: list[Any] = EMPTY
    work = 0

    def __init__(self, context: list[Any], resource: Any, root: Any, types: Types | None, outside: Environment) -> None:
        self.context = context
        self.resource = resource
        self.root = root
        self.types = types
        self.outside = outside
        self.memo: dict[int, Any] = {}

    def spend(self, items: int) -> None:
        """Counts work; raises EvaluationError past the bound."""
        self.work += items
        if self.work > MAX_WORK:
            raise EvaluationError(f"the expression visits more than {MAX_WORK:,} items here; the resource is too large for it")


NO_STATE = Evaluation(EMPTY, None, None, None, NOTHING_OUTSIDE)
"""For expressions that read nothing but their focus."""
