"""New order: a complete draft for something the payer proposes, for the same patient, by the same clinician, for the same reasons.

Profiles of CRD's requests, both generations: status ``draft``, intent, who, for whom, when (crd.md §3). Dose, quantity and
times are the clinician's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cds_hooks.orders import PAYLOAD_CONTENT
from ig_profiles.reading import Coding, Json, many, one, text, without_empty
from questionnaires.offers import OrderKind


@dataclass(frozen=True)
class _Shape:
    """Where a kind of order writes what every order says, and what it may carry over from another."""

    who: str = "requester"
    whom: str = "subject"
    when: str = "authoredOn"
    intent: bool = True
    carries: tuple[str, ...] = ("encounter", "reasonCode", "reasonReference", "insurance")
    based_on: tuple[str, ...] = ()  # kinds of order it may be based on; CommunicationRequest and DeviceRequest take any


CODED: Mapping[str, str] = {"DeviceRequest": "codeCodeableConcept", "MedicationRequest": "medicationCodeableConcept", "ServiceRequest": "code"}
_ANY = ("CommunicationRequest", "DeviceRequest", "MedicationRequest", "NutritionOrder", "ServiceRequest", "VisionPrescription")
_SHAPES: Mapping[str, _Shape] = {
    "CommunicationRequest": _Shape(intent=False, carries=("encounter", "reasonCode", "reasonReference"), based_on=_ANY),
    "DeviceRequest": _Shape(based_on=_ANY),
    "MedicationRequest": _Shape(based_on=("MedicationRequest", "ServiceRequest")),
    "NutritionOrder": _Shape("orderer", "patient", "dateTime", carries=("encounter",)),
    "ServiceRequest": _Shape(based_on=("MedicationRequest", "ServiceRequest")),
    "VisionPrescription": _Shape("prescriber", "patient", "dateWritten", False, ("encounter",)),
}
_BACKGROUND = {"ServiceRequest": "supportingInfo", "MedicationRequest": "supportingInformation"}
_REASONS = ("Condition", "Observation")  # what every kind and both generations take for a reason


def concept_of(what: Coding) -> Json:
    """The CodeableConcept with this code and its words."""
    return {"coding": [without_empty({"system": what.system, "code": what.code, "display": what.display})], "text": what.display or what.code}


def new_order(kind: OrderKind, what: Coding, like: Json, today: date, *, beside: bool, patient: str, user: str | None) -> Json | None:
    """The draft; None when nobody is known who orders it.

    ``like`` is the order it goes with, or whose place it takes; ``beside`` says the former, and is told by ``basedOn``
    where that kind allows it. ``patient`` and ``user`` are references for an order that names neither.
    """
    theirs, ours = _SHAPES[str(like.get("resourceType"))], _SHAPES[kind]
    who = like.get(theirs.who) or ({"reference": user} if user else None)
    if who is None:
        return None
    made: Json = {
        "resourceType": kind,
        "status": "draft",
        **({"intent": "order"} if ours.intent else {}),
        **_content(kind, concept_of(what)),
        ours.whom: like.get(theirs.whom) or {"reference": patient},
        ours.when: today.isoformat(),
        ours.who: who,
        **{name: _carried(name, like[name]) for name in ours.carries if name in theirs.carries and like.get(name)},
        **(_based(kind, ours, like) if beside and text(like, "id") else {}),
    }
    if kind == "VisionPrescription":
        made["created"] = today.isoformat()
    return {**without_empty(made), **_contained(made, like)}


def _carried(name: str, value: Any) -> Any:
    if name != "reasonReference":
        return value
    return [each for each in many(value) if (text(each, "reference") or "").split("/")[-2:-1] in [[allowed] for allowed in _REASONS]]


def _based(kind: str, shape: _Shape, like: Json) -> Json:
    reference = {"reference": f"{like['resourceType']}/{like['id']}"}
    if like["resourceType"] in shape.based_on:
        return {"basedOn": [reference]}
    return {_BACKGROUND[kind]: [reference]} if kind in _BACKGROUND else {}


def _contained(made: Json, like: Json) -> Json:
    """The contained resources of the other order that the new one points to."""
    wanted = {name[1:] for name in _references(made) if name.startswith("#")}
    taken = [each for each in many(like, "contained") if one(each, "id") in wanted]
    return {"contained": taken} if taken else {}


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if isinstance(node, dict):
        own = [node["reference"]] if isinstance(node.get("reference"), str) else []
        return own + [name for item in node.values() for name in _references(item)]
    return []


def _content(kind: str, concept: Json) -> Json:
    match kind:
        case "CommunicationRequest":
            return {"payload": [{"extension": [{"url": PAYLOAD_CONTENT, "valueCodeableConcept": concept}], "contentString": concept["text"]}]}
        case "NutritionOrder":
            return {"oralDiet": {"type": [concept]}}
        case "VisionPrescription":
            return {"lensSpecification": [{"product": concept, "eye": eye} for eye in ("right", "left")]}
    return {CODED[kind]: concept}
