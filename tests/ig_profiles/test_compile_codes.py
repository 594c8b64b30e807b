"""Value sets worked out as far as their code systems allow."""

import pytest

from ig_profiles.compile_codes import CodeCompiler
from ig_profiles.packages import Shelf
from ig_profiles.terminology import ValueSetTable
from tests.ig_profiles.published import BASE, code_system, package, value_set

SYSTEM = f"{BASE}/CodeSystem/animals"
ANIMALS = code_system(
    "animals",
    {"code": "bird", "display": "A bird", "concept": [{"code": "owl", "concept": [{"code": "barn-owl"}]}]},
    {"code": "fish"},
    {"code": "eel", "property": [{"code": "subsumedBy", "valueCode": "fish"}]},
)


def table(*definitions, known=None):
    """The table of the first value set, with the others and the animals at hand."""
    return CodeCompiler(Shelf([package(*definitions, ANIMALS)]), known).value_set(definitions[0]["url"])


def animals(found):
    return found.codes.get(SYSTEM, frozenset())


def test_listed_codes_are_in():
    found = table(value_set("some", {"system": SYSTEM, "concept": [{"code": "owl"}, {"code": "eel"}]}))
    assert animals(found) == {"owl", "eel"}
    assert found.contains(SYSTEM, "bird") is False


def test_a_whole_system_is_in_with_all_beneath():
    assert animals(table(value_set("all", {"system": SYSTEM}))) == {"bird", "owl", "barn-owl", "fish", "eel"}


@pytest.mark.parametrize(
    ("op", "value", "codes"),
    [
        ("is-a", "bird", {"bird", "owl", "barn-owl"}),
        ("descendent-of", "bird", {"owl", "barn-owl"}),
        ("is-a", "fish", {"fish", "eel"}),
        ("is-not-a", "bird", {"fish", "eel"}),
    ],
)
def test_filters_over_the_hierarchy_are_worked_out(op, value, codes):
    assert animals(table(value_set("some", {"system": SYSTEM, "filter": [{"property": "concept", "op": op, "value": value}]}))) == codes


def test_every_filter_must_hold():
    filters = [{"property": "concept", "op": "is-a", "value": "bird"}, {"property": "concept", "op": "is-not-a", "value": "owl"}]
    assert animals(table(value_set("some", {"system": SYSTEM, "filter": filters}))) == {"bird"}


def test_a_filter_over_anything_else_cannot_be_decided():
    found = table(value_set("some", {"system": SYSTEM, "filter": [{"property": "legs", "op": "=", "value": "2"}]}))
    assert found.contains(SYSTEM, "owl") is None
    assert found.contains("urn:other", "owl") is False


def test_a_system_that_is_not_at_hand_or_not_whole_cannot_be_decided():
    fragment = code_system("part", "a", content="fragment")
    found = table(value_set("some", {"system": "urn:absent"}, {"system": fragment["url"]}), fragment)
    assert found.contains("urn:absent", "x") is None
    assert found.contains(fragment["url"], "a") is None


def test_codes_of_a_licensed_list_are_not_held_even_where_a_package_quotes_them():
    x12 = "https://codesystem.x12.org/005010/306"
    found = table(value_set("actions", {"system": x12, "concept": [{"code": "A6"}]}))
    assert not found.codes
    assert found.contains(x12, "A6") is None


def test_a_system_too_large_is_left_open(monkeypatch):
    monkeypatch.setattr("ig_profiles.compile_codes.LARGEST", 4)
    assert table(value_set("all", {"system": SYSTEM})).contains(SYSTEM, "owl") is None


def test_exclusions_are_taken_out():
    found = table(value_set("some", {"system": SYSTEM}, exclude=({"system": SYSTEM, "concept": [{"code": "owl"}]},)))
    assert found.contains(SYSTEM, "owl") is False
    assert found.contains(SYSTEM, "eel") is True


def test_value_sets_named_by_one_another_are_joined_and_those_named_together_intersected():
    birds = value_set("birds", {"system": SYSTEM, "filter": [{"property": "concept", "op": "is-a", "value": "bird"}]})
    night = value_set("night", {"system": SYSTEM, "concept": [{"code": "owl"}, {"code": "eel"}]})
    assert animals(table(value_set("joined", {"valueSet": [birds["url"]]}, {"valueSet": [night["url"]]}), birds, night)) == {"bird", "owl", "barn-owl", "eel"}
    assert animals(table(value_set("both", {"valueSet": [birds["url"], night["url"]]}), birds, night)) == {"owl"}
    assert animals(table(value_set("narrowed", {"system": SYSTEM, "valueSet": [night["url"]]}), night)) == {"owl", "eel"}


def test_a_value_set_that_names_an_absent_one_denies_nothing():
    found = table(value_set("some", {"valueSet": [f"{BASE}/ValueSet/absent"]}, {"system": SYSTEM, "concept": [{"code": "owl"}]}))
    assert found.contains(SYSTEM, "owl") is True
    assert found.contains(SYSTEM, "eel") is None


def test_value_sets_that_name_each_other_come_to_an_end():
    one = value_set("one", {"valueSet": [f"{BASE}/ValueSet/two"]}, {"system": SYSTEM, "concept": [{"code": "owl"}]})
    two = value_set("two", {"valueSet": [f"{BASE}/ValueSet/one"]})
    assert table(one, two).contains(SYSTEM, "owl") is True


def test_a_value_set_published_as_its_expansion_is_read_from_there():
    expanded = {**value_set("expanded"), "expansion": {"contains": [{"system": SYSTEM, "code": "bird", "contains": [{"system": SYSTEM, "code": "owl"}]}]}}
    del expanded["compose"]
    assert animals(table(expanded)) == {"bird", "owl"}


def test_codes_of_a_system_that_ignores_case_are_folded():
    loose = code_system("loose", "Ab", caseSensitive=False)
    assert table(value_set("some", {"system": loose["url"]}), loose).contains(loose["url"], "aB") is True


def test_what_is_known_already_can_be_built_on():
    class Known:
        def value_set(self, canonical):
            return ValueSetTable(codes={"urn:k": frozenset({"v"})}) if canonical == "urn:known" else None

        def code_system(self, system):
            return frozenset({"c"}) if system == "urn:k" else None

    found = table(value_set("some", {"valueSet": ["urn:known"]}, {"system": "urn:k"}), known=Known())
    assert found.codes["urn:k"] == {"v", "c"}


def test_on_file_a_whole_system_is_named_and_its_codes_kept_once():
    definition = value_set("all", {"system": SYSTEM}, {"system": "urn:absent"})
    compiler = CodeCompiler(Shelf([package(definition, ANIMALS)]))
    kept = compiler.to_json(compiler.value_set(definition["url"]))
    assert kept == {"url": definition["url"], "version": "1.0.0", "whole": [f"{SYSTEM}|1.0.0"], "open": ["urn:absent"]}
    assert compiler.code_systems() == [{"url": SYSTEM, "version": "1.0.0", "codes": ["barn-owl", "bird", "eel", "fish", "owl"]}]
