"""What the provider desk needs from the rest of the house: its operations, handed in together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fhir_pa.auth.caller import Caller

Json = dict[str, Any]


class Watched(Protocol):
    """What a practice watches (the functions of ``operations.practice.lists``)."""

    def desk(self, caller: Caller, payer: Any) -> Json: ...
    def listed(self, name: str, asked: Mapping[str, str], caller: Caller, payer: Any) -> Json: ...


class Case(Protocol):
    """One request of a practice (the functions of ``operations.practice.case``)."""

    def screen(self, number: str, caller: Caller, payer: Any) -> Json: ...
    def letter(self, number: str, form: str, caller: Caller, payer: Any) -> tuple[str, bytes]: ...


class Acts(Protocol):
    """What a practice does (the functions of ``operations.practice.acts``)."""

    def attach(self, number: str, body: bytes, files: Sequence[tuple[str, bytes]], caller: Caller, payer: Any) -> str: ...
    def book(self, number: str, conversation: int, body: bytes, caller: Caller, payer: Any) -> Json: ...
    def decline(self, number: str, conversation: int, body: bytes, caller: Caller, payer: Any) -> Json: ...
    def appeal(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...


class Act(Protocol):
    """One act of a practice on a request, with what was filled in."""

    def __call__(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...


class Packets(Protocol):
    """Appeal packets (the functions of ``operations.practice.packet``)."""

    def packet(self, number: str, sequence: int, caller: Caller, payer: Any) -> Json: ...
    def printed(self, number: str, sequence: int, words: str, form: str, caller: Caller, payer: Any) -> tuple[str, bytes]: ...


class Documents(Protocol):
    """What was received for a request (functions of ``operations.desk.evidence``)."""

    def resource(self, number: str, sha256: str, caller: Caller, payer: Any) -> Json: ...
    def attachment(self, number: str, sha256: str, position: int, caller: Caller, payer: Any) -> tuple[str, bytes]: ...


class Asked(Protocol):
    """One question of a practice with what it asks for."""

    def __call__(self, asked: Mapping[str, str], caller: Caller, payer: Any) -> Json: ...


class Measured(Protocol):
    """The measures of a practice, with at most so many rows behind each number, or all."""

    def __call__(self, asked: Mapping[str, str], caller: Caller, payer: Any, most: int | None = None) -> Json: ...


@dataclass(frozen=True)
class ForPractices:
    """Every operation of the provider desk."""

    watched: Watched
    case: Case
    acts: Acts
    acknowledge: Act
    own: Act
    packets: Packets
    documents: Documents
    look_up: Asked
    measures: Measured
