"""How a family lists its functions: name, number of arguments, and what builds the closure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from ig_profiles.fhirpath.closures import Closure, from_many, from_truth
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.errors import EvaluationError, UnsupportedExpression
from ig_profiles.fhirpath.nodes import EMPTY
from ig_profiles.fhirpath.syntax import Call, Node
from ig_profiles.fhirpath.values import described, number_of, one, text_of


@dataclass(frozen=True)
class Site:
    """Where a function is called: the expression, the call, and how it is compiled."""

    expression: str
    call: Call
    typed: bool
    counts: tuple[bool, ...]
    """For each argument, whether it reads ``$index``."""

    def refuse(self, problem: str, argument: Node | None = None) -> NoReturn:
        """Stops the compilation at this call, or at one of its arguments."""
        raise UnsupportedExpression(self.expression, (argument or self.call).position, problem)


Build = Callable[..., Closure]
"""(site, source closure, *argument closures) -> closure"""


@dataclass(frozen=True)
class Function:
    """A function and how many arguments it takes.

    ``criteria``: its arguments are evaluated on each item of the source. ``stateful``: it reads or counts in the Evaluation.
    """

    name: str
    least: int
    most: int
    build: Build
    criteria: bool = False
    stateful: bool = False


FUNCTIONS: dict[str, Function] = {}


def _list(name: str, least: int, most: int | None, build: Build, criteria: bool = False, stateful: bool = False) -> None:
    FUNCTIONS[name] = Function(name, least, least if most is None else most, build, criteria, stateful)


def builds(name: str, least: int = 0, most: int | None = None, criteria: bool = False, stateful: bool = False) -> Callable[[Build], Build]:
    """Lists a function that builds its own closure."""

    def listed(build: Build) -> Build:
        _list(name, least, most, build, criteria, stateful)
        return build

    return listed


def on_items(name: str, arguments: int = 0) -> Callable[[Callable[..., list[Any]]], Callable[..., list[Any]]]:
    """Lists a function from the items of the source, and of each argument, to items."""

    def listed(function: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def build(site: Site, source: Closure, *given: Closure) -> Closure:
            many = source.many
            if not given:
                return from_many(lambda scope, state: function(many(scope, state)))
            return from_many(lambda scope, state: function(many(scope, state), *(argument.many(scope, state) for argument in given)))

        _list(name, arguments, arguments, build)
        return function

    return listed


def asks_items(name: str, arguments: int = 0) -> Callable[[Callable[..., bool | None]], Callable[..., bool | None]]:
    """Lists a function from items to a condition."""

    def listed(function: Callable[..., bool | None]) -> Callable[..., bool | None]:
        def build(site: Site, source: Closure, *given: Closure) -> Closure:
            many = source.many
            if not given:
                return from_truth(lambda scope, state: function(many(scope, state)))
            return from_truth(lambda scope, state: function(many(scope, state), *(argument.many(scope, state) for argument in given)))

        _list(name, arguments, arguments, build)
        return function

    return listed


_READ: dict[str, Callable[[Any, str], Any]] = {"text": text_of, "number": number_of, "item": lambda item, asker: item}


def on_one(name: str, kind: str, *kinds: str, optional: int = 0) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Lists a function from the one item of the source and of each argument to one value, or None for empty.

    ``kind`` and ``kinds`` (text, number, integer, item) say what the source and the arguments hold; empty in, empty out.
    """

    def listed(function: Callable[..., Any]) -> Callable[..., Any]:
        def build(site: Site, source: Closure, *given: Closure) -> Closure:
            def many(scope: list[Any], state: Evaluation) -> list[Any]:
                items = source.many(scope, state)
                if not items:
                    return EMPTY
                values = [_read(kind, items, name)]
                for wanted, argument in zip(kinds, given, strict=False):
                    values.append(_read(wanted, argument.many(scope, state), name))
                if None in values:
                    return EMPTY
                answer = function(*values)
                return EMPTY if answer is None else [answer]

            return from_many(many)

        _list(name, len(kinds) - optional, len(kinds), build)
        return function

    return listed


def asks_text(name: str) -> Callable[[Callable[[str, str], bool]], Callable[[str, str], bool]]:
    """Lists a function from the one text of the source and of its argument to a condition."""

    def listed(function: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
        asker = f"{name}()"

        def build(site: Site, source: Closure, argument: Closure) -> Closure:
            many, constant = source.many, argument.constant

            def truth(scope: list[Any], state: Evaluation) -> bool | None:
                text = text_of(one(many(scope, state), asker), asker)
                part = text_of(one(argument.many(scope, state), asker), asker)
                return None if text is None or part is None else function(text, part)

            def truth_with_constant(scope: list[Any], state: Evaluation) -> bool | None:
                items = many(scope, state)
                if len(items) == 1 and type(items[0]) is str:
                    return function(items[0], known)
                return truth(scope, state)

            if constant and type(constant[0]) is str:
                known: str = constant[0]
                return from_truth(truth_with_constant)
            return from_truth(truth)

        _list(name, 1, 1, build)
        return function

    return listed


def _read(kind: str, items: list[Any], asker: str) -> Any:
    item = one(items, f"{asker}()")
    if kind != "integer":
        return _READ[kind](item, f"{asker}()")
    number = number_of(item, f"{asker}()")
    if isinstance(number, Decimal):
        if number != int(number):
            raise EvaluationError(f"{asker}() takes a whole number, not {described(item)} with decimals")
        return int(number)
    return number
