"""The clinician's app as US Core's requestor: it searches as US Core promises, and takes in whatever a US Core server may send."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.operations.forms.dependencies import logics_of
from fhir_pa.provider.clinician.chart import OpenChart
from fhir_pa.provider.clinician.visits import Visit
from fhir_pa.provider.clinician.words import person, told
from fhir_pa.provider.dtr.population import queries
from fhir_pa.provider.wire import Reply
from ig_profiles.reading import Json, many
from questionnaires.cql import FactEngine
from questionnaires.elm import facts_of
from questionnaires.library import Volume, open_shelf
from questionnaires.logic import library
from questionnaires.v8 import V8
from tests.packages import FOLDER

US_CORE = "hl7.fhir.us.core-3.1.1"
PAGE = Path(__file__).parents[2] / "fhir_pa" / "provider" / "clinician" / "page"
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
UNKNOWN = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown"}]}
SAMPLES: dict[str, Any] = {
    "Address": {"line": ["9 Sparrow Court"], "city": "Maplecross", "state": "OH", "postalCode": "43004", "period": {"start": "2020-01-01"}},
    "Annotation": {"text": "Seen today."},
    "Attachment": {"contentType": "text/plain", "data": "U2Vlbg==", "url": "Binary/1", "title": "Note"},
    "boolean": True,
    "canonical": "http://example.org/definition|1",
    "code": "unknown",
    "CodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "59408-5"}], "text": "Something"},
    "Coding": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "ContactPoint": {"system": "phone", "value": "555-555-0199", "use": "home"},
    "date": "2026-10-01",
    "dateTime": "2026-10-01T09:00:00-05:00",
    "decimal": 1.5,
    "Dosage": {"text": "One a day"},
    "HumanName": {"family": "Penhallow", "given": ["Orla"]},
    "Identifier": {"system": "http://example.org/numbers", "value": "1"},
    "instant": "2026-10-01T09:00:00-05:00",
    "integer": 1,
    "markdown": "Text",
    "Period": {"start": "2026-10-01", "end": "2026-10-02"},
    "Quantity": {"value": 88, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
    "Range": {"low": {"value": 1}, "high": {"value": 2}},
    "Ratio": {"numerator": {"value": 1}, "denominator": {"value": 2}},
    "Reference": {"reference": "Patient/p"},
    "SampledData": {"origin": {"value": 0}, "period": 1, "dimensions": 1},
    "string": "Text",
    "time": "09:00:00",
    "Timing": {"event": ["2026-10-01"]},
    "uri": "urn:oid:1.2.3",
    "url": "https://example.org",
}


@cache
def published(part: str) -> dict[str, Json]:
    """The resources of the US Core package whose file names begin so; skips the test where it is not at hand."""
    path = FOLDER / f"{US_CORE}.tgz"
    if not path.is_file():
        pytest.skip(f"{US_CORE}.tgz is not in {FOLDER.name}; set FHIR_PA_PACKAGES to the folder that holds it")
    with tarfile.open(path) as archive:
        names = [each for each in archive.getnames() if each.startswith(f"package/{part}") and each.endswith(".json")]
        return {name: json.load(archive.extractfile(name)) for name in names}  # type: ignore[arg-type]


def profiles() -> Iterator[Json]:
    """Every profile on a resource (extensions and datatypes are none)."""
    found = (each for each in published("StructureDefinition-").values() if each["kind"] == "resource" and each["derivation"] == "constraint")
    yield from (each for each in found if each["type"] != "Extension")


def instances(profile: Json, how: str) -> Iterator[Json]:
    """A resource with all that must be supported in it, one for each type a choice may have; ``how``: whole, least, or asserted missing."""
    rows = [each for each in profile["snapshot"]["element"] if each["path"].count(".") == 1 and (each.get("mustSupport") or each["min"])]
    most = max((len(each.get("type", [])) for each in rows if each["path"].endswith("[x]")), default=1)
    for choice in range(most):
        made: Json = {"resourceType": profile["type"], "id": f"{profile['id']}-{choice}"}
        for row in rows:
            if ":" in row["id"] or (how == "least" and not row["min"]):
                continue
            name, kind = row["path"].rpartition(".")[2], row["type"][min(choice, len(row["type"]) - 1)]["code"]
            if name.endswith("[x]"):
                name = f"{name[:-3]}{kind[0].upper()}{kind[1:]}"
            if kind in ("BackboneElement", "Extension", "Meta", "Narrative", "Resource"):
                continue
            listed = row["max"] != "1"
            if how == "asserted missing" and name not in ("subject", "patient"):
                primitive = kind[0].islower()
                value = UNKNOWN if kind == "CodeableConcept" else ABSENT
                made[f"_{name}" if primitive else name] = [value] if listed else value
            else:
                value = row.get("patternCodeableConcept") or row.get("fixedCode") or row.get("patternCode") or SAMPLES[kind]
                made[name] = [value] if listed else value
        yield made


@pytest.fixture(scope="module")
def volumes() -> tuple[Volume, ...]:
    return tuple(each for each in open_shelf().volumes() if each.elm is not None)


@pytest.fixture(scope="module")
def describe() -> Any:
    """The page's own words for a resource of the chart."""
    script = (PAGE / "facts" / "evidence.js").read_text("utf-8").replace("export ", "")
    return lambda resource: V8(lambda: script, 20.0, 100_000_000).ask("describe", resource)


@pytest.mark.requirement("dtr-2.0.1:3")
@pytest.mark.parametrize("how", ["whole", "least", "asserted missing"])
def test_all_that_us_core_must_support_is_taken_in_whole_missing_or_asserted_missing(how: str, volumes: tuple[Volume, ...], describe: Any) -> None:
    chart = [each for profile in profiles() for each in instances(profile, how)]
    assert len({each["resourceType"] for each in chart}) >= 18
    patient = {"resourceType": "Patient", "id": "p"}
    with FactEngine() as engine:
        for volume in volumes:
            assert volume.elm is not None
            facts = engine.facts(volume.elm, [patient, *(each for each in chart if each["resourceType"] != "Patient")], AT, facts_of(volume.elm), patient="p")
            assert [fact.trouble for fact in facts.values() if fact.trouble] == [], volume.edition.name
            if how != "whole":
                assert all(fact.value in (None, False, ()) for fact in facts.values() if not _counts(fact)), "what is missing is not there"
    for resource in chart:
        assert describe(resource)["what"]
        assert person(resource) is not None if resource["resourceType"] in ("Patient", "Practitioner") else told(resource)


def _counts(fact: Any) -> bool:
    """Numbers of things found may be nought."""
    return isinstance(fact.value, int | float) or fact.value == 0


@pytest.mark.requirement("dtr-2.0.1:261")
def test_every_search_is_one_that_us_core_servers_must_answer_or_falls_back_on_one(volumes: tuple[Volume, ...]) -> None:
    (server,) = published("CapabilityStatement-us-core-server").values()
    promised = {each["type"]: set(_promised(each)) for each in many(server, "rest", "resource")}
    asked = {query for volume in volumes for logic in logics_of(volume) for query in queries(many(library(logic, "b"), "dataRequirement"), "p", "d", ())}
    assert len(asked) > 8
    for kind, _, words in (query.partition("?") for query in asked):
        names = [each.partition("=")[0] for each in words.split("&")]
        if kind in promised:
            assert frozenset(names) in promised[kind] or frozenset(names[:1]) in promised[kind], f"{kind}?{words}"


def _promised(row: Json) -> Iterator[frozenset[str]]:
    """The searches a server SHALL answer: single parameters, and several together."""
    for each in many(row, "searchParam"):
        if each["extension"][0]["valueCode"] == "SHALL":
            yield frozenset({each["name"]})
    for each in many(row, "extension"):
        parts = many(each, "extension")
        if each["url"].endswith("search-parameter-combination") and any(part.get("valueCode") == "SHALL" for part in (*parts, *many(each, "extension"))):
            yield frozenset(str(part["valueString"]) for part in parts if part["url"] == "required")


class Refusing:
    """An EHR that searches by patient alone."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, path: str, token: str | None = None) -> Reply:
        self.asked.append(path)
        if "&" in path:
            return Reply("GET", path, 400, None, 1.0)
        return Reply("GET", path, 200, {"entry": [{"resource": {"resourceType": "Condition", "id": "1"}}]}, 1.0)


@pytest.mark.requirement("dtr-2.0.1:261")
def test_where_an_ehr_does_not_search_by_code_all_of_that_kind_is_read_for_facts_and_for_nothing_else() -> None:
    chart = OpenChart(Visit("k", "http://ehr.example/fhir", "t", "", "p", "Practitioner/d", None, (), 0))
    ehr = Refusing()
    chart._wire = ehr  # type: ignore[assignment]
    assert [each["id"] for each in chart.look_up("Condition?patient=p&code=s|1")] == ["1"]
    assert ehr.asked == ["Condition?patient=p&code=s|1", "Condition?patient=p"]
    assert chart.search("Task?patient=p&status=requested") == [], "a state that cannot be searched for is not left out"
