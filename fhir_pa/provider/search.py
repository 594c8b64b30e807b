"""FHIR search over resources in memory: the parameters an authorization needs, each answered or refused by name.

FHIR R4 §search: tokens (``code=system|code``), references (``patient=orla``), dates with a prefix, and ``_id``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ig_profiles.names import QR_CONTEXT, QR_COVERAGE
from ig_profiles.reading import Json, codings, many, one, text


class UnknownParameter(Exception):
    """A search parameter this EHR does not have."""


def search(resources: Iterable[Json], kind: str, parameters: Mapping[str, list[str]]) -> list[Json]:
    """The resources of this type that fit every parameter; several values in one parameter are alternatives.

    Raises UnknownParameter, because a filter left out silently would show more of the chart than was asked for.

    >>> search([{"resourceType": "Patient", "id": "orla"}], "Patient", {"_id": ["orla,other"]})
    [{'resourceType': 'Patient', 'id': 'orla'}]
    """
    found = [resource for resource in resources if resource["resourceType"] == kind]
    for name, values in parameters.items():
        fits = _PARAMETERS.get(name.split(":")[0])
        if fits is None:
            raise UnknownParameter(f"{kind} cannot be searched by '{name}' here. Known: {', '.join(sorted(_PARAMETERS))}.")
        for value in values:
            wanted = [part for part in value.split(",") if part]
            found = [resource for resource in found if any(fits(resource, each) for each in wanted)]
    return found


def bundle(found: Iterable[Json], base: str, link: str) -> Json:
    """The searchset with the query as it was executed in its self link."""
    entries = [{"fullUrl": f"{base}/{item['resourceType']}/{item['id']}", "resource": item, "search": {"mode": "match"}} for item in found]
    answer: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "link": [{"relation": "self", "url": link}]}
    return {**answer, "entry": entries} if entries else answer


def _identity(resource: Json, wanted: str) -> bool:
    return bool(resource["id"] == wanted)


def _patient(resource: Json, wanted: str) -> bool:
    name = wanted.removeprefix("Patient/")
    if resource["resourceType"] == "Patient":
        return bool(resource["id"] == name)
    holders = (text(resource, element, "reference") for element in ("subject", "patient", "beneficiary", "for"))
    return f"Patient/{name}" in holders


def _reference(*elements: str) -> Callable[[Json, str], bool]:
    def fits(resource: Json, wanted: str) -> bool:
        return wanted in {name for element in elements for name in _names(text(resource, element, "reference") or "")}

    return fits


def _names(reference: str) -> tuple[str, str]:
    return reference, reference.rpartition("/")[2]


def _token(*elements: str) -> Callable[[Json, str], bool]:
    def fits(resource: Json, wanted: str) -> bool:
        system, _, code = wanted.rpartition("|")
        values = [value for element in elements for value in many(resource, element)]
        plain = [value for value in values if isinstance(value, str)]
        named = [(str(value.get("system", "")), value.get("value")) for value in values if isinstance(value, dict) and "value" in value]
        coded = [(coding.system, coding.code) for coding in codings(values)] + named
        return code in plain or any(code == each and system in ("", of) for of, each in coded)

    return fits


def _date(*elements: str) -> Callable[[Json, str], bool]:
    def fits(resource: Json, wanted: str) -> bool:
        prefix, day = (wanted[:2], wanted[2:]) if wanted[:2].isalpha() else ("eq", wanted)
        value = next((one(resource, *element.split(".")) for element in elements if one(resource, *element.split("."))), None)
        if not isinstance(value, str):
            return False
        theirs, ours = value[: len(day)], day
        order = {"eq": theirs == ours, "ge": theirs >= ours, "gt": theirs > ours, "le": theirs <= ours, "lt": theirs < ours}
        return order.get(prefix, False)

    return fits


def _form(resource: Json, wanted: str) -> bool:
    """The form's canonical, with or without its version."""
    canonical = str(resource.get("questionnaire", ""))
    return wanted in (canonical, canonical.partition("|")[0])


def _context(resource: Json, wanted: str) -> bool:
    """DTR's search parameter: what a filled form is about, its coverage included."""
    about = (text(each, "valueReference", "reference") or "" for each in many(resource, "extension") if each.get("url") in (QR_CONTEXT, QR_COVERAGE))
    return any(wanted in _names(reference) for reference in about)


def _encounter(resource: Json, wanted: str) -> bool:
    return f"Encounter/{wanted.removeprefix('Encounter/')}" in {text(resource, "encounter", "reference"), text(resource, "context", "encounter", "reference")}


_PARAMETERS: dict[str, Callable[[Json, str], bool]] = {
    "_id": _identity,
    "patient": _patient,
    "subject": _patient,
    "encounter": _encounter,
    "practitioner": _reference("practitioner"),
    "organization": _reference("organization"),
    "questionnaire": _form,
    "context": _context,
    "code": _token("code", "codeCodeableConcept"),
    "category": _token("category"),
    "type": _token("type"),
    "status": _token("status"),
    "intent": _token("intent"),
    "clinical-status": _token("clinicalStatus"),
    "identifier": _token("identifier"),
    "date": _date("effectiveDateTime", "date", "period.start", "recordedDate", "authoredOn", "authored"),
}
