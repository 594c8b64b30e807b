"""The traps of a CRD service: what implementers of the guides get wrong first, and which test would notice each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conformance.ledger import ROOT

TRAPS = {
    1: "Coverage information told as a card or a suggestion instead of a system action",
    2: "An order rebuilt through a model: unknown elements, digits and their order are lost, a meta is added",
    3: "A system action without description",
    4: "No cards, or no system actions, on a primary hook that has little to say",
    5: "info-needed without anything conditional, or something conditional without info-needed",
    6: "pa-needed beside not-covered, satisfied without a number, a number without satisfied, or satisfied with documents for an authorization",
    7: "A token taken for replayed because it carries a second body, or never taken for replayed",
    8: "A hookInstance refused because it came before, or is no UUID",
    9: "A token's audience compared with the address behind the proxy",
    10: "A key set fetched from wherever the token says, or a client without jku turned away",
    11: "The statuses 400 and 422 of one version given to the other",
    12: "A 4xx because business data is missing",
    13: "A 412 before the EHR was asked",
    14: "Prefetch found by its key; a null, an OperationOutcome or a second page of it overlooked",
    15: "order-dispatch read in one of its namings only, or needing a user or drafts it never has",
    16: "Drafts answered that were not selected, or documents asked for at selection",
    17: "An appointment's answer put on the Appointment in 2.2, or on its order in 2.0",
    18: "Codes, types and elements of one version written in another",
    19: "Card topics of a wrong code system; billing codes known under one spelling of their system only",
    20: "Only the first coding of an order read",
    21: "A call refused for a nit in a profile",
    22: "Glasses, diets and communications forgotten",
    23: "A new assertion id for each call, or for each repetition of one coverage",
    24: "The same answer sent again because its date differs",
    25: "Another payer's extension, or the client's own, overwritten",
    26: "Nulls and empty lists or objects in the answer",
    27: "A summary of 140 characters or more, counted in bytes, or cut in a word",
    28: "A delete with a resource; an update of an order that the call is not about",
    29: "Suggestions without uuid, actions or selectionBehavior",
    30: "The associated resources of a card named or shaped as in the other version",
    31: "A form without doc-needed; a form for what the chart shows; OTH without a reason",
    32: "A form without its version, or one that DTR does not have",
    33: "An authorization nobody asked for in a what-if call, at selection, with several outcomes open, or unknown to the claim side",
    34: "max-cards that counts system actions or takes true for 1; coverage-info switched off answered with an error or not at all",
    35: "A version nobody speaks served in another without a word",
    36: "Queries to the EHR made one after the other, or without a deadline",
    37: "An access token or a JWT kept or logged",
    38: "A token posted to whatever fhirServer says, or a call into our own network",
    39: "CORS on the services alone, a preflight that wants a token, or without Authorization",
    40: "A payor read only as a reference, a member only from one kind of number",
    41: "A partial date that fails, a moment where a day belongs",
    42: "Feedback on an unknown card refused, or counted twice",
    43: "An order known by its id alone, which the EHR may give to another",
    44: "What belongs to one call kept where the next call sees it",
    45: "base64url decoded as base64",
    46: "A rule changed without a trace of what was said under the old one",
}


def proofs(folder: Path = ROOT / "tests") -> dict[int, list[str]]:
    """The tests that bear each trap's number, by number, as ``path::name``."""
    found: dict[int, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "mark.trap(" in source else ():
            if isinstance(node, ast.FunctionDef):
                for number in _numbers(node.decorator_list):
                    found.setdefault(number, []).append(f"{path.relative_to(folder.parent).as_posix()}::{node.name}")
    return found


def _numbers(decorators: list[ast.expr]) -> Iterator[int]:
    for decorator in decorators:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.trap":
            yield from (given.value for given in decorator.args if isinstance(given, ast.Constant) and isinstance(given.value, int))
