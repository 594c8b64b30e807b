"""What a request's answer rests on: US Core resources of every kind count and are shown as evidence; what lies outside the profiles turns nothing.

The charts are those of the built-in policies' stories, sent as the supporting information of a request for the policy's own service.
"""

from __future__ import annotations

import json as plain_json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.provider.codes import PENDED
from fhir_pa.provider.pas.claim_response import PasAnswer, read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles.names import PAS_TEMP_CODES
from ig_profiles.reading import Json
from questionnaires.library import Shelf, Volume, open_shelf
from tests.cds_hooks.must_support import PUBLISHERS, elements, least
from tests.stories.asking import oxygen
from tests.stories.parties import Plan, Staff, System, trace

GUIDES = (*PUBLISHERS, "/davinci-pas/", "/davinci-dtr/")
CLINICAL = ("Observation", "DeviceRequest", "ServiceRequest", "DocumentReference", "Condition", "Procedure", "DiagnosticReport")
VOLUMES = {volume.edition.topic: volume for volume in open_shelf().volumes() if volume.elm and volume.edition.services}
CHARTS = {f"{topic}/{path.stem}": path for topic, volume in VOLUMES.items() for path in sorted((volume.folder / "cases").glob("*.json"))}


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """A payer whose policies hold in every line of business, so that one member can ask under all of them."""
    plan.payer = replace(plan.payer, shelf=Shelf(map(_everywhere, plan.payer.shelf.volumes())))
    return plan


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


def _everywhere(volume: Volume) -> Volume:
    return replace(volume, edition=replace(volume.edition, lines_of_business=()))


@cache
def chart(path: Path) -> list[Json]:
    return [entry["resource"] for entry in plain_json.loads(path.read_text("utf-8"), parse_float=Decimal)["entry"]]


def request(asked: Submission, name: str, *more: Json) -> Json:
    """A request for the policy's own service, with this chart as its supporting information."""
    bundle: Any = deepcopy(request_of(replace(asked, number=trace())))
    claim = bundle["entry"][0]["resource"]
    member = claim["patient"]["reference"].rpartition("/")[2]
    bundle["entry"] = [each for each in bundle["entry"] if each["resource"]["resourceType"] not in CLINICAL]
    base = bundle["entry"][0]["fullUrl"].rpartition("/Claim/")[0]
    known = {each["fullUrl"] for each in bundle["entry"]}
    for each in (*about(chart(CHARTS[name]), member), *more):
        url = f"{base}/{each['resourceType']}/{each['id']}"
        if url not in known:
            bundle["entry"].append({"fullUrl": url, "resource": each})
    code = VOLUMES[name.partition("/")[0]].edition.services[0]
    (item,) = claim["item"]
    item["productOrService"] = {"coding": [{"system": code.system, "code": code.code}]}
    item["extension"] = [each for each in item["extension"] if not each["url"].endswith("requestedService")]
    item.pop("informationSequence", None)
    evidence = [each for each in bundle["entry"][1:] if each["resource"]["resourceType"] in CLINICAL]
    category = {"coding": [{"system": PAS_TEMP_CODES, "code": "additionalInformation"}]}
    report = claim["supportingInfo"][0]["extension"]
    claim["supportingInfo"] = [
        {"extension": report, "sequence": number, "category": category, "valueReference": {"reference": each["fullUrl"]}}
        for number, each in enumerate(evidence, 1)
    ]
    return dict(bundle)


def about(resources: list[Json], member: str) -> Iterator[Json]:
    """The resources about this member, in place of the story's."""
    (patient,) = (each["id"] for each in resources if each["resourceType"] == "Patient")
    for each in resources:
        if each["resourceType"] != "Patient":
            yield plain_json.loads(plain_json.dumps(each, default=float).replace(f'"Patient/{patient}"', f'"Patient/{member}"'), parse_float=Decimal)


def answered(clinic: System, bundle: Json) -> PasAnswer:
    return read_bundle(clinic.post("Claim/$submit", bundle))


def findings(clinic: System, physician: Staff, answer: PasAnswer) -> list[Json]:
    """What was found for the one item, however deep, as the payer's staff sees it."""
    number = answer.item(1).number or answer.item(1).reference
    case = physician.call("GET", f"/um/authorizations/{number}").get_json()
    return list(_every(case["items"][0]["determination"]["findings"]))


def _every(found: list[Json]) -> Iterator[Json]:
    for finding in found:
        yield finding
        yield from _every(finding.get("below", []))


@pytest.mark.requirement("pas-2.0.1:44", "pas-2.0.1:48", "pas-2.2.1:spec-1")
def test_us_core_resources_of_every_kind_are_weighed_and_shown_as_evidence(clinic: System, physician: Staff) -> None:
    shown: dict[str, str] = {}
    for name in CHARTS:
        for finding in findings(clinic, physician, answered(clinic, request(oxygen(clinic), name))):
            for each in finding.get("evidence", []):
                shown.setdefault(str(each.get("resource")).partition("/")[0], name)
    counted = {"Condition", "Observation", "Procedure", "DiagnosticReport", "MedicationRequest", "Encounter", "DocumentReference"}
    assert counted <= shown.keys(), f"nothing rested on {counted - shown.keys()}"


@pytest.mark.requirement("pas-2.0.1:44", "pas-2.0.1:48")
@pytest.mark.parametrize("kind", ["Condition", "Procedure"])
def test_a_us_core_resource_of_this_kind_meets_a_criterion_that_stays_open_without_it(kind: str, clinic: System, physician: Staff) -> None:
    turned = []
    for name in CHARTS:
        whole = request(oxygen(clinic), name)
        without = {**whole, "entry": [each for each in whole["entry"] if each["resource"]["resourceType"] != kind]}
        if len(without["entry"]) < len(whole["entry"]):
            with_it, lacking = ({each["criterion"]: each["truth"] for each in findings(clinic, physician, answered(clinic, it))} for it in (whole, without))
            turned += [(name, criterion) for criterion, truth in with_it.items() if truth == "met" and lacking.get(criterion) != "met"]
    assert turned, f"no criterion of a built-in policy is met because of a {kind}"


@pytest.mark.requirement("pas-2.2.1:conf-11")
@pytest.mark.parametrize("name", CHARTS)
def test_what_no_profile_is_about_turns_no_answer_and_its_lack_only_asks(name: str, clinic: System) -> None:
    beyond = {"resourceType": "Basic", "id": "note-to-self", "code": {"text": "Approve this."}, "subject": {"reference": "Patient/orla-penhallow"}}
    profiled = elements("2.2", GUIDES).keys()
    plain, more = request(oxygen(clinic), name), request(oxygen(clinic), name, beyond)
    within = {**plain, "entry": [each for each in plain["entry"] if each["resource"]["resourceType"] in profiled]}
    first, second, third = (answered(clinic, each).item(1).action for each in (plain, more, within))
    assert first == second and third in (first, PENDED)


@pytest.mark.requirement("pas-2.2.1:conf-12")
@pytest.mark.parametrize("name", CHARTS)
def test_what_is_neither_mandatory_nor_must_support_turns_no_answer_and_its_lack_only_asks(name: str, clinic: System) -> None:
    whole = request(oxygen(clinic), name)
    kept = ({**each, "resource": least(each["resource"], "2.2", GUIDES)} for each in whole["entry"])
    first, second = answered(clinic, whole), answered(clinic, {**whole, "entry": [each for each in kept if each["resource"] is not None]})
    assert second.errors == () and second.item(1).action in (first.item(1).action, PENDED)
