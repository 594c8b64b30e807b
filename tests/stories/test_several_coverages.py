"""Forms are asked for under several coverages, or under somebody else's: ours are taken, and of each other one it is said why it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from fhir_pa.provider.charts.npi import synthetic_npi
from fhir_pa.provider.dtr.package import Package, question, unpack
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.provider.wire import parameters
from ig_profiles import json
from ig_profiles.names import NPI
from ig_profiles.reading import Json, many, references
from questionnaires.library import Shelf
from tests.stories.asking import oxygen
from tests.stories.parties import NOW, Plan, System

PACKAGE = "Questionnaire/$questionnaire-package"
OF_WORK = "SYN-WORK-7"
ADALIMUMAB = "327361"


@pytest.fixture
def older(plan: Plan) -> System:
    """The clinic, in the generation that lets several coverages be sent."""
    return System(plan, CLIENT_ID, "2.0.1")


def coverage(of: Json, identity: str, number: str, payor: Json | None = None) -> Json:
    """Another coverage of the same person."""
    numbers = {"identifier": [{**of["identifier"][0], "value": number}], "subscriberId": number}
    return {**of, "id": identity, **numbers, **({"payor": [payor]} if payor else {})}


def with_member(clinic: System, **said: Any) -> System:
    """The clinic at a payer with whom Orla is insured under one more number."""
    payer = clinic.plan.payer
    known = payer.directory.member(oxygen(clinic).chart.coverage["subscriberId"])
    assert known is not None
    member = replace(known, id=OF_WORK, **said)
    return at(clinic, settings=replace(payer.settings, directory=replace(payer.directory, members=(*payer.directory.members, member))))


def at(clinic: System, **changed: Any) -> System:
    return System(replace(clinic.plan, payer=replace(clinic.plan.payer, **changed)), CLIENT_ID, clinic.guide)


def wanted(clinic: System) -> tuple[tuple[Json, ...], Json]:
    """Orla's order, which says nothing of its insurance, and her coverage."""
    asked = oxygen(clinic)
    return tuple({name: value for name, value in line.order.items() if name != "insurance"} for line in asked.lines), asked.chart.coverage


def body(orders: tuple[Json, ...], *coverages: Json, referenced: tuple[Json, ...] = ()) -> Json:
    first, *more = question(coverages[0], orders, referenced=referenced)["parameter"]
    return parameters(first, *({"name": "coverage", "resource": each} for each in coverages[1:]), *more)


def answered(clinic: System, asked: Json) -> tuple[tuple[Package, ...], list[str]]:
    """The packages, and what is said beside them."""
    told = clinic.post(PACKAGE, asked)
    issues = [each for part in many(told, "parameter") if part["resource"]["resourceType"] == "OperationOutcome" for each in many(part, "resource", "issue")]
    assert {each["severity"] for each in issues} <= {"warning"}
    return unpack(told), [each["details"]["text"] for each in issues]


def coverages_in(package: Package) -> set[str]:
    return {name for name in references(package.draft or {}) if name.startswith("Coverage/")}


@pytest.mark.requirement("dtr-2.0.1:302")
def test_a_coverage_whose_number_is_not_known_is_a_warning_beside_one_that_is(older: System) -> None:
    orders, ours = wanted(older)
    (package,), (said,) = answered(older, body(orders, coverage(ours, "old-card", "SYN-0"), ours))
    assert coverages_in(package) == {f"Coverage/{ours['id']}"}
    assert "knows no member" in said and "Check Coverage.identifier and subscriberId." in said


@pytest.mark.requirement("dtr-2.0.1:302")
@pytest.mark.parametrize("told", ["in place", "along"])
def test_another_payers_coverage_is_passed_over_with_a_word_and_alone_is_refused(clinic: System, told: str) -> None:
    orders, ours = wanted(clinic)
    number = {"system": NPI, "value": synthetic_npi(77)}
    organization = {"resourceType": "Organization", "id": "other", "identifier": [number], "active": True, "name": "Harrow Mutual"}
    payor = {"identifier": number} if told == "in place" else {"reference": "Organization/other"}
    theirs = coverage(ours, "second-plan", "HM-1", payor)
    refused = clinic.call("POST", PACKAGE, body(orders, theirs, referenced=(organization,)))
    (issue,) = json.parse(refused.data)["issue"]
    assert refused.status_code == 422 and "Coverage/second-plan names another payer than Larkfield Health Plan." in issue["details"]["text"]
    assert issue["expression"] == ["Parameters.parameter.where(name='coverage')[0].resource"]
    if clinic.guide == "2.0.1":
        (package,), (said,) = answered(clinic, body(orders, theirs, ours, referenced=(organization,)))
        assert coverages_in(package) == {f"Coverage/{ours['id']}"} and "Ask that payer for its forms" in said


@pytest.mark.requirement("dtr-2.0.1:323")
def test_one_form_serves_both_coverages_of_ours_and_its_draft_names_both(older: System) -> None:
    clinic = with_member(older)
    orders, ours = wanted(clinic)
    (package,), said = answered(clinic, body(orders, ours, coverage(ours, "of-work", OF_WORK)))
    assert coverages_in(package) == {f"Coverage/{ours['id']}", "Coverage/of-work"} and said == []
    insured = tuple({**order, "insurance": [{"reference": "Coverage/of-work"}]} for order in orders)
    (package,), _ = answered(clinic, body(insured, ours, coverage(ours, "of-work", OF_WORK)))
    assert coverages_in(package) == {"Coverage/of-work"}, "the order says under which it goes"


@pytest.mark.requirement("dtr-2.0.1:300")
def test_where_the_lines_of_business_have_rules_of_their_own_each_form_belongs_to_its_coverage(older: System) -> None:
    shelf = older.plan.payer.shelf
    now = shelf.volume("home_oxygen", "2026.1")
    assert now.questionnaire is not None
    url = "http://fhir-pa.example/fhir/Questionnaire/oxygen-at-work"
    edition = replace(now.edition, topic="oxygen_at_work", lines_of_business=("commercial",), questionnaire=f"{url}|2026.1")
    volume = replace(now, edition=edition, questionnaire={**now.questionnaire, "url": url, "id": "oxygen-at-work"})
    clinic = at(with_member(older, line_of_business="commercial"), shelf=Shelf([*shelf.volumes(), volume]))
    orders, ours = wanted(clinic)
    packages, _ = answered(clinic, body(orders, ours, coverage(ours, "of-work", OF_WORK)))
    named = {package.canonical.rpartition("/")[2]: coverages_in(package) for package in packages}
    assert named == {"home-oxygen|2026.1": {f"Coverage/{ours['id']}"}, "oxygen-at-work|2026.1": {"Coverage/of-work"}}


def test_a_coverage_that_has_ended_gives_way_to_one_that_stands(older: System) -> None:
    clinic = with_member(older, covered_until=NOW.date() - timedelta(days=1))
    orders, ours = wanted(clinic)
    (package,), (said,) = answered(clinic, body(orders, coverage(ours, "of-work", OF_WORK), ours))
    assert coverages_in(package) == {f"Coverage/{ours['id']}"} and said == "Coverage/of-work has ended, and is passed over."


def test_a_number_that_is_somebody_elses_in_the_family_is_refused_with_what_to_send(clinic: System) -> None:
    asked = oxygen(clinic)
    patient = {**asked.chart.patient, "birthDate": "2011-04-05"}
    refused = clinic.call("POST", PACKAGE, body(tuple(line.order for line in asked.lines), asked.chart.coverage, referenced=(patient,)))
    assert refused.status_code == 422 and "Send the member's own number, or correct Patient.birthDate." in refused.text


def test_the_drug_an_order_refers_to_is_found_among_what_was_sent_along(clinic: System) -> None:
    asked = oxygen(clinic)
    drug = {"resourceType": "Medication", "id": "drug", "code": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": ADALIMUMAB}]}}
    order = {
        "resourceType": "MedicationRequest",
        "id": "of-a-drug",
        "status": "draft",
        "intent": "order",
        "medicationReference": {"reference": "Medication/drug"},
        "subject": asked.lines[0].order["subject"],
        "authoredOn": str(date(2026, 11, 20)),
    }
    (package,), said = answered(clinic, body((order,), asked.chart.coverage, referenced=(drug,)))
    assert said == [] and "MedicationRequest/of-a-drug" in references(package.draft or {})
