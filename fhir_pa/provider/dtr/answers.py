"""The filled form: each answer in its question's type, with where it came from (dtr.md §1.9, information-origin)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.dtr.enable import enabled
from fhir_pa.provider.dtr.package import Package
from fhir_pa.provider.elements import checked, concept, reference
from ig_profiles.names import CRD_COVERAGE_CODES, CRD_TEMP_CODES, DTR_PROFILE, INFORMATION_ORIGIN, INTENDED_USE, QR_CONTEXT, QR_COVERAGE, UCUM
from ig_profiles.reading import Coding, Json, codings, many

FOUND = {"2.0.1": "auto", "2.2": "auto-client"}
PRACTITIONER_ROLE = "http://terminology.hl7.org/CodeSystem/practitioner-role"


@dataclass(frozen=True)
class Answered:
    """The QuestionnaireResponse, and which questions were answered from the chart, by a person, or not at all."""

    response: Json
    from_chart: tuple[str, ...]
    by_person: tuple[str, ...]
    open: tuple[str, ...]


@dataclass(frozen=True)
class Occasion:
    """For whom, for which orders, under which guide and when a form is filled; ``purpose`` is CRD's doc-purpose."""

    chart: Chart
    orders: tuple[Json, ...]
    guide: str
    at: datetime
    purpose: str = "withpa"


def answer(package: Package, occasion: Occasion, found: Mapping[str, Any], said: Mapping[str, Any]) -> Answered:
    """The completed form: values found in the chart, overridden or completed by what the clinician says, by link id.

    Raises ValueError when the clinician's answer fits no choice of its question.
    """
    chart, guide = occasion.chart, occasion.guide
    values = {**found, **said}
    origins = {link: _origin(guide, link in said, link in found and found[link] != values[link], chart) for link in values}
    items = _answer_items(package.questionnaire.get("item", []), package.questionnaire, values, origins)
    asked = [item for item in _questions(package.questionnaire) if enabled(item, package.questionnaire, values)]
    links = [item["linkId"] for item in asked]
    response = checked(
        {
            "resourceType": "QuestionnaireResponse",
            "id": f"{chart.patient['id']}-{package.questionnaire.get('name', 'form').lower()}"[:64],
            "meta": {"profile": [f"{DTR_PROFILE}dtr-questionnaireresponse"]},
            "extension": _contexts(occasion),
            "questionnaire": package.canonical,
            "status": "completed",
            "subject": reference(chart.patient),
            "authored": occasion.at.isoformat(timespec="seconds"),
            "author": reference(chart.clinician.practitioner),
            "item": items,
        }
    )
    manual = tuple(link for link in links if link in said)
    return Answered(response, tuple(link for link in links if link in found and link not in said), manual, tuple(link for link in links if link not in values))


def value_of(item: Json, value: Any) -> Json:
    """One value as answer.value[x] of the question's type. Raises ValueError when it is none of the question's choices.

    >>> value_of({"linkId": "spo2", "type": "decimal"}, Decimal("86"))
    {'valueDecimal': Decimal('86')}
    """
    match item["type"]:
        case "boolean":
            return {"valueBoolean": bool(value)}
        case "decimal":
            return {"valueDecimal": Decimal(str(value))}
        case "integer":
            return {"valueInteger": int(value)}
        case "quantity":
            unit = next((coding for each in many(item, "extension") for coding in codings(each.get("valueCoding"))), Coding(UCUM, "1"))
            return {"valueQuantity": {"value": Decimal(str(value)), "unit": unit.display or unit.code, "system": unit.system, "code": unit.code}}
        case "date":
            return {"valueDate": value.isoformat() if isinstance(value, date) else str(value)[:10]}
        case "dateTime":
            return {"valueDateTime": value.isoformat() if isinstance(value, date) else str(value)}
        case "choice" | "open-choice":
            return {"valueCoding": _choice(item, value)}
        case _:
            return {"valueString": str(value)}


def _choice(item: Json, value: Any) -> Json:
    wanted = value.code if isinstance(value, Coding) else str(value)
    for option in many(item, "answerOption", "valueCoding"):
        if option.get("code") == wanted:
            return dict(option)
    raise ValueError(f"'{wanted}' is none of the choices of question '{item['linkId']}'.")


def _answer_items(items: list[Json], questionnaire: Json, values: Mapping[str, Any], origins: Mapping[str, Json]) -> list[Json]:
    written = []
    for item in items:
        if item["type"] == "display" or not enabled(item, questionnaire, values):
            continue
        link = item["linkId"]
        below = _answer_items(item.get("item", []), questionnaire, values, origins)
        answers = [{"extension": [origins[link]], **value_of(item, each)} for each in _several(values.get(link))] if item["type"] != "group" else []
        if answers and below:
            answers[0]["item"] = below
        if answers or below:
            written.append({"linkId": link, "text": item.get("text"), **({"answer": answers} if answers else {"item": below})})
    return written


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else () if value is None else (value,)


def _origin(guide: str, by_person: bool, differs: bool, chart: Chart) -> Json:
    """Where an answer came from; the author is named exactly when a person gave it (invariant dtrx-1)."""
    if not by_person:
        return {"url": INFORMATION_ORIGIN, "extension": [{"url": "source", "valueCode": FOUND[guide]}]}
    role = {"url": "role", "valueCodeableConcept": concept(PRACTITIONER_ROLE, "doctor")}
    who = {"url": "practitioner", "valueReference": reference(chart.clinician.practitioner)}
    source = {"url": "source", "valueCode": "override" if differs else "manual"}
    return {"url": INFORMATION_ORIGIN, "extension": [source, {"url": "author", "extension": [role, who]}]}


def _contexts(occasion: Occasion) -> list[Json]:
    """Coverage, orders and purpose: 2.0.1 puts the coverage among the contexts, 2.2 gives it an extension of its own."""
    newer = occasion.guide == "2.2"
    coverage = {"url": QR_COVERAGE if newer else QR_CONTEXT, "valueReference": reference(occasion.chart.coverage)}
    contexts = [{"url": QR_CONTEXT, "valueReference": reference(order)} for order in occasion.orders]
    use = concept(CRD_COVERAGE_CODES if newer else CRD_TEMP_CODES, occasion.purpose)
    return [coverage, *contexts, {"url": INTENDED_USE, "valueCodeableConcept": use}]


def _questions(node: Json) -> list[Json]:
    found = []
    for item in many(node, "item"):
        found.extend([item] if item["type"] not in ("group", "display") else [])
        found.extend(_questions(item))
    return found
