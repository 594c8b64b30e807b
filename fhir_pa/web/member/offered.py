"""What the member page needs from the rest of the house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from fhir_pa.auth.caller import Caller

Json = dict[str, Any]


class MemberPage(Protocol):
    """A member's requests (the functions of ``operations.member.page``)."""

    def requests(self, page: int, language: str, caller: Caller, payer: Any) -> Json: ...
    def request(self, number: str, language: str, caller: Caller, payer: Any) -> Json: ...


class MemberSends(Protocol):
    """A member's document for a request (``operations.member.send``): the files by name."""

    def __call__(self, number: str, files: Sequence[tuple[str, bytes]], caller: Caller, payer: Any) -> None: ...


class MemberActs(Protocol):
    """What a member does (the functions of ``operations.member.acts``)."""

    def letter(self, number: str, form: str, language: str, caller: Caller, payer: Any) -> tuple[str, bytes]: ...
    def case_file(self, number: str, caller: Caller, payer: Any) -> Json: ...
    def resource(self, number: str, sha256: str, caller: Caller, payer: Any) -> Json: ...
    def attachment(self, number: str, sha256: str, position: int, caller: Caller, payer: Any) -> tuple[str, bytes]: ...
    def appeal(self, number: str, body: bytes, caller: Caller, payer: Any) -> None: ...
