"""The tree of an expression -> closures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ig_profiles.fhirpath import arithmetic, comparing, logic, steps
from ig_profiles.fhirpath.closures import FOCUS, Closure, from_constant, from_many
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.equality import distinct
from ig_profiles.fhirpath.errors import UnsupportedExpression
from ig_profiles.fhirpath.functions import aggregates, clock, conversion, encodings, existence, fhir, filtering, mathematics, strings, tree
from ig_profiles.fhirpath.functions.registry import FUNCTIONS, Site
from ig_profiles.fhirpath.syntax import Call, Item, Literal, Member, Node, Operation, Sign, Special, TypeTest, Variable
from ig_profiles.fhirpath.type_names import known_type
from ig_profiles.fhirpath.variables import FIXED, variable

FAMILIES = (aggregates, clock, conversion, encodings, existence, fhir, filtering, mathematics, strings, tree)
"""Importing a family lists its functions; this names them all."""

_ASKING_TYPES = frozenset({"is", "as", "ofType", "type"})
_ASKING_OUTSIDE = frozenset({"memberOf", "conformsTo"})


def compiled(expression: str, root: Node) -> tuple[Closure, bool, bool]:
    """The closure of the whole expression, whether it needs items with types, and whether it needs the state of an evaluation."""
    typed = any(isinstance(node, TypeTest) or (isinstance(node, Call) and node.name in _ASKING_TYPES) for node in every(root))
    closure = _Compiler(expression, typed).closure(root)
    return closure, typed, typed or any(map(_reads_state, every(root)))


def _reads_state(node: Node) -> bool:
    if isinstance(node, Call):
        return FUNCTIONS[node.name].stateful or (FUNCTIONS[node.name].criteria and bool(node.arguments))
    return (isinstance(node, Variable) and node.name not in FIXED) or (isinstance(node, Special) and node.name != "$this")


def below(node: Node) -> tuple[Node, ...]:
    """The parts directly under a node of the tree."""
    if isinstance(node, Operation):
        return (node.left, node.right)
    if isinstance(node, Call):
        return node.arguments if node.source is None else (node.source, *node.arguments)
    if isinstance(node, Member):
        return () if node.source is None else (node.source,)
    if isinstance(node, Item):
        return (node.source, node.index)
    return (node.operand,) if isinstance(node, (Sign, TypeTest)) else ()


def every(root: Node) -> Iterator[Node]:
    """The node and all below it."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(below(node))


def _may_be_undecidable(node: Node) -> bool:
    return any(isinstance(part, TypeTest) or (isinstance(part, Call) and part.name in _ASKING_OUTSIDE | _ASKING_TYPES) for part in every(node))


class _Compiler:
    def __init__(self, expression: str, typed: bool) -> None:
        self.expression = expression
        self.typed = typed
        self.loops = 0
        self.memos = 0

    def closure(self, node: Node) -> Closure:
        if self.loops and isinstance(node, (Call, Operation, Member)) and self.is_invariant(node):
            return self.remembered(node)
        return self.plain_closure(node)

    def plain_closure(self, node: Node) -> Closure:
        if isinstance(node, Literal):
            return from_constant([] if node.value is None else [node.value])
        if isinstance(node, Variable):
            return variable(node.name, self.typed)
        if isinstance(node, Special):
            return _special(node)
        if isinstance(node, Member):
            return steps.head(node.name, self.typed) if node.source is None else steps.member(self.closure(node.source), node.name, self.typed)
        if isinstance(node, Call):
            return self.call(node)
        if isinstance(node, Item):
            return steps.item_at(self.closure(node.source), self.closure(node.index))
        if isinstance(node, Sign):
            return arithmetic.signed(node.operator, self.closure(node.operand))
        if isinstance(node, TypeTest):
            return self.type_test(node)
        return self.operation(node)

    def is_invariant(self, node: Node) -> bool:
        """Whether the node yields the same on every item of a loop: it starts from a variable and not from the focus."""
        return any(isinstance(part, Variable) for part in every(node)) and not self.reads_focus(node)

    def reads_focus(self, node: Node) -> bool:
        if isinstance(node, Special):
            return True
        if isinstance(node, (Member, Call)) and node.source is None:
            return True
        if isinstance(node, Call) and node.source is not None and node.name in FUNCTIONS and FUNCTIONS[node.name].criteria:
            return self.reads_focus(node.source) or any(isinstance(part, Special) and part.name != "$this" for part in every(node))
        return any(self.reads_focus(part) for part in below(node))

    def remembered(self, node: Node) -> Closure:
        loops, self.loops = self.loops, 0
        source = self.plain_closure(node)
        self.loops = loops
        self.memos += 2
        items_at, truth_at = self.memos, self.memos + 1

        def many(scope: list[Any], state: Evaluation) -> list[Any]:
            if items_at not in state.memo:
                state.memo[items_at] = source.many(scope, state)
            return state.memo[items_at]

        def truth(scope: list[Any], state: Evaluation) -> bool | None:
            if truth_at not in state.memo:
                state.memo[truth_at] = source.truth(scope, state)
            return state.memo[truth_at]

        return Closure(many, truth, is_condition=source.is_condition)

    def call(self, node: Call) -> Closure:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise UnsupportedExpression(self.expression, node.position, f"the function {node.name}() is not known here")
        given = len(node.arguments)
        if not function.least <= given <= function.most:
            wanted = str(function.least) if function.least == function.most else f"{function.least} to {function.most}"
            raise UnsupportedExpression(self.expression, node.position, f"{node.name}() takes {wanted} arguments; here are {given}")
        source = FOCUS if node.source is None else self.closure(node.source)
        self.loops += function.criteria
        arguments = [self.closure(argument) for argument in node.arguments]
        self.loops -= function.criteria
        counts = tuple(any(isinstance(part, Special) and part.name == "$index" for part in every(argument)) for argument in node.arguments)
        return function.build(Site(self.expression, node, self.typed, counts), source, *arguments)

    def type_test(self, node: TypeTest) -> Closure:
        wanted = known_type(node.type_name)
        if wanted is None:
            raise UnsupportedExpression(self.expression, node.position, f"'{node.type_name}' is no type of FHIR R4 or of FHIRPath")
        return (tree.is_type if node.operator == "is" else tree.of_type)(self.closure(node.operand), wanted)

    def operation(self, node: Operation) -> Closure:
        operator = node.operator
        if operator in {"or", "and", "|"}:
            return self.chain(operator, node)
        left, right = self.closure(node.left), self.closure(node.right)
        if operator in {"=", "!="}:
            return comparing.equals(left, right, operator == "=")
        if operator in {"~", "!~"}:
            return comparing.equivalent(left, right, operator == "~")
        if operator in {"<", "<=", ">", ">="}:
            return comparing.ordered(operator, left, right)
        if operator == "in":
            return comparing.within(left, right, "in")
        if operator == "contains":
            return comparing.within(right, left, "contains")
        if operator == "xor":
            return logic.differ(left.truth, right.truth)
        if operator == "implies":
            return logic.implies(left.truth, right.truth, _may_be_undecidable(node))
        return arithmetic.operation(operator, left, right)

    def chain(self, operator: str, node: Operation) -> Closure:
        """``a or b or c …`` as one closure, however long."""
        parts: list[Node] = []
        rest: Node = node
        while isinstance(rest, Operation) and rest.operator == operator:
            parts.append(rest.right)
            rest = rest.left
        closures = [self.closure(part) for part in (rest, *reversed(parts))]
        if operator == "|":
            return _union(closures)
        build = logic.any_of if operator == "or" else logic.all_of
        return build([part.truth for part in closures], _may_be_undecidable(node))


def _union(parts: list[Closure]) -> Closure:
    if all(part.constant is not None for part in parts):
        return from_constant(distinct([item for part in parts for item in part.constant or ()]))
    return from_many(lambda scope, state: distinct([item for part in parts for item in part.many(scope, state)]))


def _special(node: Special) -> Closure:
    if node.name == "$this":
        return FOCUS
    if node.name == "$index":
        return from_many(lambda scope, state: [state.index])
    return from_many(lambda scope, state: state.total)


