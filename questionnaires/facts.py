"""Fact: what a policy's CQL found in a patient's resources, its value in Python, with the evidence it rests on.

The convention: when a library has a define named ``<fact> evidence`` that gives a resource or a list of them, those
resources are the fact's evidence. Everything here reads; nothing runs CQL (that is ``cql.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ig_profiles.fingerprint import fingerprint
from ig_profiles.reading import Coding, Json, text
from questionnaires.criteria import Evidence

EVIDENCE = " evidence"


@dataclass(frozen=True)
class Fact:
    """One named finding of a CQL library.

    ``value`` is None (null, or not computed), bool, Decimal, str, date, Coding, or a tuple of those; ``unit`` is the
    UCUM unit of a quantity. A CQL Date, or a DateTime known only to the day, is a ``date``; a DateTime with a time is an
    ISO 8601 string with offset (``2026-11-20T08:30:00-05:00``), and one known only to the month or year stays the string
    ``2026-11``, because inventing a day would be a lie. A concept with several codings is a tuple of them. A resource is
    named by its reference. ``trouble`` says in one sentence, without patient data, why there is no value.
    """

    name: str
    value: Any = None
    evidence: tuple[Evidence, ...] = ()
    unit: str | None = None
    trouble: str | None = None

    @property
    def values(self) -> tuple[Any, ...]:
        """The value as an answer has it: none, one or several."""
        return self.value if isinstance(self.value, tuple) else () if self.value is None else (self.value,)


def read(name: str, told: Any, grounds: Any, resources: Sequence[Json]) -> Fact:
    """The fact from what the engine told of its define and of its evidence define (``values.js`` lists the shapes).

    JavaScript forgets how a number was written. One that stands in its evidence unchanged is given as it stands there, since
    the digits tell how exactly it was measured (FHIR R4 §decimal: 86.10 is not 86.1).

    >>> read("spo2", {"quantity": Decimal("86.5"), "unit": "%"}, None, [])
    Fact(name='spo2', value=Decimal('86.5'), evidence=(), unit='%', trouble=None)
    >>> chart = [{"resourceType": "Observation", "valueQuantity": {"value": Decimal("86.10"), "unit": "%"}}]
    >>> read("spo2", {"quantity": Decimal("86.1"), "unit": "%"}, {"resource": 0}, chart).value
    Decimal('86.10')
    """
    rows = _rows(told)
    strange = next((row["unsupported"] for row in rows if "unsupported" in row), None)
    if strange:
        return Fact(name, trouble=f"'{name}' gives a CQL {strange}, which no answer can hold. Give its start, its end or one of its elements instead.")
    units = {row.get("unit") for row in rows if "quantity" in row}
    if len(units) > 1:
        shown = ", ".join(sorted(unit or "none" for unit in units))
        return Fact(name, trouble=f"'{name}' gives quantities in several units ({shown}). Bring them to one with 'convert … to'.")
    rests_on = _resources(grounds, resources)
    values = tuple(_as_written(value, rests_on) for row in rows for value in _values(row, resources))
    value = values if _is_several(told) else values[0] if values else None
    unit = next(iter(units), None)
    said = ", ".join(_text(each, unit) for each in values)
    evidence = tuple(evidence_of(name, said, resource) for resource in rests_on) if values else ()
    return Fact(name, value, evidence, unit)


def evidence_of(fact: str, value: str, resource: Json) -> Evidence:
    """The resource as evidence: where in it to look, when it was so, and when that was written down (domain F28)."""
    kind = text(resource, "resourceType") or "Resource"
    return Evidence(
        fact,
        value,
        resource=_reference(resource),
        element=next((element for element in _ELEMENTS.get(kind, ("code",)) if _has(resource, element)), None),
        clinical_on=next(filter(None, (text(resource, *path) for path in _CLINICAL)), None),
        recorded_on=next(filter(None, (text(resource, *path) for path in _RECORDED)), None),
        origin="auto",
        sha256=fingerprint(resource),
    )


def _reference(resource: Json) -> str:
    kind, identity = text(resource, "resourceType") or "Resource", text(resource, "id")
    return f"{kind}/{identity}" if identity else kind


_ELEMENTS: dict[str, tuple[str, ...]] = {
    "Coverage": ("type", "status"),
    "DiagnosticReport": ("conclusionCode", "conclusion", "result", "code"),
    "DocumentReference": ("content", "type"),
    "Encounter": ("type", "class"),
    "Immunization": ("vaccineCode",),
    "MedicationAdministration": ("medication",),
    "MedicationDispense": ("medication",),
    "MedicationRequest": ("medication",),
    "MedicationStatement": ("medication",),
    "Observation": ("value", "component", "dataAbsentReason", "code"),
    "Patient": ("birthDate",),
    "QuestionnaireResponse": ("item",),
}
_CLINICAL = (
    *(("effectiveDateTime",), ("effectiveInstant",), ("effectivePeriod", "start"), ("onsetDateTime",), ("onsetPeriod", "start")),
    *(("performedDateTime",), ("performedPeriod", "start"), ("occurrenceDateTime",), ("occurrencePeriod", "start")),
    ("occurrenceTiming", "event"),
    *(("authoredOn",), ("authored",), ("whenHandedOver",), ("period", "start"), ("date",)),
)
_RECORDED = (("issued",), ("recordedDate",), ("recorded",), ("meta", "lastUpdated"), ("dateAsserted",), ("authoredOn",), ("authored",), ("date",))


def _has(resource: Json, element: str) -> bool:
    return any(key == element or (key.startswith(element) and key[len(element) :][:1].isupper()) for key in resource)


def _rows(told: Any) -> list[Json]:
    if told is None:
        return []
    return [row for each in told["list"] for row in _rows(each)] if "list" in told else [told]


def _is_several(told: Any) -> bool:
    return told is not None and ("list" in told or len(told.get("codes", ())) > 1)


def _values(row: Json, resources: Sequence[Json]) -> list[Any]:
    kind, told = next(iter(row.items()))
    if kind == "codes":
        return [Coding(code["system"], code["code"], code["display"]) for code in told]
    if kind in ("resource", "other"):
        return [_reference(resource) for resource in _resources(row, resources)]
    return [date.fromisoformat(told) if kind == "date" and len(told) == len("2026-11-20") else told]


def _resources(told: Any, resources: Sequence[Json]) -> list[Json]:
    rows = _rows(told)
    return [resources[int(row["resource"])] if "resource" in row else row["other"] for row in rows if "resource" in row or "other" in row]


def _as_written(value: Any, rests_on: Sequence[Json]) -> Any:
    """The number with the digits its evidence gives it; as it is when it stands there not at all, or in several ways."""
    if not isinstance(value, Decimal):
        return value
    written = {str(each): each for resource in rests_on for each in _decimals(resource) if each == value}
    return next(iter(written.values())) if len(written) == 1 else value


def _decimals(node: Any) -> Iterator[Decimal]:
    if isinstance(node, Decimal):
        yield node
    elif isinstance(node, (dict, list)):
        for each in node.values() if isinstance(node, dict) else node:
            yield from _decimals(each)


def _text(value: Any, unit: str | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Coding):
        return value.display or value.code
    if isinstance(value, Decimal):
        return f"{value:f} {unit}" if unit and unit != "1" else f"{value:f}"
    return str(value)
