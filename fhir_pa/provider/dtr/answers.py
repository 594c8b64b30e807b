"""The filled form: each answer in its question's type, with where it came from (dtr.md §1.9, information-origin)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.dtr.package import Package, items_of
from fhir_pa.provider.elements import checked, concept, reference
from ig_profiles.names import CRD_COVERAGE_CODES, CRD_TEMP_CODES, DTR_PROFILE, INFORMATION_ORIGIN, INTENDED_USE, QR_CONTEXT, QR_COVERAGE, UCUM
from ig_profiles.reading import Coding, Json, codings, many
from questionnaires.enabled import asked

FOUND_HERE = {"2.0.1": "auto", "2.2": "auto-client"}
FOUND_BY_PAYER = {"2.0.1": "auto", "2.2": "auto-server"}
PRACTITIONER_ROLE = "http://terminology.hl7.org/CodeSystem/practitioner-role"


@dataclass(frozen=True)
class Answered:
    """The QuestionnaireResponse, and which questions were answered from the chart, by the payer, by a person, or not at all."""

    response: Json
    from_chart: tuple[str, ...]
    from_payer: tuple[str, ...]
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
    """The completed form: what the payer prefilled, what the chart says instead, and what the clinician says above both.

    Raises ValueError when the clinician's answer fits no choice of its question.
    """
    by_payer = package.prefilled()
    known = {**by_payer, **found}
    values = {**known, **said}
    origins = {link: _origin(occasion, link, found, said, known) for link in values}
    links = [item["linkId"] for item in items_of(package.questionnaire) if item["type"] not in ("group", "display")]
    open_to_answer = asked(package.questionnaire, {link: _several(value) for link, value in values.items()})
    wanted = [link for link in links if link in open_to_answer]
    draft = package.draft or {}
    response = checked(
        {
            "resourceType": "QuestionnaireResponse",
            "id": draft.get("id") or f"{occasion.chart.patient['id']}-form",
            "meta": {"profile": [f"{DTR_PROFILE}dtr-questionnaireresponse"]},
            "extension": contexts(occasion.guide, occasion.chart.coverage, occasion.orders, occasion.purpose),
            "questionnaire": package.canonical,
            "status": "completed",
            "subject": reference(occasion.chart.patient),
            "authored": occasion.at.isoformat(timespec="seconds"),
            "author": reference(occasion.chart.clinician.practitioner),
            "item": _answer_items(package.questionnaire.get("item", []), open_to_answer, values, origins),
        }
    )
    return Answered(
        response,
        from_chart=tuple(link for link in wanted if link in found and link not in said),
        from_payer=tuple(link for link in wanted if link in by_payer and link not in found and link not in said),
        by_person=tuple(link for link in wanted if link in said),
        open=tuple(link for link in wanted if link not in values),
    )


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


def _answer_items(items: list[Json], open_to_answer: frozenset[str], values: Mapping[str, Any], origins: Mapping[str, Json]) -> list[Json]:
    written = []
    for item in items:
        if item["type"] == "display" or item["linkId"] not in open_to_answer:
            continue
        link = item["linkId"]
        below = _answer_items(item.get("item", []), open_to_answer, values, origins)
        answers = [{"extension": [origins[link]], **value_of(item, each)} for each in _several(values.get(link))] if item["type"] != "group" else []
        if answers and below:
            answers[0]["item"] = below
        if answers or below:
            written.append({"linkId": link, "text": item.get("text"), **({"answer": answers} if answers else {"item": below})})
    return written


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else () if value is None else (value,)


def _origin(occasion: Occasion, link: str, found: Mapping[str, Any], said: Mapping[str, Any], known: Mapping[str, Any]) -> Json:
    """Where an answer came from; the author is named exactly when a person gave it (invariant dtrx-1)."""
    if link not in said:
        source = (FOUND_HERE if link in found else FOUND_BY_PAYER)[occasion.guide]
        return {"url": INFORMATION_ORIGIN, "extension": [{"url": "source", "valueCode": source}]}
    role = {"url": "role", "valueCodeableConcept": concept(PRACTITIONER_ROLE, "doctor")}
    who = {"url": "practitioner", "valueReference": reference(occasion.chart.clinician.practitioner)}
    changed = link in known and known[link] != said[link]
    return {
        "url": INFORMATION_ORIGIN,
        "extension": [{"url": "source", "valueCode": "override" if changed else "manual"}, {"url": "author", "extension": [role, who]}],
    }


def contexts(guide: str, coverage: Json, orders: Sequence[Json], purpose: str) -> list[Json]:
    """Coverage, orders and purpose: 2.0.1 puts the coverage among the contexts, 2.2 gives it an extension of its own."""
    newer = guide == "2.2"
    about = {"url": QR_COVERAGE if newer else QR_CONTEXT, "valueReference": reference(coverage)}
    use = concept(CRD_COVERAGE_CODES if newer else CRD_TEMP_CODES, purpose)
    return [about, *({"url": QR_CONTEXT, "valueReference": reference(order)} for order in orders), {"url": INTENDED_USE, "valueCodeableConcept": use}]
