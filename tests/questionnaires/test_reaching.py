"""What is not computed because a chart says nothing about it: never a fact that would have come out otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import pytest

from fhir_pa.provider.patients import charts_on
from ig_profiles.reading import Json
from questionnaires.cql import FactEngine
from questionnaires.elm import KeptLibrary, facts_of
from questionnaires.library import Volume, open_shelf
from questionnaires.reaching import reaching

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
VOLUMES = [volume for volume in open_shelf().volumes() if volume.elm]
OXYGEN = next(volume for volume in VOLUMES if volume.edition.topic == "home_oxygen")


@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: volume.edition.topic)
def test_facts_are_the_same_whether_or_not_what_nothing_speaks_of_is_computed(volume: Volume) -> None:
    """Given anything for one call alone, the engine computes everything for it."""
    elm = volume.elm
    assert elm
    with FactEngine() as engine:
        for chart in charts_on(date(2026, 11, 22)).by_patient.values():
            patient, *others = chart.resources()
            thirds = [[patient, *others[start::3]] for start in range(3)]
            for resources in (chart.resources(), [patient], *(list(one) + other[1:] for one, other in combinations(thirds, 2)), *thirds):
                short = engine.facts(elm, resources, AT, facts_of(elm))
                assert short == engine.facts(elm, resources, AT, facts_of(elm), parameters={"for this call": True})


def test_a_define_is_left_out_when_its_retrieves_find_nothing() -> None:
    assert OXYGEN.elm
    oxygen = reaching(KeptLibrary(OXYGEN.elm))
    saturation: Json = {"resourceType": "Observation", "code": {"coding": [{"system": "http://loinc.org", "code": "59408-5"}]}}
    weight: Json = {"resourceType": "Observation", "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}}
    assert oxygen.found(["spo2", "hematocrit"], [saturation, weight]) == (frozenset({"spo2"}), [saturation])
    assert oxygen.found(["spo2", "hematocrit"], [weight]) == (frozenset(), [])


@pytest.mark.parametrize("code", [None, "59408-5", {"text": "Saturation"}, {"coding": [{"code": "59408-5"}]}])
def test_what_cannot_be_told_apart_by_its_code_is_looked_at(code: Any) -> None:
    assert OXYGEN.elm
    odd: Json = {"resourceType": "Observation", "code": code}
    looked_at = reaching(KeptLibrary(OXYGEN.elm)).found(["spo2"], [odd])[1] == [odd]
    assert looked_at is (code != {"text": "Saturation"}), "words alone name no code"


@pytest.mark.parametrize(
    "leaning",
    [{"type": "Now"}, {"type": "ParameterRef", "name": "limit"}, {"type": "FunctionRef", "name": "f", "libraryName": "Theirs"}],
    ids=lambda node: node["type"],
)
def test_a_define_that_leans_on_the_call_itself_is_computed_each_time(leaning: Json) -> None:
    elm = _library({"inner": {"type": "Exists", "operand": leaning}, "outer": {"type": "ExpressionRef", "name": "inner"}, "other": {"type": "Today"}})
    assert reaching(KeptLibrary(elm)).found(["inner", "outer", "other"], [])[0] == {"inner", "outer"}


def test_a_retrieve_whose_codes_are_computed_finds_all_of_its_type() -> None:
    retrieve = {"type": "Retrieve", "dataType": "{http://hl7.org/fhir}Condition", "codeProperty": "code", "codes": {"type": "ExpressionRef", "name": "codes"}}
    condition: Json = {"resourceType": "Condition", "code": {"coding": [{"code": "J44.9"}]}}
    elm = _library({"fact": retrieve, "codes": {"type": "List"}})
    assert reaching(KeptLibrary(elm)).found(["fact"], [condition]) == (frozenset({"fact"}), [condition])


def _library(defines: dict[str, Json]) -> Json:
    return {"library": {"statements": {"def": [{"name": name, "expression": expression} for name, expression in defines.items()]}}}
