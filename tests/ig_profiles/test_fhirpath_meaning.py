"""What an invariant sees: %resource and %rootResource, answers from outside, what cannot be decided, types."""

from __future__ import annotations

import pytest

from ig_profiles import fhirpath
from ig_profiles.fhirpath import Environment, EvaluationError, Undecidable

REF_1 = "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"
DOM_3 = (
    "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri)"
    " | %resource.descendants().as(url))) or descendants().where(reference = '#').exists()).not()).trace('unmatched', id).empty()"
)
CLAIM = {
    "resourceType": "Claim",
    "contained": [
        {"resourceType": "Practitioner", "id": "p1", "qualification": [{"issuer": {"reference": "#o1"}}]},
        {"resourceType": "Organization", "id": "o1"},
    ],
    "provider": {"reference": "#p1"},
}
TYPES = {"Questionnaire.item": "BackboneElement", "Questionnaire.item.item": "Questionnaire.item", "Questionnaire.item.answerValueSet": "canonical"}
TYPES |= {"Questionnaire.item.linkId": "string", "Patient.birthDate": "date"}


def test_a_contained_resource_looks_for_its_neighbours_in_the_root():
    inner = CLAIM["contained"][0]
    reference = inner["qualification"][0]["issuer"]
    assert fhirpath.compile(REF_1).holds(reference, resource=inner, root=CLAIM) is True
    assert fhirpath.compile(REF_1).holds(reference, resource=inner, root=inner) is False


def test_the_entry_of_a_bundle_is_its_own_root():
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": CLAIM}]}
    assert fhirpath.compile(REF_1).holds(CLAIM["provider"], resource=CLAIM) is True
    assert fhirpath.compile(REF_1).holds(CLAIM["provider"], resource=CLAIM, root=bundle) is False


def test_a_reference_without_text_fails_nothing():
    assert fhirpath.compile(REF_1).holds({"display": "Dr. Quill"}, resource=CLAIM) is None


def test_contained_resources_are_found_by_reference_and_by_canonical():
    value_set = {"resourceType": "ValueSet", "id": "v1"}
    form = {"resourceType": "Questionnaire", "contained": [value_set], "item": [{"linkId": "1", "item": [{"answerValueSet": "#v1"}]}]}
    lonely = {**form, "item": [{"linkId": "#v1"}]}
    assert fhirpath.compile(DOM_3).holds(form, types=TYPES) is True
    assert fhirpath.compile(DOM_3).holds(lonely, types=TYPES) is False


def test_without_types_what_json_cannot_tell_is_undecided_and_no_failure():
    patient = {"resourceType": "Patient", "birthDate": "1974-03-02"}
    assert fhirpath.compile("birthDate is date").holds(patient, types=TYPES) is True
    assert fhirpath.compile("birthDate is dateTime").holds(patient, types=TYPES) is False
    assert fhirpath.compile("birthDate is dateTime").holds(patient) is None
    with pytest.raises(Undecidable, match="Hand in 'types'"):
        fhirpath.compile("birthDate is dateTime").evaluate(patient)


def test_the_type_of_the_focus_is_handed_in():
    effective = fhirpath.compile("($this as dateTime).toString().length() >= 8")
    assert effective.holds("2026-01-05", of="dateTime") is True
    assert effective.holds("2026", of="dateTime") is False
    assert effective.holds({"start": "2026"}, of="Period") is None


def test_a_primitive_comes_with_what_stands_beside_it():
    ele_1 = fhirpath.compile("hasValue() or (children().count() > id.count())")
    assert ele_1.holds("1974") is True
    assert ele_1.holds(fhirpath.Node(None, {"id": "a"})) is False
    assert ele_1.holds(fhirpath.Node(None, {"id": "a", "extension": [{"url": "u", "valueCode": "x"}]})) is True


@pytest.mark.parametrize(("answer", "expected"), [(True, True), (False, False), (None, None)])
def test_a_value_set_contains_contains_not_or_cannot_be_decided(answer, expected):
    outside = Environment(member_of=lambda value, url: answer)
    category = {"category": [{"coding": [{"code": "x"}]}]}
    assert fhirpath.compile("where(category.memberOf('http://example.org/vs')).exists()").holds(category, environment=outside) is expected


def test_an_undecided_part_does_not_spoil_a_decided_whole():
    undecided = "code.memberOf('http://example.org/vs')"
    node = {"code": "x"}
    assert fhirpath.compile(f"{undecided} or code.exists()").holds(node) is True
    assert fhirpath.compile(f"{undecided} and text.exists()").holds(node) is False
    assert fhirpath.compile(f"{undecided} implies code.exists()").holds(node) is True
    assert fhirpath.compile(f"{undecided} and code.exists()").holds(node) is None
    with pytest.raises(Undecidable, match="Give Environment a function"):
        fhirpath.compile(undecided).evaluate(node)


def test_profiles_are_asked_of_whoever_was_handed_in():
    asked = []
    outside = Environment(conforms_to=lambda element, profile: asked.append((element["resourceType"], profile)) or True)
    assert fhirpath.compile("conformsTo('http://example.org/profile')").holds(CLAIM, environment=outside) is True
    assert asked == [("Claim", "http://example.org/profile")]


def test_references_are_followed_inside_and_through_whoever_was_handed_in():
    outside = Environment(resolve=lambda name, root: {"resourceType": "Patient", "id": name} if name == "Patient/1" else None)
    assert fhirpath.compile("provider.resolve().id").evaluate(CLAIM) == ["p1"]
    claim = {**CLAIM, "patient": {"reference": "Patient/1"}, "insurer": {"reference": "Organization/9"}}
    assert fhirpath.compile("patient.resolve() is Patient").holds(claim, environment=outside) is True
    assert fhirpath.compile("insurer.resolve()").evaluate(claim, environment=outside) == []


def test_a_variable_nobody_handed_in_is_named():
    with pytest.raises(EvaluationError, match=r"nobody handed in %patient.*variables"):
        fhirpath.compile("%patient.birthDate").evaluate({})


def test_the_clock_is_handed_in():
    with pytest.raises(EvaluationError, match=r"Environment\(now=…\)"):
        fhirpath.compile("today()").evaluate({})


def test_an_enable_when_expression_reads_the_answers():
    items = [{"linkId": "spo2", "answer": [{"valueDecimal": 86}]}, {"linkId": "rest", "answer": [{"valueBoolean": True}]}]
    answers = {"resourceType": "QuestionnaireResponse", "item": items}
    text = "%resource.item.where(linkId = 'spo2').answer.value <= 88 and %resource.item.where(linkId = 'rest').answer.value = true"
    assert fhirpath.compile(text).holds({"linkId": "tested_on"}, resource=answers) is True


def test_trace_prints_nothing(capsys):
    fhirpath.compile("provider.trace('who', reference).exists()").holds(CLAIM)
    assert capsys.readouterr() == ("", "")


def test_invariant_parts_of_a_loop_are_computed_once():
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": f"urn:{number}"} for number in range(3000)]}
    assert fhirpath.compile("entry.all(%resource.descendants().count() = 6001)").holds(bundle) is True


def test_a_loop_variable_is_not_taken_for_invariant():
    assert fhirpath.compile("item.select($index + %resource.start)").evaluate({"item": ["a", "b"]}, resource={"start": 5}) == [5, 6]
    assert fhirpath.compile("item.where(%resource.wanted.where($this = 'b').exists() and $this = 'b')").evaluate(
        {"item": ["a", "b"]}, resource={"wanted": ["b"]}
    ) == ["b"]
