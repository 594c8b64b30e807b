"""Whatever the content, validation answers: never an exception, never more work than the size of the content allows."""

from __future__ import annotations

import sys
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ig_profiles.json import parse
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.registry import open_set
from ig_profiles.validation.run import MOST_FINDINGS
from ig_profiles.validator import validate
from tests.ig_profiles.seeded_faults import ANSWERS, FORM, INQUIRY, MEDICATION, REQUEST, RESPONSE
from tests.packages import example

BASES = (REQUEST, RESPONSE, INQUIRY, FORM, ANSWERS, MEDICATION)
KEYS = (
    "resourceType",
    "entry",
    "resource",
    "fullUrl",
    "extension",
    "modifierExtension",
    "url",
    "valueCode",
    "contained",
    "item",
    "reference",
    "id",
    "_id",
    "meta",
    "profile",
    "coding",
    "x",
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["Patient", "Bundle", "#", "#a", "Patient/1", "urn:uuid:x", "2026-02-30", '<div xmlns="http://www.w3.org/1999/xhtml">&x;</div>', "active"]),
)
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)), max_leaves=8)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in the tree but the root."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, value in inner for found in ((*path, key), *places(value, (*path, key)))]


def holder_of(node: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        node = node[step]
    return node


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A published example with up to three values replaced, taken away, moved or added."""
    resource = deepcopy(parse(example(*draw(st.sampled_from(BASES)))))
    for _ in range(draw(st.integers(1, 3))):
        known = places(resource)
        path = draw(st.sampled_from(known))
        holder = holder_of(resource, path)
        way = draw(st.sampled_from(("replace", "drop", "graft", "add")))
        if way == "drop":
            del holder[path[-1]]
        elif way == "graft":
            source = draw(st.sampled_from(known))
            if source[: len(path)] != path and path[: len(source)] != source:
                holder[path[-1]] = deepcopy(holder_of(resource, source)[source[-1]])
        elif way == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(KEYS))] = draw(VALUES)
        else:
            holder[path[-1]] = draw(VALUES)
    return resource


def answers(resource: Any, strict: bool) -> tuple[Issue, ...]:
    issues = validate(resource, open_set("2.0.1"), strict=strict)
    assert len(issues) <= MOST_FINDINGS + 1
    assert all(issue.text and issue.message_id and (issue.expression or issue.message_id == "too-many-findings") for issue in issues)
    assert len(operation_outcome(issues)["issue"]) == len(issues)
    return issues


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutated(), st.booleans())
def test_any_mutation_of_an_example_gets_an_answer(resource, strict):
    answers(resource, strict)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES, st.sampled_from(["Bundle", "Claim", "Patient", "Questionnaire", "Parameters", "Extension", "Resource", "", "entry"]))
def test_anything_at_all_gets_an_answer(value, kind):
    answers(value, True)
    answers({"resourceType": kind, "entry": value, "item": value, "parameter": value, "contained": value}, True)


def work(resource: Any) -> int:
    """How many calls validation makes: a measure of work that no busy machine can change."""
    registry = open_set("2.0.1")
    validate(resource, registry)
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        validate(resource, registry)
    finally:
        sys.setprofile(None)
    return count


def patient(number: int, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": str(number), **more}


def wide(count: int) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"http://a.example/Patient/{n}", "resource": patient(n)} for n in range(count)],
    }


def chained(count: int) -> dict[str, Any]:
    """Every Patient links to the next, the last to the first."""
    bundle = wide(count)
    for number, entry in enumerate(bundle["entry"]):
        entry["resource"]["link"] = [{"type": "seealso", "other": {"reference": f"Patient/{(number + 1) % count}"}}]
    return bundle


def sliced(count: int) -> dict[str, Any]:
    url = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-itemTraceNumber"
    item = {"sequence": 1, "productOrService": {"text": "x"}, "extension": [{"url": url, "valueIdentifier": {"value": "1"}}] * count}
    return {"resourceType": "Claim", "meta": {"profile": ["http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-claim"]}, "item": [item]}


def many_contained(count: int) -> dict[str, Any]:
    inside = [{"resourceType": "Organization", "id": f"o{n}", "name": "x"} for n in range(count)]
    return patient(1, contained=inside, generalPractitioner=[{"reference": f"#o{n}"} for n in range(count)])


@pytest.mark.parametrize("shape", [wide, chained, sliced, many_contained])
def test_work_grows_no_faster_than_the_content(shape):
    small, large = work(shape(40)), work(shape(320))
    assert large < 10 * small, f"8 times the content took {large / small:.1f} times the work"


def test_checking_stops_when_more_is_wrong_than_anyone_reads():
    bundle = wide(2000)
    for entry in bundle["entry"]:
        entry["resource"]["gender"] = "zzz"
    issues = answers(bundle, False)
    assert issues[-1].message_id == "too-many-findings"
    assert "validate again" in issues[-1].text


def test_content_nested_too_deep_is_refused_not_fatal():
    item: dict[str, Any] = {"linkId": "1", "type": "group"}
    for _ in range(5000):
        item = {"linkId": "1", "type": "group", "item": [item]}
    issues = validate({"resourceType": "Questionnaire", "status": "draft", "item": [item]}, open_set("2.0.1"))
    assert [issue.message_id for issue in issues][-1] == "too-deep"
    assert "Flatten" in issues[-1].text


@pytest.mark.parametrize("text", ["A" * 200_001 + "*", " " * 200_000, "=" * 200_000])
def test_hostile_base64_costs_no_more_than_its_length(text):
    resource = patient(1, photo=[{"data": text}])
    assert work(resource) < 500


@pytest.mark.parametrize(
    "div",
    [
        '<div xmlns="http://www.w3.org/1999/xhtml">' + "<b>" * 50_000,
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><div xmlns=\"http://www.w3.org/1999/xhtml\">&b;</div>",
        '<div xmlns="http://www.w3.org/1999/xhtml" ' + "a " * 50_000 + ">x</div>",
        "&" * 50_000,
    ],
)
def test_a_hostile_narrative_is_refused(div):
    issues = validate(patient(1, text={"status": "generated", "div": div}), open_set("2.0.1"), strict=True)
    assert any((issue.message_id or "").startswith("narrative-") for issue in issues)
