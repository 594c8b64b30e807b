"""The fact engine: CQL over FHIR resources, with values in Python, evidence, and trouble kept to the fact it befell."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ig_profiles.outcome import Unavailable
from ig_profiles.reading import Coding, Json
from questionnaires.cql import FactEngine, dist
from questionnaires.criteria import Evidence
from questionnaires.facts import Fact
from questionnaires.translate import translate

HEAD = """
library Trial version '1.0.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
codesystem "LOINC": 'http://loinc.org'
valueset "Lung disease": 'http://payer.example/ValueSet/lung-disease'
code "SpO2": '59408-5' from "LOINC"
parameter "threshold" Integer default 88
parameter "order" FHIR.ServiceRequest
context Patient
define private "Latest": Last([Observation: "SpO2"] O where O.status = 'final' sort by (effective as FHIR.dateTime))
"""
AT = datetime(2026, 11, 21, 10, 0, tzinfo=timezone(timedelta(hours=-5)))
MEMBER = {"resourceType": "Patient", "id": "crane", "birthDate": "1974-03-02", "gender": "female"}


def spo2(identity: str, value: Any, on: str, **more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": identity,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "59408-5", "display": "Oxygen saturation"}]},
        "effectiveDateTime": on,
        "issued": f"{on[:10]}T12:00:00Z",
        "valueQuantity": {"value": value, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
    } | more


@pytest.fixture(scope="module")
def engine() -> Iterator[FactEngine]:
    with FactEngine(seconds=2) as made:
        yield made


def found(engine: FactEngine, body: str, *resources: Json, **more: Any) -> dict[str, Fact]:
    return engine.facts(translate(HEAD + body), [MEMBER, *resources], AT, **more)


def test_a_quantity_is_a_decimal_with_its_unit(engine: FactEngine) -> None:
    facts = found(engine, 'define "spo2": "Latest".value as FHIR.Quantity', spo2("a", Decimal("86.50"), "2026-11-18"))
    assert facts["spo2"] == Fact("spo2", Decimal("86.5"), unit="%")


def test_a_quantity_is_converted_and_compared_by_its_unit(engine: FactEngine) -> None:
    weight = {"resourceType": "Observation", "status": "final", "valueQuantity": {"value": 80, "unit": "kg", "code": "kg", "system": "http://unitsofmeasure.org"}}
    body = """
    define "weight": convert FHIRHelpers.ToQuantity(First([Observation]).value as FHIR.Quantity) to '[lb_av]'
    define "heavy": FHIRHelpers.ToQuantity(First([Observation]).value as FHIR.Quantity) > 79999 'g'"""
    facts = found(engine, body, weight)
    assert (round(facts["weight"].value, 2), facts["weight"].unit) == (Decimal("176.37"), "[lb_av]")
    assert facts["heavy"].value is True


def test_a_quantity_with_a_comparator_is_no_number(engine: FactEngine) -> None:
    below = spo2("a", 70, "2026-11-18")
    below["valueQuantity"]["comparator"] = "<"
    body = 'define "spo2": "Latest".value as FHIR.Quantity\ndefine "converted": FHIRHelpers.ToQuantity("Latest".value as FHIR.Quantity)'
    facts = found(engine, body, below)
    assert (facts["spo2"].value, facts["converted"].value) == (None, None)


def test_quantities_in_several_units_are_not_mixed(engine: FactEngine) -> None:
    facts = found(engine, "define \"doses\": {5 'mg', 1 'g'}")
    assert facts["doses"].value is None
    assert "several units (g, mg)" in (facts["doses"].trouble or "")
    assert "convert" in (facts["doses"].trouble or "")


def test_numbers_truths_and_words_become_python_values(engine: FactEngine) -> None:
    body = """
    define "whole": 3
    define "decimal": 0.1 + 0.2
    define "yes": AgeInYears() >= 52
    define "word": 'home'
    define "gender": Patient.gender
    define "several": {1, 2}
    define "none": {} as List<Integer>
    define "clock": @T08:30:00"""
    values = {name: fact.value for name, fact in found(engine, body).items()}
    assert values == {
        "whole": Decimal(3),
        "decimal": Decimal("0.3"),
        "yes": True,
        "word": "home",
        "gender": "female",
        "several": (Decimal(1), Decimal(2)),
        "none": (),
        "clock": "08:30:00",
    }


def test_a_day_is_a_date_and_a_moment_keeps_its_offset(engine: FactEngine) -> None:
    body = """
    define "day": date from ("Latest".effective as FHIR.dateTime)
    define "moment": ("Latest".effective as FHIR.dateTime)
    define "born": Patient.birthDate
    define "today": Today()
    define "half hour east": @2026-11-20T08:30:00.250+05:30"""
    values = {name: fact.value for name, fact in found(engine, body, spo2("a", 86, "2026-11-18T23:15:00-05:00")).items()}
    assert values == {
        "day": date(2026, 11, 18),
        "moment": "2026-11-18T23:15:00-05:00",
        "born": date(1974, 3, 2),
        "today": date(2026, 11, 21),
        "half hour east": "2026-11-20T08:30:00.250+05:30",
    }


def test_a_date_known_only_to_the_month_is_not_given_a_day(engine: FactEngine) -> None:
    facts = found(engine, 'define "on": "Latest".effective as FHIR.dateTime', spo2("a", 86, "2026-11"))
    assert facts["on"].value == "2026-11"


def test_codes_become_codings_and_a_concept_all_of_its_own(engine: FactEngine) -> None:
    snomed, icd = {"system": "http://snomed.info/sct", "code": "13645005"}, {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J44.9", "display": "COPD"}
    both = {"coding": [snomed, icd]}
    body = """
    define "code": "SpO2"
    define "diagnosis": First([Condition]).code
    define "as CQL": FHIRHelpers.ToConcept(First([Condition]).code)
    define "one": First([Condition]).category[0].coding[0]"""
    facts = found(engine, body, {"resourceType": "Condition", "code": both, "category": [{"coding": [{"system": "s", "code": "problem"}]}]})
    copd = (Coding("http://snomed.info/sct", "13645005"), Coding("http://hl7.org/fhir/sid/icd-10-cm", "J44.9", "COPD"))
    assert facts["code"].value == Coding("http://loinc.org", "59408-5")
    assert facts["diagnosis"].value == facts["as CQL"].value == copd
    assert facts["one"].value == Coding("s", "problem")


def test_what_is_not_documented_is_none_without_trouble(engine: FactEngine) -> None:
    body = 'define "spo2": "Latest".value as FHIR.Quantity\ndefine "spo2 evidence": "Latest"'
    assert found(engine, body)["spo2"] == Fact("spo2")


def test_the_latest_is_the_latest_in_any_time_zone(engine: FactEngine) -> None:
    evening, earlier = spo2("evening", 85, "2026-11-18T22:00:00-05:00"), spo2("earlier", 95, "2026-11-19T01:00:00Z")
    body = """
    define "by element": "Latest"
    define "by moment": Last([Observation: "SpO2"] O sort by (effective as FHIR.dateTime).value)"""
    for resources in ((evening, earlier), (earlier, evening)):
        facts = found(engine, body, *resources)
        assert facts["by element"].value == facts["by moment"].value == "Observation/evening"


def test_sorting_by_what_has_no_order_is_trouble_not_chance(engine: FactEngine) -> None:
    body = 'define "highest": Last([Observation: "SpO2"] O sort by (value as FHIR.Quantity))'
    facts = found(engine, body, spo2("a", 85, "2026-11-18"), spo2("b", 95, "2026-11-19"))
    assert facts["highest"].value is None
    assert "could not be computed" in (facts["highest"].trouble or "")


def test_the_evidence_define_names_resource_element_and_both_dates(engine: FactEngine) -> None:
    body = 'define "spo2": "Latest".value as FHIR.Quantity\ndefine "spo2 evidence": "Latest"'
    facts = found(engine, body, spo2("old", 95, "2025-01-01"), spo2("new", Decimal("86.0"), "2026-11-18T09:00:00Z"))
    assert facts["spo2"].evidence == (
        Evidence("spo2", "86.0 %", "Observation/new", "value", "2026-11-18T09:00:00Z", "2026-11-18T12:00:00Z", "auto"),
    )
    assert list(facts) == ["spo2"], "private defines and evidence are not facts of their own"


def test_evidence_may_be_a_list_of_resources_of_any_kind(engine: FactEngine) -> None:
    body = """
    define "tried": exists [MedicationRequest]
    define "tried evidence": ([MedicationRequest] union [Procedure]) union [ServiceRequest]"""
    drug = {"resourceType": "MedicationRequest", "id": "m", "authoredOn": "2026-05-01", "medicationCodeableConcept": {"text": "x"}}
    therapy = {"resourceType": "Procedure", "code": {"text": "y"}, "performedPeriod": {"start": "2026-06-01"}, "meta": {"lastUpdated": "2026-06-09T00:00:00Z"}}
    ordered = {"resourceType": "ServiceRequest", "id": "s", "code": {"text": "z"}, "occurrenceTiming": {"event": ["2026-07-01"]}, "authoredOn": "2026-06-20"}
    evidence = found(engine, body, drug, therapy, ordered)["tried"].evidence
    assert [(each.resource, each.element, each.clinical_on, each.recorded_on, each.value) for each in evidence] == [
        ("MedicationRequest/m", "medication", "2026-05-01", "2026-05-01", "yes"),
        ("Procedure", "code", "2026-06-01", "2026-06-09T00:00:00Z", "yes"),
        ("ServiceRequest/s", "code", "2026-07-01", "2026-06-20", "yes"),
    ]


def test_one_define_that_throws_costs_only_itself(engine: FactEngine) -> None:
    body = 'define "only": singleton from ([Observation])\ndefine "count": Count([Observation])'
    facts = found(engine, body, spo2("a", 85, "2026-11-18"), spo2("b", 95, "2026-11-19"))
    assert facts["count"] == Fact("count", Decimal(2))
    assert facts["only"].value is None
    assert "SingletonFrom in Trial|1.0.0" in (facts["only"].trouble or "")
    assert "choose with First" in (facts["only"].trouble or "")


def test_trouble_tells_nothing_of_the_patient(engine: FactEngine) -> None:
    odd = spo2("a", 85, "2026-11-18")
    odd["valueQuantity"]["code"] = "Penhallow"
    trouble = found(engine, 'define "q": FHIRHelpers.ToQuantity("Latest".value as FHIR.Quantity)', odd)["q"].trouble
    assert trouble is not None and "Penhallow" not in trouble
    assert "units" in trouble


def test_an_interval_is_refused_with_a_way_out(engine: FactEngine) -> None:
    trouble = found(engine, 'define "when": Interval[@2026-01-01, @2026-02-01]')["when"].trouble or ""
    assert "CQL Interval" in trouble and "its start" in trouble


def test_a_name_the_library_does_not_define_is_said(engine: FactEngine) -> None:
    facts = found(engine, 'define "spo2": 1', names=["sp02", "spo2"])
    assert facts["spo2"].value == Decimal(1)
    assert "Trial 1.0.0 has no define 'sp02'" in (facts["sp02"].trouble or "")


def test_a_run_away_define_is_stopped_and_the_next_still_answers() -> None:
    nested = "Count((expand Interval[1, 9000]) A return Count((expand Interval[1, 9000]) B where A > B))"
    with FactEngine(seconds=0.5) as engine:
        facts = found(engine, f'define "endless": {nested}\ndefine "simple": 1')
    assert "takes too long" in (facts["endless"].trouble or "")
    assert facts["simple"].value == Decimal(1)


def test_a_step_that_never_ends_is_stopped_and_the_engine_starts_again() -> None:
    cubed = "Count(from (expand Interval[1, 2000]) A, (expand Interval[1, 2000]) B, (expand Interval[1, 2000]) C return A)"
    with FactEngine(seconds=0.3) as engine:
        facts = found(engine, f'define "endless": {cubed}')
        assert "was stopped: no answer within" in (facts["endless"].trouble or "")
        assert found(engine, 'define "simple": 1')["simple"].value == Decimal(1)


def test_a_library_that_needs_too_much_memory_is_stopped_and_the_engine_starts_again() -> None:
    with FactEngine(seconds=60, memory=120_000_000) as engine:
        facts = found(engine, 'define "greedy": Count(expand Interval[1, 40000000])')
        assert "was stopped: more than 120 MB" in (facts["greedy"].trouble or "")
        assert found(engine, 'define "simple": 1')["simple"].value == Decimal(1)


def test_a_value_set_at_hand_is_used_and_a_missing_one_is_said(engine: FactEngine) -> None:
    copd = {"resourceType": "Condition", "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J44.9"}]}}
    body = 'define "lung disease": exists [Condition: "Lung disease"]'
    expansion = {"http://payer.example/ValueSet/lung-disease": [Coding("http://hl7.org/fhir/sid/icd-10-cm", "J44.9")]}
    assert found(engine, body, copd, value_sets=expansion)["lung disease"].value is True
    trouble = found(engine, body, copd)["lung disease"].trouble or ""
    assert "value set" in trouble and "value_sets" in trouble


def test_parameters_are_plain_values_or_fhir_resources(engine: FactEngine) -> None:
    body = 'define "limit": "threshold"\ndefine "ordered on": "order".authoredOn'
    order = {"resourceType": "ServiceRequest", "authoredOn": "2026-11-20"}
    facts = found(engine, body, parameters={"order": order, "threshold": 90})
    assert (facts["limit"].value, facts["ordered on"].value) == (Decimal(90), date(2026, 11, 20))
    assert found(engine, body)["limit"].value == Decimal(88)


def test_a_parameter_of_the_wrong_type_is_trouble_for_every_fact(engine: FactEngine) -> None:
    trouble = found(engine, 'define "limit": "threshold"', parameters={"threshold": "ninety"})["limit"].trouble or ""
    assert "types of its parameters" in trouble and "ninety" not in trouble


def test_included_libraries_are_handed_in(engine: FactEngine) -> None:
    elm = translate(HEAD + 'define "limit": 1')
    shared = translate("library Shared version '2'\ndefine \"ninety\": 90")
    elm["library"]["includes"]["def"].append({"localIdentifier": "Shared", "path": "Shared", "version": "2"})
    shown = {"type": "ExpressionRef", "name": "ninety", "libraryName": "Shared"}
    elm["library"]["statements"]["def"].append({"name": "from shared", "context": "Patient", "accessLevel": "Public", "expression": shown})
    assert engine.facts(elm, [MEMBER], AT, ["from shared"], libraries=[shared])["from shared"].value == Decimal(90)
    trouble = engine.facts(elm, [MEMBER], AT, ["limit"])["limit"].trouble or ""
    assert "check the libraries it includes" in trouble


def test_with_several_patients_one_must_be_named(engine: FactEngine) -> None:
    elm = translate(HEAD + 'define "born": Patient.birthDate')
    other = {"resourceType": "Patient", "id": "quill", "birthDate": "1980-01-01"}
    assert engine.facts(elm, [MEMBER, other], AT, patient="Patient/quill")["born"].value == date(1980, 1, 1)
    for unclear in (None, "nobody"):
        assert "patient='<id>'" in (engine.facts(elm, [MEMBER, other], AT, patient=unclear)["born"].trouble or "")


def test_without_a_patient_nothing_is_known_of_the_patient(engine: FactEngine) -> None:
    elm = translate(HEAD + 'define "age": AgeInYears()\ndefine "count": Count([Observation])')
    facts = engine.facts(elm, [spo2("a", 85, "2026-11-18")], AT)
    assert (facts["age"], facts["count"].value) == (Fact("age"), Decimal(1))


def test_odd_resources_never_raise(engine: FactEngine) -> None:
    odd: list[Any] = ["text", None, {}, {"resourceType": "Observation", "code": "59408-5", "valueQuantity": [1]}, {"resourceType": 7}]
    facts = found(engine, 'define "spo2": "Latest".value as FHIR.Quantity\ndefine "one": 1', *odd)
    assert facts["one"].value == Decimal(1)
    half = {"resourceType": "Observation", "id": "\ud800"}
    assert found(engine, 'define "all": Count([Observation])', half)["all"].trouble
    assert found(engine, 'define "one": 1', half)["one"].value == Decimal(1), "what has no JSON form troubles nobody who does not look at it"


def test_what_the_library_does_not_read_is_not_even_looked_at(engine: FactEngine) -> None:
    assert found(engine, 'define "one": 1', {"resourceType": "Basic", "id": "\ud800"})["one"] == Fact("one", Decimal(1))


def test_a_moment_without_offset_is_refused(engine: FactEngine) -> None:
    with pytest.raises(ValueError, match="aware datetime"):
        engine.facts(translate(HEAD), [MEMBER], datetime(2026, 11, 21))


def test_many_threads_share_one_engine_and_get_their_own_answers(engine: FactEngine) -> None:
    elms = [translate(HEAD + f'define "spo2": "Latest".value as FHIR.Quantity\ndefine "twist": {twist}') for twist in range(3)]

    def ask(number: int) -> tuple[Any, Any]:
        facts = engine.facts(elms[number % 3], [MEMBER, spo2("a", number, "2026-11-18")], AT)
        return facts["spo2"].value, facts["twist"].value

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(ask, range(60))) == [(Decimal(number), Decimal(number % 3)) for number in range(60)]


def test_a_closed_engine_starts_again_when_asked() -> None:
    engine = FactEngine()
    elm = translate(HEAD + 'define "now": Now()')
    for at in (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)):
        assert engine.facts(elm, [], at)["now"].value == at.isoformat(timespec="seconds")
        engine.close()


def test_lists_hold_each_resource_once_however_its_json_is_written(engine: FactEngine) -> None:
    once, other = spo2("a", 85, "2026-11-18"), spo2("b", 85, "2026-11-18")
    again = dict(reversed(spo2("a", 85, "2026-11-18").items()))
    facts = found(engine, 'define "count": Count([Observation] union [Observation: "SpO2"])', once, other, again)
    assert facts["count"].value == Decimal(2)


def test_what_one_define_found_is_not_changed_by_another_that_uses_it(engine: FactEngine) -> None:
    body = """
    define "numbers": {3, 1, 2}
    define "up": "numbers" N sort asc
    define "down": "numbers" N sort desc
    define "more": "numbers" union {4}"""
    values = {name: [int(each) for each in fact.value] for name, fact in found(engine, body).items()}
    assert values == {"numbers": [3, 1, 2], "up": [1, 2, 3], "down": [3, 2, 1], "more": [3, 1, 2, 4]}


def test_a_process_that_never_closes_its_engine_still_ends() -> None:
    script = """
from datetime import UTC, datetime
from questionnaires.cql import FactEngine
elm = {"library": {"identifier": {"id": "Empty"}, "statements": {"def": []}}}
engine = FactEngine()
print(engine.facts(elm, [], datetime(2026, 1, 1, tzinfo=UTC)))
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "{}\n", "")


def test_periods_and_ranges_convert_to_intervals_with_open_ends_where_fhir_leaves_them(engine: FactEngine) -> None:
    body = """
    define "during": FHIRHelpers.ToInterval(First([Encounter]).period) contains @2026-11-01T00:00:00.0-05:00
    define "before": FHIRHelpers.ToInterval(First([Encounter]).period) contains @2026-09-30T00:00:00.0-05:00
    define "status": First([Encounter]).status = 'in-progress'"""
    facts = found(engine, body, {"resourceType": "Encounter", "status": "in-progress", "period": {"start": "2026-10-01"}})
    assert {name: fact.value for name, fact in facts.items()} == {"during": True, "before": False, "status": True}


def test_an_engine_that_was_never_built_says_how_to_build_it(tmp_path: Any) -> None:
    with pytest.raises(Unavailable, match="pip install"):
        dist("execute.js", tmp_path)
