"""How an item is billed: its billing codes by the plan's own map, and the edition as it speaks about that way of billing.

The hook told the clinician the same (crd.md §1.7.3; pas.md §1.1 rule 5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cds_hooks.billed_as import ways
from fhir_pa.um.deciding.request import AuthorizationRequest
from questionnaires.code_map import CodeMap
from questionnaires.policy import Edition, RequestedService

_UNCLEAR = "It may be billed in several ways that the plan answers differently. Name the one code that will be billed."


@dataclass(frozen=True)
class Billed:
    """The edition for one requested service. ``in_several_ways``: its codes leave open what holds, so that software certifies nothing."""

    edition: Edition
    in_several_ways: bool = False


def as_billed(edition: Edition, service: RequestedService) -> Billed:
    """The edition as it speaks about the codes of this item."""
    found = ways(edition, service.codes)
    if len(found) == 1:
        return Billed(found[0])
    because = " ".join(filter(None, (_UNCLEAR, edition.because)))
    return Billed(replace(edition, certifies=None, certifies_less=(), because=because), in_several_ways=True)


def with_billing_codes(request: AuthorizationRequest, code_map: CodeMap) -> AuthorizationRequest:
    """The request with the codes by which the plan bills what the sender said in clinical words; what the sender said stays."""
    items = tuple(replace(item, service=code_map.of(item.service)) for item in request.items)
    return replace(request, items=items, diagnoses=code_map.diagnoses(request.diagnoses))
