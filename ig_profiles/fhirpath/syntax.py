"""The tree of an expression: what the parser hands to the compiler (http://hl7.org/fhirpath/N1/#grammar)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Literal:
    """A constant: ``value`` is None (``{}``), bool, int, Decimal, str, Moment or Quantity."""

    value: Any
    position: int


@dataclass(frozen=True)
class Variable:
    """``%resource``, ``%`vs-name```: a value from the environment."""

    name: str
    position: int


@dataclass(frozen=True)
class Special:
    """``$this``, ``$index`` or ``$total``."""

    name: str
    position: int


@dataclass(frozen=True)
class Member:
    """``source.name``; with no source, a name that begins a path."""

    source: Node | None
    name: str
    position: int


@dataclass(frozen=True)
class Call:
    """``source.name(arguments)``; with no source, applied to the focus."""

    source: Node | None
    name: str
    arguments: tuple[Node, ...]
    position: int


@dataclass(frozen=True)
class Item:
    """``source[index]``."""

    source: Node
    index: Node
    position: int


@dataclass(frozen=True)
class Sign:
    """``-operand`` or ``+operand``."""

    operator: str
    operand: Node
    position: int


@dataclass(frozen=True)
class Operation:
    """``left operator right``."""

    operator: str
    left: Node
    right: Node
    position: int


@dataclass(frozen=True)
class TypeTest:
    """``operand is type`` or ``operand as type``; the type as written, qualified or not."""

    operator: str
    operand: Node
    type_name: str
    position: int


Node = Literal | Variable | Special | Member | Call | Item | Sign | Operation | TypeTest
