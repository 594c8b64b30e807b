"""FHIRPath text -> tokens (http://hl7.org/fhirpath/N1/#lexical-elements)."""

from __future__ import annotations

import re
from typing import NamedTuple

from ig_profiles.fhirpath.errors import BadExpression

MAX_LENGTH = 20_000


class Token(NamedTuple):
    """One word of an expression; ``kind`` is name, text, number, moment, variable, symbol or end."""

    kind: str
    value: str
    position: int


_PATTERN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
  | (?P<moment>@(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?
        |\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?))
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*|`(?:[^`\\]|\\.)*`)
  | (?P<text>'(?:[^'\\]|\\.)*')
  | (?P<variable>%(?:[A-Za-z_][A-Za-z0-9_]*|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))
  | (?P<special>\$(?:this|index|total))
  | (?P<symbol><=|>=|!=|!~|[().,\[\]{}+\-*/|&<>=~])
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "`": "`", "'": "'", '"': '"', "\\": "\\", "/": "/"}


def tokens(expression: str) -> list[Token]:
    """Every word of the expression, an ``end`` token last; text and names come without quotes and escapes.

    Raises BadExpression where a character begins no word.

    >>> [token.value for token in tokens("name.where(use = 'old') // maiden")]
    ['name', '.', 'where', '(', 'use', '=', 'old', ')', '']
    """
    if len(expression) > MAX_LENGTH:
        raise BadExpression(expression[:60], 0, f"the expression has {len(expression):,} characters; {MAX_LENGTH:,} are allowed")
    found: list[Token] = []
    position = 0
    while position < len(expression):
        match = _PATTERN.match(expression, position)
        if match is None:
            quote = expression[position] in "'`\"%"
            raise BadExpression(expression, position, "this quoted text is not closed" if quote else f"'{expression[position]}' begins no FHIRPath word")
        kind, text = str(match.lastgroup), match.group()
        if kind == "name":
            found.append(Token("quoted" if text[0] == "`" else "name", _unquoted(expression, text, position) if text[0] == "`" else text, position))
        elif kind == "text":
            found.append(Token("text", _unquoted(expression, text, position), position))
        elif kind == "variable":
            name = text[1:]
            found.append(Token("variable", _unquoted(expression, name, position) if name[0] in "`'\"" else name, position))
        elif kind == "special":
            found.append(Token("special", text, position))
        elif kind != "space":
            found.append(Token(kind, text, position))
        position = match.end()
    found.append(Token("end", "", len(expression)))
    return found


def _unquoted(expression: str, quoted: str, position: int) -> str:
    def plain(match: re.Match[str]) -> str:
        escape = match.group(1)
        if escape in _ESCAPED:
            return _ESCAPED[escape]
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        raise BadExpression(expression, position + match.start() + 1, f"'\\{escape}' is no escape of FHIRPath; write '\\\\{escape}' for a backslash")

    return _ESCAPE.sub(plain, quoted[1:-1])
