"""Every must-support element of CRD's profiles in a hook call: filled, left out, or with an extension where its value would be (HRex 1.2 §conformance).

The elements are taken from the profiles themselves, so that a new generation of the guide brings its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION, CRD, DATA_ABSENT_REASON_EXTENSION
from ig_profiles.reading import Json, extensions, many
from ig_profiles.registry import open_set
from tests.cds_hooks.builders import PATIENT, bundle, call, coverage, told
from tests.stories.conftest import Caller
from tests.stories.test_crd_hooks import ORDERS

BESIDE: dict[str, Json] = {
    "Coverage": coverage(),
    "Patient": PATIENT,
    "Practitioner": {"resourceType": "Practitioner", "id": "dr", "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "9000000007"}]},
    "Organization": {"resourceType": "Organization", "id": "org", "name": "Oakwood Clinic"},
    "Location": {"resourceType": "Location", "id": "here", "name": "Oakwood"},
    "Encounter": {"resourceType": "Encounter", "id": "e1", "status": "in-progress", "class": {"code": "AMB"}, "subject": {"reference": "Patient/p1"}},
}
VALUES: dict[str, Any] = {
    "Address": {"line": ["1 Elm Street"], "city": "Oakwood", "state": "OH", "country": "US"},
    "BackboneElement": {},
    "CodeableConcept": {"coding": [{"system": "urn:synthetic", "code": "a"}], "text": "a"},
    "Coding": {"system": "urn:synthetic", "code": "a"},
    "ContactPoint": {"system": "phone", "value": "555-555-0100"},
    "Dosage": {"text": "once a day"},
    "Duration": {"value": 1, "unit": "h"},
    "Extension": {"url": "http://ehr.example/more", "valueString": "more"},
    "HumanName": {"family": "Brisk", "given": ["Halvard"]},
    "Identifier": {"system": "urn:synthetic", "value": "1"},
    "Meta": {"versionId": "1"},
    "Period": {"start": "2026-11-21", "end": "2026-12-21"},
    "Quantity": {"value": 1, "unit": "unit"},
    "Range": {"low": {"value": 1}},
    "Ratio": {"numerator": {"value": 1}, "denominator": {"value": 2}},
    "Reference": {"reference": "Practitioner/dr"},
    "Resource": {"resourceType": "Basic", "id": "inside"},
    "Timing": {"event": ["2026-11-21"]},
    "boolean": True,
    "code": "active",
    "date": "2026-11-21",
    "dateTime": "2026-11-21",
    "positiveInt": 1,
    "string": "a",
    "uri": "urn:synthetic:a",
    "http://hl7.org/fhirpath/System.String": "a",
}
ABSENT = {"extension": [{"url": DATA_ABSENT_REASON_EXTENSION, "valueCode": "unknown"}]}
KINDS = [*ORDERS, *BESIDE]


def elements(kind: str, guide: str) -> Iterator[tuple[str, str, bool]]:
    """Name as JSON writes it, type, and whether it repeats, of each must-support element of CRD's profile for this type."""
    table = open_set(guide).profile(f"{CRD}/StructureDefinition/profile-{kind.lower()}")
    base = {row["path"]: row for row in open_set(guide).type(kind)["elements"]}
    for path in dict.fromkeys(row["path"] for row in (table or {"elements": ()})["elements"] if row.get("must")):
        if path.count(".") == 1:
            for kind_of in base[path].get("types", ()):
                name = path.split(".")[1].replace("[x]", kind_of["code"][:1].upper() + kind_of["code"][1:])
                yield name, kind_of["code"], base[path]["max"] == "*"


def variations(kind: str, guide: str, resource: Json) -> Iterator[tuple[str, Json]]:
    """The resource with each element filled, left out, and given as an extension in place of its value."""
    for name, type_, repeats in elements(kind, guide):
        without = {key: value for key, value in resource.items() if key not in (name, f"_{name}")}
        filled = resource.get(name, [VALUES[type_]] if repeats else VALUES[type_])
        in_place = {f"_{name}": [ABSENT] if repeats else ABSENT} if type_[0].islower() or ":" in type_ else {name: [ABSENT] if repeats else ABSENT}
        yield f"{name} filled", {**resource, name: filled}
        yield f"{name} left out", without
        if name not in ("extension", "contained"):
            yield f"{name} as an extension", {**without, **in_place}


def asked(kind: str, resource: Json) -> Json:
    """A call in which this resource is the order, or comes beside one."""
    order = resource if kind in ORDERS else {"resourceType": "DeviceRequest", "id": "x1", **ORDERS["DeviceRequest"]}
    beside = {name.lower(): bundle(resource if name == kind else one) for name, one in BESIDE.items()}
    return call("order-sign", order, prefetch=beside)


@pytest.mark.requirement("hrex-1.2:conf-2", "hrex-1.2:conf-4", "hrex-1.2:conf-6", "crd-2.2:conf-12")
@pytest.mark.parametrize("kind", KINDS)
def test_no_element_there_missing_or_absent_for_a_reason_brings_an_error_or_a_no(kind: str, caller: Caller) -> None:
    resource = BESIDE.get(kind) or {"resourceType": kind, "id": "x1", "status": "draft", **ORDERS[kind]}
    address, tried = f"{caller.base.replace('/fhir', '/cds-services')}/order-sign-crd", 0
    for what, changed in variations(kind, caller.guide, resource):
        answer = caller.http.post(address, data=json.dump(asked(kind, changed)), content_type="application/json")
        assert answer.status_code == 200, f"{kind}.{what}: {answer.text}"
        actions = many(json.parse(answer.data), "systemActions")
        said = [told(each, "covered") for action in actions for each in extensions(action["resource"], COVERAGE_INFORMATION)]
        assert said and set(said) <= {"covered", "conditional", "indeterminate"}, f"{kind}.{what}: what is not told is not a no, but {said}"
        tried += 1
    assert tried >= 9, "the profile's must-support elements were not found"
