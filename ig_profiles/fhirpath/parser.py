"""FHIRPath text -> tree, by precedence climbing (http://hl7.org/fhirpath/N1/#operator-precedence)."""

from __future__ import annotations

from decimal import Decimal

from ig_profiles.fhirpath.errors import BadExpression
from ig_profiles.fhirpath.moments import moment_literal
from ig_profiles.fhirpath.quantities import CALENDAR_UNITS, Quantity
from ig_profiles.fhirpath.syntax import Call, Item, Literal, Member, Node, Operation, Sign, Special, TypeTest, Variable
from ig_profiles.fhirpath.tokens import Token, tokens

MAX_DEPTH = 100

_LEVELS = (
    ("implies",),
    ("or", "xor"),
    ("and",),
    ("in", "contains"),
    ("=", "~", "!=", "!~"),
    ("<=", "<", ">", ">="),
    ("|",),
    ("is", "as"),
    ("+", "-", "&"),
    ("*", "/", "div", "mod"),
)
_BINDS = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_WORDS = frozenset(operator for operator in _BINDS if operator.isalpha())
_MAY_BE_NAMES = frozenset({"as", "contains", "in", "is"})


def parse(expression: str) -> Node:
    """The tree of the expression. Raises BadExpression with the position of what is wrong.

    >>> parse("a or b and c").right.operator
    'and'
    """
    return _Parser(expression).whole()


class _Parser:
    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = tokens(expression)
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        tree = self.operation(0)
        if self.token.kind != "end":
            raise self.bad(f"'{self.token.value}' is not expected; an operator or the end is")
        return tree

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def bad(self, problem: str, token: Token | None = None) -> BadExpression:
        return BadExpression(self.expression, (token or self.token).position, problem)

    def take(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def sees(self, symbol: str) -> bool:
        return self.token.kind == "symbol" and self.token.value == symbol

    def expect(self, symbol: str) -> None:
        if not self.sees(symbol):
            raise self.bad(f"'{symbol}' is expected")
        self.at += 1

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.bad(f"the expression is nested more than {MAX_DEPTH} levels deep")

    def operation(self, least: int) -> Node:
        before = self.depth
        self.deeper()
        left = self.signed()
        while True:
            token = self.token
            level = _BINDS.get(token.value, -1) if token.kind in {"symbol", "name"} else -1
            if level < least:
                break
            self.at += 1
            if token.value in {"is", "as"}:
                left = TypeTest(token.value, left, self.type_name(), token.position)
            else:
                left = Operation(token.value, left, self.operation(level + 1), token.position)
            if token.value not in {"or", "and", "|"}:  # chains of these are flattened by the compiler
                self.deeper()
        self.depth = before
        return left

    def signed(self) -> Node:
        if self.token.kind == "symbol" and self.token.value in "+-":
            token = self.take()
            self.deeper()
            operand = self.signed()
            self.depth -= 1
            return Sign(token.value, operand, token.position)
        return self.path()

    def path(self) -> Node:
        before = self.depth
        node = self.term()
        while True:
            if self.sees("."):
                self.at += 1
                node = self.invocation(node)
            elif self.sees("["):
                position = self.take().position
                node = Item(node, self.operation(0), position)
                self.expect("]")
            else:
                self.depth = before
                return node
            self.deeper()

    def term(self) -> Node:
        token = self.token
        if token.kind == "symbol" and token.value == "(":
            self.at += 1
            inner = self.operation(0)
            self.expect(")")
            return inner
        if token.kind == "symbol" and token.value == "{":
            self.at += 1
            self.expect("}")
            return Literal(None, token.position)
        if token.kind == "number":
            self.at += 1
            return self.number(token)
        if token.kind == "text":
            self.at += 1
            return Literal(token.value, token.position)
        if token.kind == "moment":
            self.at += 1
            return Literal(self.moment(token), token.position)
        if token.kind == "variable":
            self.at += 1
            return Variable(token.value, token.position)
        if token.kind == "name" and token.value in {"true", "false"} and not self.called():
            self.at += 1
            return Literal(token.value == "true", token.position)
        return self.invocation(None)

    def called(self) -> bool:
        following = self.tokens[self.at + 1]
        return following.kind == "symbol" and following.value == "("

    def invocation(self, source: Node | None) -> Node:
        token = self.take()
        if token.kind == "special":
            if source is not None:
                raise self.bad(f"{token.value} can only begin a path", token)
            return Special(token.value, token.position)
        if token.kind not in {"name", "quoted"}:
            self.at -= 1
            raise self.bad("the expression ends where a value is expected" if token.kind == "end" else f"a value or a name is expected, not '{token.value}'")
        if self.sees("("):
            return Call(source, token.value, self.arguments(), token.position)
        if token.kind == "name" and token.value in _WORDS and token.value not in _MAY_BE_NAMES:
            raise self.bad(f"'{token.value}' is an operator; write `{token.value}` in backquotes for an element of that name", token)
        return Member(source, token.value, token.position)

    def arguments(self) -> tuple[Node, ...]:
        self.expect("(")
        found: list[Node] = []
        if not self.sees(")"):
            found.append(self.operation(0))
            while self.sees(","):
                self.at += 1
                found.append(self.operation(0))
        self.expect(")")
        return tuple(found)

    def type_name(self) -> str:
        names = [self.name()]
        while self.sees("."):
            self.at += 1
            names.append(self.name())
        return ".".join(names)

    def name(self) -> str:
        token = self.take()
        if token.kind not in {"name", "quoted"}:
            raise self.bad("the name of a type is expected", token)
        return token.value

    def number(self, token: Token) -> Literal:
        value = Decimal(token.value) if "." in token.value else int(token.value)
        following = self.token
        if following.kind == "text":
            self.at += 1
            return Literal(Quantity(Decimal(value), following.value), token.position)
        if following.kind == "name" and following.value in CALENDAR_UNITS:
            self.at += 1
            return Literal(Quantity(Decimal(value), CALENDAR_UNITS[following.value], calendar=True), token.position)
        return Literal(value, token.position)

    def moment(self, token: Token) -> object:
        found = moment_literal(token.value)
        if found is None:
            raise self.bad(f"{token.value} is no date or time of the calendar", token)
        return found
