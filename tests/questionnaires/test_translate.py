"""CQL to ELM: what is shipped, and mistakes with their place."""

from __future__ import annotations

import json

import pytest

from questionnaires.translate import CqlMistakes, translate

GOOD = """library Small version '1.0.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
codesystem "LOINC": 'http://loinc.org'
code "SpO2": '59408-5' from "LOINC"
context Patient
"""


def test_the_elm_carries_no_annotations_locators_or_promotion() -> None:
    elm = translate(GOOD + 'define "x": First([Observation: "SpO2"]).status = \'final\'')
    written = json.dumps(elm)
    info = elm["library"]["annotation"][0]
    assert info["translatorOptions"] == "DisableListDemotion,DisableListPromotion"
    assert info["signatureLevel"] == "Overloads"
    assert '"locator"' not in written and '"localId"' not in written


def test_the_same_text_gives_the_same_elm() -> None:
    text = GOOD + 'define "x": 1.50'
    assert translate(text) == translate(text)


def test_a_mistake_has_its_line_column_and_the_translators_words() -> None:
    with pytest.raises(CqlMistakes) as caught:
        translate(GOOD + 'define "x":\n  1 + "saturation"')
    mistake = caught.value.mistakes[0]
    assert (mistake.line, mistake.column) == (8, 7)
    assert "saturation" in mistake.words
    assert str(mistake).startswith("line 8, column 7: ")
    assert caught.value.issues[0].text == str(mistake)


def test_every_mistake_is_told_in_the_order_of_the_text() -> None:
    with pytest.raises(CqlMistakes) as caught:
        translate(GOOD + 'define "x": nothing\ndefine "y": nowhere')
    assert [mistake.line for mistake in caught.value.mistakes] == [7, 8]


def test_a_warning_is_a_mistake_because_it_fails_when_run() -> None:
    with pytest.raises(CqlMistakes, match="membership operator"):
        translate(GOOD + 'define "x": [Observation: code in {"SpO2"}]')


def test_an_unknown_unit_is_a_mistake() -> None:
    with pytest.raises(CqlMistakes, match="litres"):
        translate(GOOD + "define \"x\": 2 'litres'")


def test_a_library_that_cannot_be_included_is_named() -> None:
    with pytest.raises(CqlMistakes, match="Elsewhere"):
        translate("library Small version '1'\ninclude Elsewhere version '9'\ndefine \"x\": 1")
