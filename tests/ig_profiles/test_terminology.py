"""In, out, or cannot be decided."""

import pytest

from ig_profiles.names import CPT, HCPCS
from ig_profiles.terminology import ValueSetTable, member

COLOURS, SHAPES, LICENSED = "urn:colours", "urn:shapes", "https://codesystem.x12.org/005010/306"
TABLE = ValueSetTable(codes={COLOURS: frozenset({"red", "blue"})}, open=frozenset({LICENSED}))
CLOSED = ValueSetTable(codes={COLOURS: frozenset({"red", "blue"})})


def test_a_listed_code_is_in_and_another_of_its_system_is_out():
    assert TABLE.contains(COLOURS, "red") is True
    assert TABLE.contains(COLOURS, "green") is False


def test_a_code_of_a_licensed_list_cannot_be_decided():
    assert TABLE.contains(LICENSED, "A6") is None


def test_a_system_the_value_set_does_not_speak_of_is_out():
    assert TABLE.contains(SHAPES, "round") is False


def test_nothing_is_out_of_a_value_set_of_which_part_is_not_at_hand():
    partly = ValueSetTable(codes={COLOURS: frozenset({"red"})}, unknown=True)
    assert partly.contains(COLOURS, "red") is True
    assert partly.contains(COLOURS, "green") is None
    assert partly.contains(SHAPES, "round") is None


def test_a_code_excluded_from_an_open_system_is_out():
    table = ValueSetTable(open=frozenset({SHAPES}), out={SHAPES: frozenset({"round"})})
    assert table.contains(SHAPES, "round") is False
    assert table.contains(SHAPES, "square") is None


@pytest.mark.parametrize(
    ("code", "verdict"),
    [("red", True), ("green", None)],
)
def test_a_code_element_has_no_system_so_any_system_will_do(code, verdict):
    assert member(TABLE, code) is verdict
    assert member(CLOSED, "green") is False


def test_a_system_under_another_of_its_names_is_the_same_system():
    table = ValueSetTable(codes={HCPCS: frozenset({"E0424"})})
    assert table.contains("urn:oid:2.16.840.1.113883.6.285", "E0424") is True
    assert ValueSetTable(open=frozenset({CPT})).contains(HCPCS, "99213") is None


def test_a_code_missing_under_one_name_of_a_system_may_be_in_an_open_one():
    table = ValueSetTable(codes={HCPCS: frozenset({"E0424"})}, open=frozenset({CPT}))
    assert table.contains(HCPCS, "E0424") is True
    assert table.contains(HCPCS, "99213") is None


def test_a_version_after_the_system_does_not_hide_it():
    assert CLOSED.contains(f"{COLOURS}|2.0", "red") is True


def test_case_counts_unless_the_system_says_otherwise():
    assert CLOSED.contains(COLOURS, "RED") is False
    ignoring = ValueSetTable(codes={COLOURS: frozenset({"red"})}, any_case=frozenset({COLOURS}))
    assert ignoring.contains(COLOURS, "RED") is True


@pytest.mark.parametrize(
    ("system", "good", "bad"),
    [
        ("urn:ietf:bcp:13", "application/fhir+json; fhirVersion=4.0", "pdf"),
        ("urn:ietf:bcp:47", "en-US", "english_us"),
        ("urn:iso:std:iso:4217", "USD", "dollars"),
    ],
)
def test_systems_with_a_grammar_are_decided_by_their_shape(system, good, bad):
    table = ValueSetTable(open=frozenset({system}))
    assert table.contains(system, good) is True
    assert table.contains(system, bad) is False


def test_a_concept_is_in_when_any_of_its_codings_is():
    concept = {"coding": [{"system": SHAPES, "code": "round"}, {"system": COLOURS, "code": "red"}]}
    assert member(CLOSED, concept) is True


def test_a_concept_of_which_one_coding_cannot_be_decided_is_not_out():
    concept = {"coding": [{"system": SHAPES, "code": "round"}, {"system": LICENSED, "code": "A6"}]}
    assert member(TABLE, concept) is None


def test_a_concept_without_codings_is_out():
    assert member(CLOSED, {"text": "a kind of red"}) is False


@pytest.mark.parametrize("odd", [None, 3, [], {"coding": "red"}, {"coding": [3]}, {"system": COLOURS, "code": ["red"]}])
def test_what_is_no_code_at_all_is_not_decided_here(odd):
    assert member(CLOSED, odd) is None


def test_without_a_table_nothing_is_decided():
    assert member(None, {"system": COLOURS, "code": "red"}) is None


def test_a_coding_without_a_system_is_not_in_a_set_of_systems():
    assert member(CLOSED, {"code": "red"}) is False


def test_either_holds_the_codes_of_both_and_what_one_leaves_open():
    either = CLOSED.either(ValueSetTable(codes={SHAPES: frozenset({"round"})}, open=frozenset({LICENSED})))
    assert [either.contains(*each) for each in ((COLOURS, "red"), (SHAPES, "round"), (LICENSED, "A6"), (SHAPES, "flat"))] == [True, True, None, False]


def test_both_holds_only_what_neither_denies():
    both = CLOSED.both(ValueSetTable(codes={COLOURS: frozenset({"red"})}, open=frozenset({SHAPES})))
    assert [both.contains(COLOURS, code) for code in ("red", "blue")] == [True, False]
    assert both.contains(SHAPES, "round") is False


def test_both_of_a_list_and_an_open_system_cannot_be_decided():
    both = CLOSED.both(ValueSetTable(open=frozenset({COLOURS})))
    assert both.contains(COLOURS, "red") is None
    assert both.contains(SHAPES, "round") is False


def test_less_takes_out_what_is_listed_and_doubts_what_may_be_out():
    assert CLOSED.less(ValueSetTable(codes={COLOURS: frozenset({"blue"})})).contains(COLOURS, "blue") is False
    assert CLOSED.less(ValueSetTable(open=frozenset({COLOURS}))).contains(COLOURS, "red") is None
    opened = ValueSetTable(open=frozenset({SHAPES})).less(ValueSetTable(codes={SHAPES: frozenset({"round"})}))
    assert (opened.contains(SHAPES, "round"), opened.contains(SHAPES, "flat")) == (False, None)


def test_what_one_part_excludes_another_part_may_include():
    narrowed = ValueSetTable(open=frozenset({SHAPES})).less(ValueSetTable(codes={SHAPES: frozenset({"round"})}))
    assert narrowed.either(ValueSetTable(codes={SHAPES: frozenset({"round"})})).contains(SHAPES, "round") is True
    assert narrowed.either(ValueSetTable(open=frozenset({SHAPES}))).contains(SHAPES, "round") is None
