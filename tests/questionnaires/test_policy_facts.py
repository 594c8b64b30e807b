"""What the built-in policies' CQL takes for evidence in a chart, and what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ig_profiles.names import CPT, ICD10CM, LOINC, NUCC, SNOMED, UCUM
from ig_profiles.reading import Json
from questionnaires.cql import FactEngine
from questionnaires.elm import facts_of
from questionnaires.facts import Fact
from questionnaires.library import open_shelf

SHELF = open_shelf()
AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
PATIENT: Json = {"resourceType": "Patient", "id": "p"}


@pytest.fixture(scope="module")
def engine() -> Iterator[FactEngine]:
    with FactEngine() as running:
        yield running


def concept(system: str, *codes: str) -> Json:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def saturation(value: float, at: str = "2026-11-20T09:00:00-05:00", *codes: str, **more: Any) -> Json:
    quantity = {"value": value, "unit": "%", "system": UCUM, "code": "%"}
    observation = {"resourceType": "Observation", "id": f"o{value}", "status": "final", "code": concept(LOINC, "59408-5", *codes)}
    return {**observation, "effectiveDateTime": at, "valueQuantity": quantity, **more}


def inhaled(code: str, value: float) -> list[Json]:
    return [{"code": concept(LOINC, code), "valueQuantity": {"value": value}}]


def condition(system: str, code: str, **more: Any) -> Json:
    return {"resourceType": "Condition", "id": code, "code": concept(system, code), **more}


def oxygen(engine: FactEngine, *chart: Json) -> dict[str, Fact]:
    elm = SHELF.elm("home_oxygen")
    assert elm is not None
    found = engine.facts(elm, [PATIENT, *chart], AT, facts_of(elm))
    assert {name: fact.trouble for name, fact in found.items() if fact.trouble} == {}
    return found


def imaging(engine: FactEngine, *chart: Json) -> dict[str, Fact]:
    elm = SHELF.elm("surveillance_imaging")
    assert elm is not None
    found = engine.facts(elm, [PATIENT, *chart], AT, facts_of(elm))
    assert {name: fact.trouble for name, fact in found.items() if fact.trouble} == {}
    return found


def test_an_empty_chart_knows_nothing_and_never_says_no(engine: FactEngine) -> None:
    assert {name: fact.value for name, fact in {**oxygen(engine), **imaging(engine)}.items() if fact.values} == {}


def test_the_lowest_value_of_the_newest_day_is_the_qualifying_one(engine: FactEngine) -> None:
    found = oxygen(engine, saturation(82, "2026-08-01"), saturation(90, "2026-11-20T08:00:00-05:00"), saturation(87, "2026-11-20T09:00:00-05:00"))
    assert (found["spo2"].value, found["tested_on"].value) == (Decimal(87), date(2026, 11, 20))
    assert [each.resource for each in found["spo2"].evidence] == ["Observation/o87"]


def test_the_day_is_the_day_where_it_was_measured(engine: FactEngine) -> None:
    assert oxygen(engine, saturation(87, "2026-11-20T23:30:00-05:00"))["tested_on"].value == date(2026, 11, 20)


def test_a_period_tells_the_day_too(engine: FactEngine) -> None:
    overnight = saturation(84, effectivePeriod={"start": "2026-11-18T22:00:00-05:00", "end": "2026-11-19T06:00:00-05:00"})
    del overnight["effectiveDateTime"]
    assert oxygen(engine, overnight)["tested_on"].value == date(2026, 11, 18)


@pytest.mark.parametrize(
    "odd",
    [
        saturation(80, status="entered-in-error"),
        saturation(80, status="preliminary"),
        saturation(80, valueQuantity={"value": 80, "comparator": "<", "code": "%"}),
        saturation(80, valueQuantity={"value": 0.8, "code": "1"}),
        saturation(80, component=inhaled("3151-8", 2)),
        saturation(80, component=inhaled("3150-6", 28)),
    ],
    ids=["entered in error", "preliminary", "less than", "no percentage", "on two litres of oxygen", "on 28 % oxygen"],
)
def test_a_value_that_cannot_qualify_is_passed_over(engine: FactEngine, odd: Json) -> None:
    assert oxygen(engine, odd, saturation(90, "2026-11-20T08:00:00-05:00"))["spo2"].value == Decimal(90)


def test_a_value_only_measured_on_oxygen_says_so(engine: FactEngine) -> None:
    found = oxygen(engine, saturation(80, component=inhaled("3151-8", 2)))
    assert (found["spo2"].value, found["room_air"].value) == (Decimal(80), False)


@pytest.mark.parametrize(
    ("measured", "room_air"),
    [
        (saturation(86), None),
        (saturation(86, "2026-11-20", "59410-1"), True),
        (saturation(86, component=inhaled("3150-6", 21)), True),
        (saturation(86, component=inhaled("3151-8", 0)), True),
    ],
    ids=["not said", "by its code", "by the concentration", "by the flow"],
)
def test_room_air_is_what_the_measurement_says_it_is(engine: FactEngine, measured: Json, room_air: bool | None) -> None:
    assert oxygen(engine, measured)["room_air"].value is room_air


def stay(start: str, end: str) -> Json:
    return {"resourceType": "Encounter", "id": "stay", "status": "finished", "class": {"code": "IMP"}, "period": {"start": start, "end": end}}


@pytest.mark.parametrize(
    ("encounter", "setting"),
    [
        (stay("2026-11-10", "2026-11-20"), "discharge"),
        (stay("2026-11-10", "2026-11-22"), "discharge"),
        (stay("2026-11-10", "2026-11-23"), "other"),
        (stay("2026-11-01", "2026-11-10"), None),
        ({**stay("2026-11-20", "2026-11-20"), "class": {"code": "AMB"}}, "stable"),
        ({**stay("2026-11-20", "2026-11-20"), "class": {"code": "EMER"}}, None),
        ({**stay("2026-11-20", "2026-11-20"), "class": {"code": "AMB"}, "status": "cancelled"}, None),
    ],
)
def test_the_time_of_need_is_read_from_the_stay_or_the_visit(engine: FactEngine, encounter: Json, setting: str | None) -> None:
    found = oxygen(engine, saturation(86, "2026-11-20"), encounter)["test_setting"].value
    assert (found.code if found else None) == setting


@pytest.mark.parametrize(
    ("performer", "independent"),
    [([], None), ([{"reference": "Practitioner/x"}], True), ([{"reference": "https://ehr.example/fhir/Organization/supplier"}], False)],
)
def test_a_test_by_the_supplier_is_told_from_one_by_others(engine: FactEngine, performer: list[Json], independent: bool | None) -> None:
    order = {
        "resourceType": "DeviceRequest",
        "id": "d",
        "status": "active",
        "intent": "order",
        "codeCodeableConcept": concept("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "E1390"),
        "performer": {"reference": "Organization/supplier"},
    }
    measured = saturation(86, performer=performer) if performer else saturation(86)
    assert oxygen(engine, measured, order)["independent_tester"].value is independent


@pytest.mark.parametrize("tester", ["Organization/supplier", "Practitioner/fitter", "PractitionerRole/fitter-at-supplier"])
def test_a_test_by_the_supplier_is_known_where_the_order_names_a_role_there(engine: FactEngine, tester: str) -> None:
    role = {
        "resourceType": "PractitionerRole",
        "id": "fitter-at-supplier",
        "practitioner": {"reference": "Practitioner/fitter"},
        "organization": {"reference": "Organization/supplier"},
    }
    order = {
        "resourceType": "DeviceRequest",
        "id": "d",
        "status": "draft",
        "intent": "order",
        "codeCodeableConcept": concept("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "E1390"),
        "performer": {"reference": "PractitionerRole/fitter-at-supplier"},
    }
    found = oxygen(engine, saturation(86, performer=[{"reference": tester}]), order, role)
    assert found["independent_tester"].value is False


@pytest.mark.parametrize(
    ("chart", "fact"),
    [
        ([condition(ICD10CM, "I27.20")], "pulmonary_hypertension"),
        ([condition(SNOMED, "83291003")], "pulmonary_hypertension"),
        ([condition(ICD10CM, "I50.9"), condition(ICD10CM, "R60.0")], "heart_failure_edema"),
    ],
)
def test_group_two_findings_are_found_on_the_problem_list(engine: FactEngine, chart: list[Json], fact: str) -> None:
    assert oxygen(engine, *chart)[fact].value is True


@pytest.mark.parametrize(
    "chart",
    [
        [condition(ICD10CM, "I50.9")],
        [condition(ICD10CM, "R60.0")],
        [condition(ICD10CM, "I27.20", clinicalStatus={"coding": [{"code": "resolved"}]})],
        [condition(ICD10CM, "I27.20", verificationStatus={"coding": [{"code": "refuted"}]})],
    ],
    ids=["heart failure alone", "edema alone", "resolved", "refuted"],
)
def test_half_a_finding_or_one_of_the_past_is_none(engine: FactEngine, chart: list[Json]) -> None:
    found = oxygen(engine, *chart)
    assert (found["pulmonary_hypertension"].value, found["heart_failure_edema"].value) == (None, None)


def report(code: str, on: str, **more: Any) -> Json:
    return {
        "resourceType": "DiagnosticReport",
        "id": f"r{on}",
        "status": "final",
        "code": concept(LOINC, code),
        "effectiveDateTime": on,
        "conclusion": "Stable.",
        **more,
    }


def document(**more: Any) -> Json:
    study = {"event": [concept(CPT, "71260")], "period": {"start": "2026-04-20"}}
    content = [{"attachment": {"contentType": "application/pdf"}}]
    return {
        "resourceType": "DocumentReference",
        "id": "d",
        "status": "current",
        "type": concept(LOINC, "18748-4"),
        "content": content,
        "context": study,
        **more,
    }


@pytest.mark.parametrize("found", [report("24628-0", "2026-04-20"), report("24627-2", "2026-04-20"), document()], ids=["with contrast", "any", "a document"])
def test_a_report_of_the_same_study_is_found_with_its_day(engine: FactEngine, found: Json) -> None:
    known = imaging(engine, found)
    assert (known["chest_ct_report"].value, known["chest_ct_on"].value) == (True, date(2026, 4, 20))
    assert (known["neck_ct_report"].value, known["brain_mri_report"].value) == (None, None)


@pytest.mark.parametrize(
    "odd",
    [
        report("24628-0", "2026-04-20", status="preliminary"),
        {key: value for key, value in report("24628-0", "2026-04-20").items() if key != "conclusion"},
        document(status="superseded"),
        document(content=[]),
        document(context={"event": [concept(CPT, "74177")]}),
    ],
    ids=["preliminary", "without content", "superseded", "an empty document", "another study"],
)
def test_what_is_no_readable_report_of_the_study_leaves_it_unknown(engine: FactEngine, odd: Json) -> None:
    assert imaging(engine, odd)["chest_ct_report"].value is None


def test_the_newest_report_counts(engine: FactEngine) -> None:
    known = imaging(engine, report("24628-0", "2026-04-20"), report("24628-0", "2026-08-20"), report("24628-0", "2026-01-20"))
    assert known["chest_ct_on"].value == date(2026, 8, 20)
    assert [each.resource for each in known["chest_ct_report"].evidence] == ["DiagnosticReport/r2026-08-20"]


@pytest.mark.parametrize("requester", ["PractitionerRole/onc", "https://ehr.example/fhir/PractitionerRole/onc", "Practitioner/brandt"])
def test_the_ordering_oncologist_is_known_by_specialty(engine: FactEngine, requester: str) -> None:
    role = {"resourceType": "PractitionerRole", "id": "onc", "practitioner": {"reference": "Practitioner/brandt"}, "specialty": [concept(NUCC, "207RX0202X")]}
    order = {
        "resourceType": "ServiceRequest",
        "id": "s",
        "status": "active",
        "intent": "order",
        "code": concept(CPT, "71260"),
        "requester": {"reference": requester},
    }
    assert imaging(engine, order, role)["ordered_by_oncology"].value is True
    assert imaging(engine, order, {**role, "specialty": [concept(NUCC, "207Q00000X")]})["ordered_by_oncology"].value is None


def test_the_requested_studies_are_read_from_the_orders(engine: FactEngine) -> None:
    orders = [{"resourceType": "ServiceRequest", "id": code, "status": "active", "intent": "order", "code": concept(CPT, code)} for code in ("70553", "70491")]
    assert [coding.code for coding in imaging(engine, *orders)["studies"].values] == ["brain_mri", "neck_ct"]
