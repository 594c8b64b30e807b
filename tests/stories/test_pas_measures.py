"""The guide's measures of prior authorization, counted over what is on file, and the objects they are counted over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.operations.requests.metric_data import pas_metric_data
from fhir_pa.pas.measures import measures
from fhir_pa.provider.charts.practice import CLINIC_NPI, PAYER_NPI, SUPPLIER_NPI
from fhir_pa.provider.elements import identifier
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import TRACES
from fhir_pa.provider.testdata.decided import as_stranger, changed_in
from ig_profiles import json
from ig_profiles.names import HCPCS
from ig_profiles.reading import Json, many
from tests.stories.asking import BORDERLINE, inquire, oxygen, scans, submit, update, withdrawn
from tests.stories.parties import NOW, SUPPLIER, Staff, System

SINCE, UNTIL = NOW - timedelta(days=1), NOW + timedelta(days=30)


@pytest.fixture
def objects(clinic: System, physician: Staff) -> list[Json]:
    """Certified at once; pended and denied after two days; pended, its report sent a day later; withdrawn; an error."""
    submit(clinic, oxygen(clinic))
    clinic.plan.clock.turn(minutes=1)
    submit(clinic, oxygen(clinic, BORDERLINE))
    clinic.plan.clock.turn(minutes=1)
    number = physician.worklist()[0]["number"]
    asked = scans(clinic)
    submit(clinic, asked)
    clinic.plan.clock.turn(days=1)
    report = clinic.plan.charts.by_patient["ilsabet-crane"].elsewhere[0]
    clinic.post("$submit-attachment", attachment_of(asked, identifier(TRACES, asked.number), {2: report}))
    clinic.plan.clock.turn(days=1)
    physician.decide(number, items=[1], decision="deny", because="89 %.", reason_code="0F", criteria=["hypoxemia"], phone="555-555-0142")
    gone = oxygen(clinic)
    submit(clinic, gone)
    clinic.post("Claim/$submit", withdrawn(update(gone)[1]))
    clinic.post("Claim/$submit", changed_in(request_of(oxygen(clinic)), as_stranger))
    return pas_metric_data(SINCE, UNTIL, None, clinic.plan.payer)


def test_each_case_is_one_object_with_its_exchanges_and_its_lines(objects: list[Json]) -> None:
    assert [[each["type"] for each in case["exchange"]] for case in objects] == [
        ["initial"],
        ["initial"],
        ["initial", "initialDocToPayer"],
        ["initial", "cancel"],
        ["initial"],
    ]
    assert {(case["groupId"]["value"], case["payerId"]["value"], case["source"]) for case in objects} == {(CLINIC_NPI, PAYER_NPI, "payer")}
    assert [[item["result"] for item in case.get("itemDetail", [])] for case in objects] == [
        ["approved"],
        ["denied"],
        ["approved", "approved", "pended"],
        ["cancelled"],
        [],
    ]
    denied = objects[1]["itemDetail"][0]
    assert (denied["denialReason"], denied["responsesRequired"]) == ("0F", 2) and denied["finalResponseTime"].startswith("2026-11-23T15:02")
    assert objects[4]["aaaCodes"] == [{"loopID": "2010C", "aaaCode": "75"}]
    wanted = many(objects[2], "requestedDoc")
    assert [each["docRequest"][0]["coding"][0]["code"] for each in wanted] == ["18748-4", "18748-4"]
    assert wanted[0]["timeSubmitted"].startswith("2026-11-22T15:02") and "timeSubmitted" not in wanted[1]


def test_when_it_was_answered_and_who_asked_about_it_is_told(clinic: System) -> None:
    asked = oxygen(clinic)
    submit(clinic, asked)
    clinic.plan.clock.turn(hours=1)
    inquire(clinic, asked)
    supplier = System(clinic.plan, SUPPLIER, clinic.guide)
    inquire(supplier, asked)
    inquire(clinic, replace(asked, lines=tuple(replace(line, order=_other(line.order)) for line in asked.lines)))
    own, theirs = pas_metric_data(SINCE, UNTIL, None, clinic.plan.payer)
    assert [each["type"] for each in own["exchange"]] == ["initial", "query"]
    assert own["exchange"][1]["requestTime"].startswith("2026-11-21T16:00") and all("responseTime" in each for each in own["exchange"])
    assert [each["type"] for each in theirs["exchange"]] == ["query"] and theirs["groupId"]["value"] == SUPPLIER_NPI
    (line,) = own["itemDetail"]
    assert (line["trn"], line["locationType"]) == (1, "home") and own["exceptionSubmission"] is True
    assert clinic.get(own["supportingDoc"].partition("/fhir/")[2])["type"] == "collection"
    told = {each.measure: (each.value, each.out_of) for each in measures([own, theirs], clinic.plan.clock()) if each.by == "all"}
    assert told["queries"] == (2, None) and told["queries by others than who submitted"] == (1, 2) and told["submissions"] == (1, None)


def _other(order: Json) -> Json:
    """The same order, for something nobody submitted."""
    return {**order, "codeCodeableConcept": {"coding": [{"system": HCPCS, "code": "E0601"}]}}


def test_every_element_of_the_guides_model_that_a_payer_can_know_is_there(objects: list[Json], clinic: System) -> None:
    """Never there are ``itemDetail.aaaCodes``: an error of ours is about the request, and then there are no items; an issue, where one was told."""
    asked = oxygen(clinic)
    submit(clinic, replace(asked, number="OAK-ASKED"))
    inquire(clinic, asked)
    found = pas_metric_data(SINCE, UNTIL, None, clinic.plan.payer)
    there = {name for each in found for name in each} | {f"{part}.{name}" for part in PARTS for each in many(found, part) for name in each}
    assert {*PARTS, *ELEMENTS} - there <= {"issue"}


PARTS = ("exchange", "itemDetail", "requestedDoc", "aaaCodes", "issue")
ELEMENTS = (
    *("source", "providerId", "groupId", "payerId", "supportingDoc", "exceptionSubmission", "businessLine"),
    *(f"exchange.{name}" for name in ("type", "with", "method", "requestTime", "responseTime", "httpResponse")),
    *(f"itemDetail.{name}" for name in ("trn", "item", "initialSubmissionTime", "finalResponseTime", "responsesRequired")),
    *(f"itemDetail.{name}" for name in ("locationType", "result", "denialReason")),
    *(f"requestedDoc.{name}" for name in ("docRequest", "timeRequested", "timeSubmitted", "submissionMethod")),
    *("aaaCodes.loopID", "aaaCodes.aaaCode"),
)


def test_nothing_in_them_names_a_patient(objects: list[Json]) -> None:
    told = json.dump(objects).decode()
    assert not any(word in told for word in ("Orla", "Penhallow", "Amble", "Crane", "SYN-"))


def test_the_measures_of_the_guide_are_counted_over_them(objects: list[Json], clinic: System) -> None:
    told: dict[str, Any] = {each.measure: (each.value, each.out_of) for each in measures(objects, clinic.plan.clock()) if each.by == "all"}
    assert told["submissions"] == (5, None) and told["lines submitted"] == (6, None)
    assert told["cancellations"] == (1, None) and told["documents sent later"] == (1, None)
    assert told["submissions with an error"] == (1, 5)
    assert told["final on first submission, any line"] == (3, 4) and told["final on first submission, all lines"] == (2, 4)
    assert told["lines pended"] == (3, 6) and told["pended lines resolved"] == (2, 3)
    assert told["mean seconds until a pended line is resolved"] == (1.5 * 24 * 3600 + 30, None)
    assert told["lines outstanding"] == (1, 6)
    assert told["lines outstanding for more than 1 day(s)"] == (1, 1) and told["lines outstanding for more than 3 day(s)"] == (0, 1)
    assert {each.name for each in measures(objects, clinic.plan.clock()) if each.by == "group"} == {CLINIC_NPI}


def test_the_command_prints_them(clinic: System, objects: list[Json]) -> None:
    where = ["--config", str(clinic.plan.payer.settings.config), "--data-directory", str(clinic.plan.payer.settings.data_directory)]
    when = ["--since", "2026-11-20", "--until", "2026-12-01"]
    told = CliRunner().invoke(main, ["measures", "pas", *where, *when])
    assert told.exit_code == 0, told.output
    first = json.parse(told.stdout.encode())["measures"][0]
    assert (first["measure"], first["value"]) == ("submissions", 5)
    rows = CliRunner().invoke(main, ["measures", "pas", "--data", "--format", "csv", *where, *when]).stdout.splitlines()
    assert len(rows) == 1 + 7 and rows[0].startswith("providerId,groupId,payerId,exchanges")
