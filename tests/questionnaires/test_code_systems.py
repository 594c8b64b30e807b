"""A value set that says by a rule what is in it is expanded over the code systems at hand, or says why it cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ig_profiles.outcome import Unprocessable
from ig_profiles.reading import Json
from questionnaires.value_sets import ValueSets

OWN = "http://payer.example/CodeSystem/dressings"
AT = datetime(2026, 11, 21, tzinfo=UTC)
RETIRED = [{"code": "status", "valueCode": "retired"}]
HEADING = [{"code": "notSelectable", "valueBoolean": True}]
SYSTEM: Json = {
    "resourceType": "CodeSystem",
    "url": OWN,
    "version": "3",
    "content": "complete",
    "concept": [
        {
            "code": "moist",
            "display": "Moist",
            "property": HEADING,
            "concept": [
                {"code": "foam", "display": "Foam", "property": [{"code": "layers", "valueInteger": 2}]},
                {"code": "gel", "display": "Gel", "concept": [{"code": "gel-thick", "display": "Thick gel"}]},
            ],
        },
        {"code": "dry", "display": "Dry gauze"},
        {"code": "leech", "display": "Leech", "property": RETIRED},
    ],
}


def rule(prop: str, op: str, value: str) -> Json:
    return {"property": prop, "op": op, "value": value}


def value_set(*include: Json, url: str = "urn:set", exclude: tuple[Json, ...] = ()) -> Json:
    compose = {"include": list(include), **({"exclude": list(exclude)} if exclude else {})}
    return {"resourceType": "ValueSet", "url": url, "version": "1", "compose": compose}


def expanded(*include: Json, **more: Any) -> list[str]:
    return [code.code for code in ValueSets([SYSTEM, value_set(*include, **more)]).codes("urn:set")]


@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        ((), ["foam", "gel", "gel-thick", "dry"]),
        ((rule("concept", "is-a", "moist"),), ["foam", "gel", "gel-thick"]),
        ((rule("concept", "descendent-of", "gel"),), ["gel-thick"]),
        ((rule("concept", "is-not-a", "gel"),), ["foam", "dry"]),
        ((rule("concept", "generalizes", "gel-thick"),), ["gel", "gel-thick"]),
        ((rule("code", "in", "dry, foam"),), ["foam", "dry"]),
        ((rule("code", "not-in", "dry,foam"),), ["gel", "gel-thick"]),
        ((rule("code", "regex", "gel.*"),), ["gel", "gel-thick"]),
        ((rule("display", "=", "Foam"),), ["foam"]),
        ((rule("layers", "exists", "true"),), ["foam"]),
        ((rule("layers", "=", "2"),), ["foam"]),
        ((rule("concept", "is-a", "moist"), rule("code", "regex", "g.*")), ["gel", "gel-thick"]),
    ],
)
def test_each_filter_chooses_what_fhir_says_and_neither_headings_nor_what_is_retired(filters: tuple[Json, ...], codes: list[str]) -> None:
    assert expanded({"system": OWN, "filter": list(filters)} if filters else {"system": OWN}) == codes


def test_rules_go_together_with_lists_with_other_sets_and_with_what_is_taken_out() -> None:
    listed = {"system": OWN, "concept": [{"code": "dry"}]}
    assert expanded({"system": OWN, "filter": [rule("concept", "is-a", "gel")]}, listed) == ["gel", "gel-thick", "dry"]
    assert expanded({"system": OWN}, exclude=({"system": OWN, "filter": [rule("concept", "is-a", "gel")]},)) == ["foam", "dry"]
    both = ValueSets([SYSTEM, value_set({"system": OWN, "valueSet": ["urn:few"]}), value_set(listed, url="urn:few")])
    assert [code.code for code in both.codes("urn:set")] == ["dry"]


def test_words_and_pages_narrow_what_a_rule_chose_and_the_total_counts_it_all() -> None:
    sets = ValueSets([SYSTEM, value_set({"system": OWN})])
    narrowed = sets.expanded("urn:set", AT, "gel", offset=1, count=1)["expansion"]
    assert (narrowed["total"], [each["code"] for each in narrowed["contains"]]) == (2, ["gel-thick"])
    assert sets.all() == (value_set({"system": OWN}),), "a code system is no value set"


def test_what_the_guides_publish_whole_is_listed_too_as_a_system_and_as_a_value_set() -> None:
    gender = "http://hl7.org/fhir/administrative-gender"
    assert expanded({"system": gender}) == ["female", "male", "other", "unknown"]
    assert expanded({"system": gender, "filter": [rule("code", "in", "male,other")]}) == ["male", "other"]
    assert expanded({"valueSet": ["http://hl7.org/fhir/ValueSet/administrative-gender"]}) == ["female", "male", "other", "unknown"]


@pytest.mark.parametrize(
    ("include", "code", "why"),
    [
        ({"system": "http://snomed.info/sct", "filter": [rule("concept", "is-a", "404684003")]}, "too-costly", "http://snomed.info/sct is not at hand"),
        ({"system": "http://nobody.example/codes"}, "not-found", "http://nobody.example/codes is not at hand"),
        ({"system": OWN, "version": "2"}, "not-found", "is at hand as 3, and 2 is asked for"),
        ({"system": "http://hl7.org/fhir/administrative-gender", "filter": [rule("concept", "is-a", "male")]}, "too-costly", "needs more of"),
        ({"system": OWN, "filter": [rule("code", "like", "f*")]}, "not-supported", "says 'like'"),
        ({"system": OWN, "filter": [rule("code", "regex", "(")]}, "invalid", "'(' cannot be read"),
    ],
)
def test_what_cannot_be_listed_says_what_is_missing_and_where_to_turn(include: Json, code: str, why: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        expanded(include)
    (issue,) = refused.value.issues
    assert issue.code == code and why in issue.text and issue.text.endswith("Use a terminology server.")
