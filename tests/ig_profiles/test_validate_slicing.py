"""Slices: told by value, pattern, type, existence and profile; counted, ordered, closed, and sliced again."""

from __future__ import annotations

import pytest

from ig_profiles.reading import Json
from ig_profiles.validator import validate
from tests.ig_profiles.profile_tables import MADE, Overlaid, made, table

IDENTIFIER = [{"code": "Identifier"}]


def patient(*identifiers: Json, **more: object) -> Json:
    return {
        "resourceType": "Patient",
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
        "identifier": [*identifiers],
        **more,
    }


def told(registry: Overlaid, resource: Json) -> list[tuple[str | None, str | None]]:
    return [(issue.message_id, issue.expression) for issue in validate(resource, registry, MADE, strict=True)]


def by_system(rules: str = "open", ordered: bool = False, **of_a: object) -> Overlaid:
    return made(
        "Patient",
        {"id": "identifier", "types": IDENTIFIER, "slicing": {"by": [["value", "system"]], "rules": rules, **({"ordered": True} if ordered else {})}},
        {"id": "identifier:a", "types": IDENTIFIER, "max": "1", **of_a},
        {"id": "identifier:a.system", "min": 1, "max": "1", "types": [{"code": "uri"}], "fixed": ["uri", "urn:a"]},
        {"id": "identifier:a.value", "min": 1, "max": "1", "types": [{"code": "string"}]},
        {"id": "identifier:b", "types": IDENTIFIER},
        {"id": "identifier:b.system", "min": 1, "max": "1", "types": [{"code": "uri"}], "fixed": ["uri", "urn:b"]},
    )


A, B, OTHER = {"system": "urn:a", "value": "1"}, {"system": "urn:b", "value": "1"}, {"system": "urn:c", "value": "1"}


def test_items_outside_every_slice_may_stand_in_an_open_list():
    assert told(by_system(), patient(OTHER, A, B)) == []


def test_a_slice_asks_more_of_its_items_only():
    assert told(by_system(), patient({"system": "urn:a"}, {"system": "urn:b"})) == [("required", "Patient.identifier[0].value")]


@pytest.mark.parametrize(
    ("identifiers", "expected"),
    [((B,), [("slice-too-few", "Patient.identifier")]), ((A, A), [("slice-too-many", "Patient.identifier[1]")])],
)
def test_a_slice_counts_its_items(identifiers, expected):
    assert told(by_system(min=1), patient(*identifiers)) == expected


def test_a_slice_that_must_be_there_is_missed_when_the_whole_list_is_absent():
    resource = patient()
    del resource["identifier"]
    assert told(by_system(min=1), resource) == [("slice-too-few", "Patient.identifier")]


def test_a_closed_list_takes_slices_only():
    assert told(by_system("closed"), patient(A, OTHER)) == [("slice-closed", "Patient.identifier[1]")]


def test_open_at_end_wants_the_others_last():
    assert told(by_system("openAtEnd"), patient(A, OTHER)) == []
    assert told(by_system("openAtEnd"), patient(OTHER, A)) == [("slice-at-end", "Patient.identifier[1]")]


def test_ordered_slices_keep_their_order():
    assert told(by_system(ordered=True), patient(A, B)) == []
    assert told(by_system(ordered=True), patient(B, A)) == [("slice-order", "Patient.identifier[1]")]


def test_a_slice_is_told_by_a_pattern_along_a_nested_path():
    registry = made(
        "Patient",
        {"id": "identifier", "types": IDENTIFIER, "slicing": {"by": [["value", "type.coding.code"]], "rules": "open"}},
        {"id": "identifier:mr", "min": 1, "types": IDENTIFIER},
        {"id": "identifier:mr.type", "min": 1, "types": [{"code": "CodeableConcept"}], "pattern": ["CodeableConcept", {"coding": [{"code": "MR"}]}]},
        {"id": "identifier:mr.assigner", "min": 1, "types": [{"code": "Reference"}]},
    )
    concept = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
    assert told(registry, patient({"type": concept, "value": "1"})) == [("required", "Patient.identifier[0].assigner")]
    assert told(registry, patient({"value": "1"})) == [("slice-too-few", "Patient.identifier")]


@pytest.mark.parametrize(("least", "most", "expected"), [(1, "1", "Patient.identifier[1].value"), (0, "0", "Patient.identifier[0].value")])
def test_a_slice_is_told_by_what_exists_or_does_not(least, most, expected):
    registry = made(
        "Patient",
        {"id": "identifier", "types": IDENTIFIER, "slicing": {"by": [["exists", "system"]], "rules": "open"}},
        {"id": "identifier:here", "types": IDENTIFIER},
        {"id": "identifier:here.system", "min": least, "max": most, "types": [{"code": "uri"}]},
        {"id": "identifier:here.value", "min": 1, "max": "1", "types": [{"code": "string"}]},
    )
    assert told(registry, patient({"use": "usual"}, {"system": "urn:a"})) == [("required", expected)]


def test_contained_resources_are_sliced_by_their_type():
    registry = made(
        "Patient",
        {"id": "contained", "types": [{"code": "Resource"}], "slicing": {"by": [["type", "$this"]], "rules": "closed"}},
        {"id": "contained:org", "types": [{"code": "Organization"}]},
    )
    resource = patient(contained=[{"resourceType": "Organization", "id": "o", "name": "x"}, {"resourceType": "Basic", "id": "b", "code": {"text": "x"}}])
    resource["managingOrganization"] = {"reference": "#o"}
    resource["generalPractitioner"] = [{"reference": "#b"}]
    assert ("slice-closed", "Patient.contained[1]") in told(registry, resource)
    assert ("slice-closed", "Patient.contained[0]") not in told(registry, resource)


def test_a_slice_is_told_by_the_profile_of_what_its_reference_points_to():
    named = "http://a.example/StructureDefinition/named"
    reference = [{"code": "Reference", "targets": [named]}]
    registry = Overlaid(
        table(
            "Patient",
            {"id": "generalPractitioner", "types": [{"code": "Reference"}], "slicing": {"by": [["profile", "$this.resolve()"]], "rules": "open"}},
            {"id": "generalPractitioner:named", "min": 1, "types": reference},
        ),
        table("Organization", {"id": "name", "min": 1, "max": "1", "types": [{"code": "string"}]}, url=named),
    )
    nameless = {"resourceType": "Organization", "id": "o", "identifier": [{"value": "1"}]}
    resource = patient(contained=[nameless], generalPractitioner=[{"reference": "#o"}])
    assert ("slice-too-few", "Patient.generalPractitioner") in told(registry, resource)
    resource["contained"] = [nameless | {"name": "Oakwood"}]
    assert ("slice-too-few", "Patient.generalPractitioner") not in told(registry, resource)


def test_a_slice_is_sliced_again():
    registry = made(
        "Patient",
        {"id": "identifier", "types": IDENTIFIER, "slicing": {"by": [["value", "system"]], "rules": "open"}},
        {"id": "identifier:a", "types": IDENTIFIER, "slicing": {"by": [["value", "use"]], "rules": "open"}},
        {"id": "identifier:a.system", "min": 1, "max": "1", "types": [{"code": "uri"}], "fixed": ["uri", "urn:a"]},
        {"id": "identifier:a/old", "min": 1, "max": "1", "types": IDENTIFIER},
        {"id": "identifier:a/old.use", "min": 1, "max": "1", "types": [{"code": "code"}], "fixed": ["code", "old"]},
    )
    assert told(registry, patient(A | {"use": "old"})) == []
    assert told(registry, patient(A)) == [("slice-too-few", "Patient.identifier")]
    assert told(registry, patient(OTHER)) == []


def test_an_extension_is_a_discriminator():
    url = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-careTeamClaimScope"
    registry = made(
        "Claim",
        {"id": "careTeam", "types": [{"code": "BackboneElement"}], "slicing": {"by": [["value", f"extension('{url}').value as boolean"]], "rules": "open"}},
        {"id": "careTeam:overall", "max": "1", "types": [{"code": "BackboneElement"}]},
        {"id": "careTeam:overall.extension", "types": [{"code": "Extension"}], "slicing": {"by": [["value", "url"]], "rules": "open"}},
        {"id": "careTeam:overall.extension:scope", "min": 1, "max": "1", "types": [{"code": "Extension", "profile": [url]}]},
        {"id": "careTeam:overall.extension:scope.value[x]", "min": 1, "max": "1", "types": [{"code": "boolean"}], "fixed": ["boolean", True]},
    )
    member = {"sequence": 1, "provider": {"display": "x"}, "extension": [{"url": url, "valueBoolean": True}]}
    claim = {"resourceType": "Claim", "careTeam": [member, {**member, "extension": [{"url": url, "valueBoolean": False}]}, member]}
    assert ("slice-too-many", "Claim.careTeam[2]") in told(registry, claim)
    assert told(registry, {**claim, "careTeam": claim["careTeam"][:2]}).count(("slice-too-many", "Claim.careTeam[1]")) == 0


def test_a_discriminator_that_says_nothing_finds_nothing():
    registry = made(
        "Patient",
        {"id": "identifier", "types": IDENTIFIER, "slicing": {"by": [["value", "period"]], "rules": "closed"}},
        {"id": "identifier:a", "min": 1, "types": IDENTIFIER},
    )
    assert told(registry, patient(OTHER)) == []
