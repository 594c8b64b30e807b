"""Theirs: at every door to a case, whoever works for a review organization is let to its cases alone."""

from __future__ import annotations

from flask import request

from fhir_pa.auth.caller import Caller
from fhir_pa.web.managing import Managing
from fhir_pa.web.offered import Payer


def refuse_others(caller: Caller, payer: Payer, managing: Managing) -> None:
    """Raises NotFound for a case the address names that is not theirs; nothing when it names none."""
    number = str((request.view_args or {}).get("number", "")).removesuffix(".json")
    if number and caller.person is not None and caller.person.delegate:
        managing.refuse_others(number, caller, payer)
