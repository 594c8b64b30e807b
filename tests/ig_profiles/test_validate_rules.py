"""What a validator must know beyond slices: types, choices, bindings, contexts, contained resources, circles, modes."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ig_profiles import validation
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.reading import Json
from ig_profiles.registry import open_set
from ig_profiles.terminology import ValueSetTable
from ig_profiles.validation.compiler import Compiler
from ig_profiles.validation.messages import MESSAGES, severity
from ig_profiles.validator import validate
from tests.ig_profiles.profile_tables import MADE, Overlaid, made, table

SET = "http://a.example/ValueSet/set"
CONCEPT = [{"code": "CodeableConcept"}]


def told(resource: Json, registry: Any = None, profile: str | None = None, **how: Any) -> list[tuple[str | None, str | None]]:
    issues = validate(resource, registry or open_set("2.0.1"), profile, **{"strict": True, **how})
    return [(issue.message_id, issue.expression) for issue in issues if issue.message_id != "narrative-missing"]


def patient(**more: Any) -> Json:
    return {"resourceType": "Patient", **more}


@pytest.mark.parametrize("value", ["2026", "2026-11", "2026-11-21", "2024-02-29", "1900-01-01"])
def test_a_date_may_be_partial(value):
    assert told(patient(birthDate=value)) == []


@pytest.mark.parametrize("value", ["26", "2026-13", "2026-2-3", "2023-02-29", "1900-02-29", "0000", "2026-11-21T10:00:00Z", " 2026", "2026\n"])
def test_a_date_must_be_one_of_the_calendar(value):
    assert told(patient(birthDate=value)) == [("value-format", "Patient.birthDate")]


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("urn:oid:2.16.840.1.113883.6.12", []),
        ("urn:oid:2.16..1", [("value-format", "Patient.identifier[0].system")]),
        ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", []),
        ("urn:uuid:C757873D-EC9A-4326-A141-556F43239520", []),
        ("urn:uuid:c757873d", [("value-format", "Patient.identifier[0].system")]),
    ],
)
def test_a_urn_keeps_its_form(system, expected):
    assert told(patient(identifier=[{"system": system, "value": "1"}])) == expected


@pytest.mark.parametrize("value", [1, 1.5, Decimal("1.10"), Decimal("1e3"), -3])
def test_a_decimal_is_any_number(value):
    extension = {"url": "http://a.example/x", "valueDecimal": value}
    assert told(patient(extension=[extension])) == [("extension-unknown", "Patient.extension[0]")]


@pytest.mark.parametrize("value", ["1", True, Decimal("NaN")])
def test_a_decimal_is_nothing_but_a_number(value):
    extension = {"url": "http://a.example/x", "valueDecimal": value}
    assert ("value-type", "Patient.extension[0].value.ofType(decimal)") in told(patient(extension=[extension]))


def test_a_misspelt_element_is_told_its_likely_name():
    issue = next(issue for issue in validate(patient(birthdate="2020"), open_set("2.0.1")) if issue.message_id == "element-unknown")
    assert issue.text == "Patient has no element 'birthdate'. Did you mean 'birthDate'?"


def test_an_extension_in_place_of_a_value_satisfies_what_is_required():
    absent = [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    registry = made("Patient", {"id": "birthDate", "min": 1, "max": "1", "types": [{"code": "date"}]})
    assert told(patient(_birthDate={"extension": absent}), registry, MADE) == []
    assert told(patient(gender="male"), registry, MADE) == [("required", "Patient.birthDate")]


def test_a_primitive_may_have_to_bear_an_extension():
    url = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
    registry = made(
        "Patient",
        {"id": "birthDate", "max": "1", "types": [{"code": "date"}]},
        {"id": "birthDate.extension", "types": [{"code": "Extension"}], "slicing": {"by": [["value", "url"]], "rules": "open"}},
        {"id": "birthDate.extension:time", "min": 1, "max": "1", "types": [{"code": "Extension", "profile": [url]}]},
    )
    assert told(patient(birthDate="2020-01-01"), registry, MADE) == [("slice-too-few", "Patient.birthDate.extension")]
    borne = {"extension": [{"url": url, "valueDateTime": "2020-01-01T10:00:00Z"}]}
    assert told(patient(birthDate="2020-01-01", _birthDate=borne), registry, MADE) == []


def test_an_extension_whose_definition_is_not_at_hand_is_still_an_extension():
    url = "http://a.example/StructureDefinition/elsewhere"
    registry = made(
        "Patient",
        {"id": "extension", "types": [{"code": "Extension"}], "slicing": {"by": [["value", "url"]], "rules": "open"}},
        {"id": "extension:there", "max": "1", "types": [{"code": "Extension", "profile": [url]}]},
    )
    extension = {"url": url, "valueCode": 1}
    found = told(patient(extension=[extension, extension]), registry, MADE)
    assert ("value-type", "Patient.extension[0].value.ofType(code)") in found
    assert ("slice-too-many", "Patient.extension[1]") in found


def test_null_stands_in_a_list_only_beside_an_extension():
    absent = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
    assert told(patient(name=[{"given": [None, "Orla"], "_given": [absent, None]}])) == []
    assert told(patient(name=[{"given": [None, "Orla"]}])) == [("null", "Patient.name[0].given[0]")]


def test_limits_of_values_are_kept():
    registry = made(
        "Patient",
        {"id": "multipleBirth[x]", "max": "1", "types": [{"code": "integer"}], "maxValue": ["integer", 9]},
        {"id": "implicitRules", "max": "1", "types": [{"code": "uri"}], "maxLength": 5},
    )
    assert sorted(told(patient(multipleBirthInteger=10, implicitRules="urn:rules"), registry, MADE)) == [
        ("value-out-of-range", "Patient.multipleBirth.ofType(integer)"),
        ("value-too-long", "Patient.implicitRules"),
    ]
    assert told(patient(multipleBirthBoolean=True), registry, MADE) == [("element-unknown", "Patient.multipleBirthBoolean")]


@pytest.mark.parametrize(
    ("strength", "message"), [("required", "code-required"), ("extensible", "code-extensible"), ("preferred", "code-preferred"), ("example", None)]
)
def test_only_a_certain_no_is_a_finding(strength, message):
    registry = Overlaid(
        table("Patient", {"id": "maritalStatus", "max": "1", "types": CONCEPT, "binding": [strength, SET]}),
        value_sets={SET: ValueSetTable(SET, codes={"urn:a": frozenset({"x"})}, open=frozenset({"urn:licensed"}))},
    )

    def said(system: str, code: str) -> list[Issue]:
        resource = patient(maritalStatus={"coding": [{"system": system, "code": code}]})
        return [issue for issue in validate(resource, registry, MADE, strict=True) if issue.profile == MADE]

    assert said("urn:a", "x") == []
    assert said("urn:licensed", "y") == []
    assert [issue.message_id for issue in said("urn:a", "y")] == ([message] if message else [])
    assert all(SET in issue.text and "'y' of urn:a" in issue.text for issue in said("urn:a", "y"))


def test_text_alone_is_no_code_of_a_required_set():
    registry = made("Patient", {"id": "maritalStatus", "max": "1", "types": CONCEPT, "binding": ["required", "https://valueset.x12.org/unlisted"]})
    assert ("code-missing", "Patient.maritalStatus") in told(patient(maritalStatus={"text": "wed"}), registry, MADE)
    coded = patient(maritalStatus={"coding": [{"system": "urn:x", "code": "wed"}]})
    assert [issue for issue in validate(coded, registry, MADE, strict=True) if issue.profile == MADE] == []


def test_a_binding_may_be_extensible_up_to_a_widest_set():
    registry = Overlaid(
        table("Patient", {"id": "maritalStatus", "max": "1", "types": CONCEPT, "binding": ["extensible", SET, SET + "-widest"]}),
        value_sets={SET: ValueSetTable(codes={"urn:a": frozenset("x")}), SET + "-widest": ValueSetTable(codes={"urn:a": frozenset("xy")})},
    )

    def said(code: str) -> list[str | None]:
        resource = patient(maritalStatus={"coding": [{"system": "urn:a", "code": code}]})
        return [issue.message_id for issue in validate(resource, registry, MADE) if issue.profile == MADE]

    assert (said("x"), said("y"), said("z")) == ([], ["code-extensible"], ["code-extensible", "code-required"])


def test_a_version_that_a_sender_makes_up_fills_no_memory():
    registry = Overlaid()
    compiler = Compiler(registry)
    url = "http://hl7.org/fhir/StructureDefinition/Patient"
    assert {compiler.profile_check(f"{url}|{number}") for number in range(20)} == {compiler.profile_check(url)}
    assert len([key for key in compiler._checks if key.startswith(url)]) == 2


def test_every_message_is_used_and_every_message_used_is_in_the_table():
    room = Path(validation.__file__).parent
    source = "".join(path.read_text("utf-8") for path in [*room.glob("*.py"), room.parent / "validator.py"] if path.name != "messages.py")
    used = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) & {*MESSAGES}
    plain = {name for name in MESSAGES if "-" not in name}
    assert used | plain == {*MESSAGES}
    assert set(re.findall(r'run\.say\(\s*"([a-z-]+)"', source)) <= {*MESSAGES}


def test_content_referenced_from_elsewhere_is_checked_as_what_it_repeats():
    form = {"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "group", "item": [{"linkId": "1.1", "type": "zzz", "x": 1}]}]}
    assert told(form) == [("code-required", "Questionnaire.item[0].item[0].type"), ("element-unknown", "Questionnaire.item[0].item[0].x")]


def test_a_circle_of_references_comes_to_an_end():
    one = {"resourceType": "Patient", "id": "1", "link": [{"type": "seealso", "other": {"reference": "Patient/2"}}]}
    two = {"resourceType": "Patient", "id": "2", "link": [{"type": "seealso", "other": {"reference": "Patient/1"}}]}
    base = "http://a.example/Patient/"
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": base + each["id"], "resource": each} for each in (one, two)]}
    registry = made(
        "Patient",
        {"id": "link", "types": [{"code": "BackboneElement"}]},
        {"id": "link.other", "min": 1, "max": "1", "types": [{"code": "Reference", "targets": [MADE]}]},
    )
    assert told(bundle, registry) == []
    for each in (one, two):
        each["meta"] = {"profile": [MADE]}
    two["link"] = [{"type": "seealso", "other": {"display": "x"}, "y": 1}]
    found = told(bundle, registry)
    assert ("element-unknown", "Bundle.entry[1].resource.link[0].y") in found
    assert ("reference-profile", "Bundle.entry[0].resource.link[0].other") in found


def test_references_resolve_in_the_bundle_around_when_it_is_given():
    claim = {"resourceType": "Coverage", "status": "active", "beneficiary": {"reference": "Patient/1"}, "payor": [{"reference": "Patient/1"}]}
    around = {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "http://a.example/Organization/1", "resource": claim}]}
    assert ("reference-unresolved", "Coverage.beneficiary.reference") in told(claim, root=around)
    assert told(claim) == []


def test_contained_resources_stay_inside_and_plain():
    inner = {"resourceType": "Organization", "id": "o", "name": "x", "meta": {"versionId": "1"}, "contained": [{"resourceType": "Basic", "id": "b"}]}
    found = told(patient(contained=[inner, {**inner, "contained": []}], managingOrganization={"reference": "#o"}))
    assert ("contained-nested", "Patient.contained[0].contained") in found
    assert ("contained-version", "Patient.contained[0].meta.versionId") in found
    assert ("id-twice", "Patient.contained[1].id") in found


def test_a_document_begins_with_its_composition():
    bundle = {"resourceType": "Bundle", "type": "document", "entry": [{"fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "resource": patient()}]}
    keys = {issue.constraint for issue in validate(bundle, open_set("2.0.1"), strict=True)}
    assert {"bdl-9", "bdl-10", "bdl-11"} <= keys


def test_text_that_would_run_in_a_browser_is_pointed_out():
    assert told(patient(name=[{"text": "<script>alert(1)</script>"}])) == [("value-html", "Patient.name[0].text")]
    assert told(patient(name=[{"text": "a < b"}])) == []


def test_a_profile_not_at_hand_is_an_error_only_when_it_was_asked_for():
    resource = patient(meta={"profile": ["http://a.example/p"]})
    assert [issue.severity for issue in validate(resource, open_set("2.0.1")) if issue.message_id == "profile-unknown"] == ["information"]
    asked = validate(patient(), open_set("2.0.1"), "http://a.example/p")
    assert [(issue.message_id, issue.severity) for issue in asked if issue.severity == "error"] == [("profile-not-at-hand", "error")]


def test_tolerant_refuses_what_cannot_be_used_and_warns_of_the_rest():
    resource = patient(birthdate="2020", gender="zzz", name="Orla")
    tolerant = {issue.message_id: issue.severity for issue in validate(resource, open_set("2.0.1"))}
    assert (tolerant["element-unknown"], tolerant["code-required"], tolerant["list-expected"]) == ("warning", "error", "error")
    strict = {issue.message_id: issue.severity for issue in validate(resource, open_set("2.0.1"), strict=True)}
    assert strict["element-unknown"] == "error"


@pytest.mark.parametrize("name", MESSAGES)
def test_strict_is_never_milder_than_tolerant_and_each_message_mends(name):
    ranks = ["information", "warning", "error", "fatal"]
    assert ranks.index(severity(name, strict=True)) >= ranks.index(severity(name, strict=False))
    text = MESSAGES[name].text
    assert text.count(".") + text.count("{near}") + text.count("{hint}") + text.count("{because}") >= 2 or "." in text, f"{name} says what, but not how to mend"


def test_an_issue_tells_machines_its_profile_and_rule():
    resource = {"resourceType": "Patient", "contact": [{"gender": "male"}]}
    issue = next(issue for issue in validate(resource, open_set("2.0.1"), strict=True) if issue.constraint == "pat-1")
    fhir = operation_outcome([issue])["issue"][0]
    assert fhir["diagnostics"] == "pat-1; http://hl7.org/fhir/StructureDefinition/Patient"
    assert fhir["expression"] == ["Patient.contact[0]"]


def test_threads_share_one_registry():
    resource = patient(gender="zzz", name=[{"family": "Crane"}], contact=[{"gender": "male"}])
    registry = made("Patient")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: told(resource, registry, MADE), range(64)))
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("value", [None, [], "Patient", 1, {}, {"resourceType": 1}, {"resourceType": "Resource"}])
def test_what_is_no_resource_gets_one_clear_answer(value):
    issues = validate(value, open_set("2.0.1"))
    assert [issue.severity for issue in issues] == ["error"]
    assert issues[0].message_id in {"null", "object-expected", "resource-type-missing", "resource-type-unknown"}
