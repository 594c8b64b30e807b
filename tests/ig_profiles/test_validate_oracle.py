"""All that the guides publish against what their publisher's own validator found: ``other/validation-oo.json`` of each package.

No false error, and every official error found, but for the differences this file keeps with their reason.
"""

from __future__ import annotations

import tarfile
from functools import cache
from typing import Any

import pytest

from ig_profiles.json import parse
from ig_profiles.outcome import Issue
from ig_profiles.reading import many, one, text
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from tests.packages import FOLDER

PACKAGES = {
    "hl7.fhir.us.davinci-crd-2.0.1": "2.0.1",
    "hl7.fhir.us.davinci-dtr-2.0.1": "2.0.1",
    "hl7.fhir.us.davinci-pas-2.0.1": "2.0.1",
}
ORACLE = "package/other/validation-oo.json"
MESSAGE_ID = "http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id"

MOVED = (
    "The publisher knew an edition of the extension pack in which questionnaire-derivationType stood on Questionnaire.item; in 5.2.0, at hand here, it"
    " stands on Questionnaire.derivedFrom with a Coding. The example is wrong by either: there by its place, here by its value."
)
MISFIRE = "That validator took the Parameters for %resource of the Bundle inside; the Bundle is a collection without request and response, as it must be."

# (example, official message, the element) -> (our message ids there, why they differ)
EXPLAINED: dict[tuple[str, str, str], tuple[set[str], str]] = {
    ("Bundle/DTRQuestionnairePackageOperationResultComplex", "Extension_EXTP_Context_Wrong", "derivedFrom[0]"): (
        {"element-unknown", "required"},
        MOVED,
    ),
    ("Bundle/DTRQuestionnairePackageOperationResultSimple", "Extension_EXTP_Context_Wrong", "derivedFrom[0]"): (
        {"element-unknown", "required"},
        MOVED,
    ),
    ("QuestionnaireResponse/home-o2-adaptive-questionnaireresponse", "Extension_EXTP_Context_Wrong", "derivedFrom[0]"): (
        {"element-unknown", "required"},
        MOVED,
    ),
    ("Parameters/QuestionnairePackageOutputParamsExample", "http://hl7.org/fhir/StructureDefinition/Bundle#bdl-3", "parameter[0].resource"): (set(), MISFIRE),
    ("Parameters/QuestionnairePackageOutputParamsExample", "http://hl7.org/fhir/StructureDefinition/Bundle#bdl-4", "parameter[0].resource"): (set(), MISFIRE),
}


def open_package(package: str) -> tarfile.TarFile:
    path = FOLDER / f"{package}.tgz"
    if not path.is_file():
        pytest.skip(f"{package}.tgz is not in {FOLDER.name}; set FHIR_PA_PACKAGES to the folder that holds it")
    return tarfile.open(path)


@cache
def official(package: str) -> dict[str, list[dict[str, Any]]]:
    """The publisher's errors by ``Type/id``; a resource without errors has an empty list."""
    with open_package(package) as archive:
        outcomes = parse(_body(archive, ORACLE))
    found: dict[str, list[dict[str, Any]]] = {}
    for outcome in many(outcomes, "entry", "resource"):
        name = (text(outcome, "id") or "").replace("-", "/", 1)
        found[name] = [issue for issue in many(outcome, "issue") if issue["severity"] in ("error", "fatal")]
    return found


@cache
def ours(package: str) -> dict[str, tuple[Issue, ...]]:
    """Our findings on every resource of the package, strict, by ``Type/id``."""
    registry = open_set(PACKAGES[package])
    found: dict[str, tuple[Issue, ...]] = {}
    with open_package(package) as archive:
        for member in archive.getnames():
            resource = parse(_body(archive, member)) if member.endswith(".json") and member != ORACLE else {}
            if isinstance(resource, dict) and "resourceType" in resource:
                found[f"{resource['resourceType']}/{resource['id']}"] = validate(resource, registry, strict=True)
    return found


def _body(archive: tarfile.TarFile, member: str) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def message_of(issue: dict[str, Any]) -> str:
    return next((str(item.get("valueCode")) for item in many(issue, "extension") if item["url"] == MESSAGE_ID), "")


def kept(name: str, issue: Issue) -> bool:
    """Whether one of our errors is in the table."""
    return any(name == example and issue.message_id in ids and where in (issue.expression or "") for (example, _, where), (ids, _) in EXPLAINED.items())


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_published_gets_an_error_its_publisher_did_not_find(package):
    checked = ours(package)
    examples = [name for name in checked if name in official(package)]
    assert len(examples) > 40, f"the oracle speaks of {len(examples)} of {len(checked)} resources"
    for name, issues in checked.items():
        false = [f"{issue.expression}: {issue.text}" for issue in issues if issue.severity in ("error", "fatal") and not kept(name, issue)]
        assert not false, f"{name}: {false}"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_error_the_publisher_found_is_found_or_explained(package):
    checked = ours(package)
    told = 0
    for name, issues in official(package).items():
        for issue in issues:
            told += 1
            expression = one(issue, "expression")
            key = next((key for key in EXPLAINED if key[:2] == (name, message_of(issue)) and key[2] in expression), None)
            assert key, f"{name}: {expression} {issue['details']['text']} is neither found nor explained"
            ids, _ = EXPLAINED[key]
            there = {found.message_id for found in checked[name] if key[2] in (found.expression or "") and found.severity == "error"}
            assert there == ids, f"{name} {key[2]}: expected {ids}, found {there}"
    assert told == {"hl7.fhir.us.davinci-dtr-2.0.1": 5}.get(package, 0)
