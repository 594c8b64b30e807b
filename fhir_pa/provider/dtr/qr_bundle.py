"""A filled form for somebody else: a collection Bundle, the form first, with what its answers refer to (DTR-QRBundle; dtr.md §2.6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fhir_pa.provider.dtr.package import items_of
from fhir_pa.provider.elements import reference
from ig_profiles.names import DTR_PROFILE
from ig_profiles.reading import Json, many, text


def qr_bundle(form: Json, base: str, read: Callable[[str], Json], at: datetime) -> Json:
    """The Bundle; ``base`` is the FHIR base both come from, ``read`` brings a resource of it by ``Type/id``.

    Only what an answer itself points to goes along, each once, and not what the form contains (R233, R234, spec-158).
    """
    resources = [form, *(read(name) for name in answers_refer_to(form))]
    entries = [{"fullUrl": f"{base}/{reference(each)['reference']}", "resource": each} for each in resources]
    head = {"resourceType": "Bundle", "meta": {"profile": [f"{DTR_PROFILE}DTR-QRBundle"]}, "type": "collection"}
    return {**head, "timestamp": at.isoformat(timespec="seconds"), "entry": entries}


def answers_refer_to(form: Json) -> list[str]:
    """``Type/id`` of what the answers refer to outside the form, in their order, each once.

    >>> answer = lambda name: {"valueReference": {"reference": name}}
    >>> answers_refer_to({"item": [{"linkId": "a", "answer": [answer("Condition/1"), answer("#inside"), answer("Condition/1")]}]})
    ['Condition/1']
    """
    names = (text(answer, "valueReference", "reference") or "" for item in _all_items(form) for answer in many(item, "answer"))
    return list(dict.fromkeys(name for name in names if "/" in name and not name.startswith("#")))


def _all_items(node: Json) -> list[Json]:
    """Every item, those below answers included."""
    return [each for item in items_of(node) for each in (item, *(below for answer in many(item, "answer") for below in _all_items(answer)))]
