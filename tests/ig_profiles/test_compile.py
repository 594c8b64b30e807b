"""A StructureDefinition's snapshot as a table: every fact a validator needs, and none of the prose."""

import pytest

from ig_profiles.compile import profile_table
from ig_profiles.outcome import Unprocessable
from tests.ig_profiles.published import BASE, profile

HL7 = "http://hl7.org/fhir/StructureDefinition/"


def row(**element):
    """The row of one element below Basic."""
    return profile_table(profile("p", {"id": "Basic.code", "path": "Basic.code", "min": 0, "max": "1", **element}))["elements"][1]


def test_the_table_says_what_it_is_of():
    table = profile_table(profile("p", baseDefinition=f"{HL7}Basic", context=[{"type": "element", "expression": "Claim"}]))
    assert {key: table[key] for key in ("url", "version", "type", "base", "kind", "derivation", "context")} == {
        "url": f"{BASE}/StructureDefinition/p",
        "version": "1.0.0",
        "type": "Basic",
        "base": f"{HL7}Basic",
        "kind": "resource",
        "derivation": "constraint",
        "context": [{"type": "element", "expression": "Claim"}],
    }
    assert "abstract" not in table


def test_a_row_holds_its_place_and_how_often():
    assert row(sliceName="left") == {"id": "Basic.code", "path": "Basic.code", "slice": "left", "min": 0, "max": "1"}


def test_prose_stays_behind():
    told = row(short="A code", definition="What it is.", comment="Beware.", requirements="Needed.", alias=["kind"], mapping=[{"map": "x"}])
    assert told == {"id": "Basic.code", "path": "Basic.code", "min": 0, "max": "1"}


def test_types_keep_their_profiles_and_targets():
    given = {"code": "Reference", "profile": ["urn:p"], "targetProfile": [f"{HL7}Patient"]}
    assert row(type=[given])["types"] == [{"code": "Reference", "profile": ["urn:p"], "targets": [f"{HL7}Patient"]}]


def test_an_id_of_fhirpath_type_is_told_by_its_fhir_type():
    system = {"code": "http://hl7.org/fhirpath/System.String", "extension": [{"url": f"{HL7}structuredefinition-fhir-type", "valueUrl": "string"}]}
    assert row(type=[system])["types"] == [{"code": "string"}]
    assert row(type=[system], base={"path": "Resource.id"})["types"] == [{"code": "id"}]


def test_the_value_of_a_primitive_keeps_its_system_type_and_its_safe_expression():
    extensions = [{"url": f"{HL7}structuredefinition-fhir-type", "valueUrl": "code"}, {"url": f"{HL7}regex", "valueString": r"[^\s]+(\s[^\s]+)*"}]
    value = {"id": "code.value", "path": "code.value", "type": [{"code": "http://hl7.org/fhirpath/System.String", "extension": extensions}]}
    told = profile_table(profile("code", value, kind="primitive-type", of="code"))["elements"][1]
    assert told["types"] == [{"code": "System.String"}]
    assert told["regex"] == r"[^\s]+(\s[^\s]+)*"


def test_an_expression_that_can_run_away_is_left_out():
    runaway = r"(\s*([0-9a-zA-Z\+/=]){4}\s*)+"
    assert "regex" not in row(type=[{"code": "base64Binary", "extension": [{"url": f"{HL7}regex", "valueString": runaway}]}])


def test_fixed_and_pattern_values_name_their_type():
    assert row(fixedUri="urn:a")["fixed"] == ["uri", "urn:a"]
    assert row(patternBase64Binary="QQ==")["pattern"] == ["base64Binary", "QQ=="]
    assert row(patternCodeableConcept={"coding": [{"code": "x"}]})["pattern"] == ["CodeableConcept", {"coding": [{"code": "x"}]}]
    assert row(minValueInteger=1, maxValueInteger=9, maxLength=3) | {"id": "", "path": ""} == {
        "id": "",
        "path": "",
        "min": 0,
        "max": "1",
        "maxLength": 3,
        "minValue": ["integer", 1],
        "maxValue": ["integer", 9],
    }


def test_a_display_binds_nobody():
    concept = {"coding": [{"system": "urn:a", "code": "x", "display": "A long name"}], "text": "Words"}
    bare = ["CodeableConcept", {"coding": [{"system": "urn:a", "code": "x"}]}]
    assert row(patternCodeableConcept=concept)["pattern"] == bare
    fixed = row(fixedCodeableConcept=concept)
    assert fixed["pattern"] == bare
    assert "fixed" not in fixed


def test_a_binding_names_its_strength_its_set_and_its_widest_set():
    widest = {"url": f"{HL7}elementdefinition-maxValueSet", "valueCanonical": "urn:all"}
    assert row(binding={"strength": "preferred", "valueSet": "urn:some", "extension": [widest]})["binding"] == ["preferred", "urn:some", "urn:all"]
    assert "binding" not in row(binding={"strength": "example", "description": "Any code will do."})


def test_slicing_tells_by_what_and_how_strictly():
    slicing = {"discriminator": [{"type": "value", "path": "url"}], "rules": "open", "ordered": False, "description": "By url."}
    assert row(slicing=slicing)["slicing"] == {"by": [["value", "url"]], "rules": "open"}
    assert row(slicing={"rules": "closed", "ordered": True})["slicing"] == {"rules": "closed", "ordered": True}


def test_flags_and_references_to_other_elements_are_kept():
    assert row(mustSupport=True, isModifier=True, representation=["xmlAttr"]).keys() >= {"must", "modifier", "attribute"}
    assert row(mustSupport=False, isModifier=False).keys() == {"id", "path", "min", "max"}
    assert row(contentReference="#Basic.item")["ref"] == "Basic.item"
    assert row(contentReference="http://hl7.org/fhir/StructureDefinition/Basic#Basic.item")["ref"] == "Basic.item"


def test_a_constraint_stands_once_and_rows_point_to_it():
    rule = {"key": "a-1", "severity": "error", "human": "There must be one.", "expression": "exists()"}
    table = profile_table(
        profile("p", {"id": "Basic.a", "path": "Basic.a", "constraint": [rule]}, {"id": "Basic.b", "path": "Basic.b", "constraint": [rule]}),
    )
    assert table["constraints"] == [["a-1", "error", "exists()"]]
    assert [each.get("constraints") for each in table["elements"]] == [None, [0], [0]]


def test_a_known_fault_is_corrected():
    published = {"key": "que-12", "severity": "error", "expression": "enableWhen.count() > 2 implies enableBehavior.exists()"}
    table = profile_table(profile("p", {"id": "Basic.a", "path": "Basic.a", "constraint": [published]}))
    assert table["constraints"][0][2] == "enableWhen.count() > 1 implies enableBehavior.exists()"


def test_an_expression_outside_the_language_fails_naming_key_profile_and_expression():
    def check(expression):
        raise ValueError(f"{expression} is not spoken here.")

    rule = {"key": "a-1", "severity": "error", "expression": "fly()"}
    definition = profile("p", {"id": "Basic.a", "path": "Basic.a", "constraint": [rule]})
    with pytest.raises(Unprocessable, match=r"Constraint a-1 of http://larkfield.example/fhir/StructureDefinition/p .*fly\(\).*errata"):
        profile_table(definition, check)


def test_a_definition_without_a_snapshot_says_what_to_use():
    with pytest.raises(Unprocessable, match="Use a package with snapshots"):
        profile_table({**profile("p"), "snapshot": {}})
