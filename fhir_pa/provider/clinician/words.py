"""What the chart holds, in words for the page: a person, an order with what the payer said of it, a form begun."""

from __future__ import annotations

from fhir_pa.provider.clinician.chart import OpenChart, contexts
from fhir_pa.provider.clinician.services import planned
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.crd.coverage_answer import read_order
from fhir_pa.provider.elements import reference
from ig_profiles.names import DISPLAY
from ig_profiles.reading import Json, extension_value, extensions, many, one, text

KINDS = {"NutritionOrder": "Nutrition order", "VisionPrescription": "Lenses", "CommunicationRequest": "Communication", "Encounter": "Visit"}
NUMBER_NOT_VALID = "http://fhir-pa.example/fhir/StructureDefinition/number-not-valid"
WHAT = (
    ("codeCodeableConcept",), ("medicationCodeableConcept",), ("code",), ("oralDiet", "type"), ("enteralFormula", "baseFormulaType"),
    ("supplement", "type"), ("lensSpecification", "product"), ("serviceType",), ("type",), ("category",),
)  # fmt: skip


def person(resource: Json) -> str:
    """A person's name as people say it."""
    name = one(resource, "name") or {}
    words = [*many(name, "given"), text(name, "family") or ""]
    return text(name, "text") or " ".join(filter(None, map(str, words))) + "".join(f", {suffix}" for suffix in many(name, "suffix"))


def told(order: Json) -> Json:
    """An order in words for the page, with what the payer said of it."""
    code = what(order)
    name = text(code, "text") or text(code, "coding", "display") or text(code, "coding", "code") or KINDS.get(order["resourceType"], order["resourceType"])
    answers = [
        {
            "coverage": each.coverage,
            "covered": each.covered,
            "authorization": each.pa_needed,
            "documentation": list(each.doc_needed),
            "forms": list(each.questionnaires),
            "assertion": each.assertion_id,
            "satisfied": each.satisfied_pa_id,
            "objection": _objection(order, each.satisfied_pa_id),
            "reasons": list(each.reasons),
        }
        for each in read_order(order)
    ]
    about = {"reference": reference(order)["reference"], "name": name, "code": text(code, "coding", "code"), "status": order.get("status")}
    return {**about, "planned": planned(order), "payer": answers}


def what(order: Json) -> Json:
    """The concept that says what is ordered; empty when the order has none.

    >>> what({"resourceType": "NutritionOrder", "oralDiet": {"type": [{"text": "Low protein"}]}})
    {'text': 'Low protein'}
    """
    return next((found for path in WHAT if isinstance(found := one(order, *path), dict)), {})


def told_form(chart: OpenChart, form: Json) -> Json:
    """A form begun, in words for the page: which form, about what, who wrote it when, and who gave the answers."""
    saved = text(form, "meta", "lastUpdated") or text(form, "authored")
    own: Json = next((each for each in many(form, "contained") if each.get("resourceType") == "Questionnaire"), {})
    title = extension_value(form.get("_questionnaire"), DISPLAY) or text(own, "title")
    by, source = (_called(chart, text(form, who, "reference")) for who in ("author", "source"))
    head = {"reference": reference(form)["reference"], "questionnaire": form.get("questionnaire"), "title": title}
    return {**head, "saved": saved, "by": by, "source": source, "about": contexts(form)}


def _objection(order: Json, number: str | None) -> str | None:
    """Why a clinician marked this number as not valid, empty when no reason was given; None when nobody did."""
    said = next((each for each in extensions(order, NUMBER_NOT_VALID) if number and extension_value(each, "number") == number), None)
    return None if said is None else str(extension_value(said, "because") or "")


def _called(chart: OpenChart, who: str | None) -> str | None:
    """What somebody is called, by their reference; None when nobody is named, or the EHR does not tell."""
    if not who:
        return None
    try:
        return person(chart.read(who)) or None
    except Trouble:
        return None
