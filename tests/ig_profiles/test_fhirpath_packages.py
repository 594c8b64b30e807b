"""Every constraint of every published definition at hand compiles; and the shapes of expression that forms use."""

from __future__ import annotations

import pytest

from ig_profiles import fhirpath
from ig_profiles.fhirpath.corrections import CORRECTIONS
from tests.ig_profiles.fhirpath_oracle import constraints, definitions

FORMS = [
    "%resource.item.where(linkId = 'spo2').answer.value > 88",
    "%resource.descendants().where(linkId = 'points').answer.value.ofType(integer).sum()",
    "%resource.item.where(linkId='a').answer.valueDecimal + %resource.item.where(linkId='b').answer.valueDecimal",
    "iif(%height.exists() and %weight.exists(), (%weight / %height.power(2)).round(1), {})",
    "item.where(linkId='q1').answer.value.code in ('yes' | 'unknown')",
    "%qitem.answer.value.memberOf('http://larkfield.example/ValueSet/severe')",
    "today() - 18 years >= %patient.birthDate",
    "%resource.repeat(item).where(linkId='dob').answer.valueDate.first() <= today()",
    "%context.answer.value.ordinal().sum() >= 10",
    "answer.value.where($this is Quantity and unit = 'mg').value.aggregate($this + $total, 0)",
    "%patient.name.where(use = 'official').select(given.first() & ' ' & family)",
]


def test_every_published_constraint_is_spoken():
    refused = []
    for text, (key, path) in constraints().items():
        try:
            fhirpath.compile(text)
        except fhirpath.BadExpression as error:
            refused.append(f"{key} on {path}: {error}")
    assert len(constraints()) > 300
    assert not refused, "\n".join(refused)


@pytest.mark.parametrize("text", FORMS)
def test_what_forms_calculate_with_is_spoken(text):
    fhirpath.compile(text)


def test_element_types_are_read_from_the_definitions():
    types = fhirpath.element_types(definition for definition in definitions() if definition.get("derivation") != "constraint")
    assert types["Patient.birthDate"] == "date"
    assert types["Patient.id"] == "string"
    assert types["Questionnaire.item.item"] == "Questionnaire.item"
    assert types["Bundle.entry.fullUrl"] == "uri"


def test_each_correction_mends_a_text_that_some_package_publishes():
    for published, meant in CORRECTIONS.items():
        assert published in constraints(), f"no package publishes: {published}"
        fhirpath.compile(meant)


def test_corrected_rules_stop_at_repeated_elements_no_more():
    repeated = {"offset": 30, "when": ["AC", "PC"]}
    tim_9 = next(text for text in CORRECTIONS if text.startswith("offset"))
    with pytest.raises(fhirpath.EvaluationError, match="takes one item"):
        fhirpath.compile(tim_9).holds(repeated)
    assert fhirpath.compile(fhirpath.corrected(tim_9)).holds(repeated) is True
    assert fhirpath.compile(fhirpath.corrected(tim_9)).holds({"offset": 30, "when": ["AC", "CM"]}) is False
    role = {"telecom": [{"value": "555-555-0142"}, {"value": "555-555-0143"}]}
    assert fhirpath.compile(fhirpath.corrected("telecom or endpoint")).holds(role) is True
