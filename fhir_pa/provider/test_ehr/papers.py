"""The documents of a chart that may go with a request: finished forms, measurements, notes; each by its name, in a word of its own."""

from __future__ import annotations

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.elements import reference
from ig_profiles.names import QR_CONTEXT
from ig_profiles.reading import Json, extensions, many, one, text

SENT_ALONG = ("Observation", "DocumentReference")
FORM = "QuestionnaireResponse"


def at_hand(chart: Chart) -> dict[str, Json]:
    """By ``Type/id``: the finished forms about the chart's orders, then what was measured and written."""
    finished = tuple(each for each in forms(chart) if each["status"] in ("completed", "amended"))
    found = (each for each in chart.findings if each["resourceType"] in SENT_ALONG)
    return {reference(each)["reference"]: each for each in (*finished, *found)}


def forms(chart: Chart) -> tuple[Json, ...]:
    """The forms about the orders that are drafted now, finished or not."""
    ours = {reference(each)["reference"] for each in chart.orders}
    kept = (each for each in chart.findings if each["resourceType"] == FORM)
    return tuple(each for each in kept if ours & {text(about, "valueReference", "reference") for about in extensions(each, QR_CONTEXT)})


def called(paper: Json) -> str:
    """What a clinician calls it.

    >>> called({"resourceType": "Observation", "code": {"text": "Hematocrit"}})
    'Hematocrit'
    """
    match paper["resourceType"]:
        case "QuestionnaireResponse":
            return f"The payer's form, {len(answers(paper))} answers"
        case "DocumentReference":
            return str(text(paper, "content", "attachment", "title") or "Note").replace("-", " ").capitalize()
        case _:
            return str(text(paper, "code", "text") or paper["resourceType"])


def written(finding: Json) -> Json:
    """One line of the chart: what it is, its value where it has one, and its day."""
    amount = one(finding, "valueQuantity") or {}
    value = f"{amount['value']} {amount.get('unit', '')}".strip() if "value" in amount else None
    words = text(finding, "medicationCodeableConcept", "text") or text(finding, "title") or text(finding, "code", "text") or called(finding)
    days = (text(finding, *path) for path in (("effectiveDateTime",), ("performedDateTime",), ("onsetDateTime",), ("date",), ("authoredOn",), ("created",)))
    return {"kind": finding["resourceType"], "words": words, "value": value, "on": next((day[:10] for day in days if day), None)}


def answers(node: Json) -> list[Json]:
    """Every answered item of a form, at any depth."""
    own = [node] if node.get("answer") else []
    below = (*many(node, "item"), *(each for answer in many(node, "answer") for each in many(answer, "item")))
    return [*own, *(found for item in below for found in answers(item))]
