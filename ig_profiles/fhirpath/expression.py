"""A compiled expression: evaluate it, or ask whether it holds."""

from __future__ import annotations

from typing import Any

from ig_profiles.fhirpath.closures import Closure
from ig_profiles.fhirpath.compiler import compiled
from ig_profiles.fhirpath.environment import NO_STATE, NOTHING_OUTSIDE, Environment, Evaluation
from ig_profiles.fhirpath.errors import EvaluationError, Undecidable
from ig_profiles.fhirpath.nodes import Node, Types, plain
from ig_profiles.fhirpath.parser import parse


class Expression:
    """An expression ready to run, any number of times and from any thread.

    ``node`` is the focus and ``%context``: a FHIR JSON object, a primitive, or a ``Node`` for a primitive with something beside
    it. ``resource`` (default: the node, if it is a resource) is ``%resource``, the innermost resource around the node; ``root``
    (default: ``resource``) is ``%rootResource``. ``of`` is the type of the node or its element path (``Patient.contact``), needed
    only where the expression asks for the type of a node that JSON does not tell. ``types`` is explained in ``element_types``.
    """

    __slots__ = ("_closure", "_stateful", "_truth", "_typed", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._closure: Closure
        self._closure, self._typed, self._stateful = compiled(text, parse(text))
        self._truth = self._closure.truth

    def __repr__(self) -> str:
        return f"compile({self.text!r})"

    def evaluate(
        self,
        node: Any,
        *,
        resource: Any = None,
        root: Any = None,
        types: Types | None = None,
        environment: Environment | None = None,
        of: str | None = None,
    ) -> list[Any]:
        """The items the expression yields on the node: JSON values, and Decimal, Moment, Quantity where it computed them.

        Raises EvaluationError, and nothing else.
        """
        scope, state = self._begin(node, resource, root, types, environment, of)
        try:
            return [value for value in map(plain, self._closure.many(scope, state)) if value is not None]
        except (RecursionError, ArithmeticError) as error:
            raise _unfit(self.text, error) from None

    def holds(
        self,
        node: Any,
        *,
        resource: Any = None,
        root: Any = None,
        types: Types | None = None,
        environment: Environment | None = None,
        of: str | None = None,
    ) -> bool | None:
        """True, False, or None where the expression is empty or cannot be decided. As an invariant, only False is a failure.

        Raises EvaluationError, and nothing else.
        """
        try:
            if not self._stateful:
                return self._truth([node], NO_STATE)
            scope, state = self._begin(node, resource, root, types, environment, of)
            return self._truth(scope, state)
        except Undecidable:
            return None
        except (RecursionError, ArithmeticError) as error:
            raise _unfit(self.text, error) from None

    def _begin(
        self, node: Any, resource: Any, root: Any, types: Types | None, environment: Environment | None, of: str | None
    ) -> tuple[list[Any], Evaluation]:
        if resource is None:
            inner = node.value if type(node) is Node else node
            if type(inner) is dict and "resourceType" in inner:
                resource = inner
        scope = [_with_type(node, types, of)] if self._typed else [node]
        return scope, Evaluation(scope, resource, resource if root is None else root, types, environment or NOTHING_OUTSIDE)


def _with_type(node: Any, types: Types | None, of: str | None) -> Node:
    value, beside = (node.value, node.beside) if type(node) is Node else (node, None)
    own = value.get("resourceType") if isinstance(value, dict) else None
    if isinstance(own, str):
        return Node(value, beside, own)
    if of is None:
        return node if type(node) is Node else Node(value, beside)
    return Node(value, beside, (types.get(of, "BackboneElement") if types else "BackboneElement") if "." in of else of, of)


def _unfit(text: str, error: Exception) -> EvaluationError:
    return EvaluationError(f"'{text[:80]}' cannot be evaluated on data of this shape ({type(error).__name__})")
