"""What the web needs of utilization management besides reviews: what looks back, figures, case management; handed in like all operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fhir_pa.auth.caller import Caller

Json = dict[str, Any]
Asked = Callable[[Mapping[str, str], Caller, Any], Json]
Sent = Callable[[bytes, Caller, Any], Json]
Act = Callable[..., Json]  # what the address names comes first, then body, caller and payer


class Notice(Protocol):
    """A document about a part of a case, and its media type."""

    def __call__(self, number: str, part: int, form: str, caller: Caller, payer: Any) -> tuple[str, bytes]: ...


@dataclass(frozen=True)
class Managing:
    """Every such operation, by what it is about."""

    admission: Sent
    claims: Sent
    demand: Act
    demand_became: Act
    demand_notice: Notice
    four: Asked
    variation: Asked
    missing: Asked
    causes: Asked
    population: Asked
    ages: Asked
    second_readings: Asked
    draw: Sent
    blind: Callable[[str, Caller, Any], Json]
    read: Act
    agreement: Asked
    admissions: Asked
    admitted: Callable[[str, Caller, Any], Json]
    demands: Asked
    demanded: Callable[[str, Caller, Any], Json]
    follow_ups: Asked
    followed_up: Callable[[str, Caller, Any], Json]
    follow_up: Sent
    followed: Act
    ask_for_review: Act
    refer: Act
    end_early: Act
    acknowledged: Act
    episode: Callable[[str, Caller, Any], Json]
    refuse_others: Callable[[str, Caller, Any], None]
