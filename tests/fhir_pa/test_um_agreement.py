"""Reviewers' agreement: which decisions are drawn is nobody's choice, and kappa is what the textbooks say (F18)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.measures.agreement import by_policy, by_reviewer, kappa, overall
from fhir_pa.um.measures.second_reading import SecondReading, Word, draw
from ig_profiles.outcome import Conflict, Forbidden, Unprocessable
from tests.builders import NOON, authorization, nurse, physician, refer

DAY = timedelta(days=1)
YES = Decision((1,), Verdict.CERTIFY, "The record shows it.")
NO = Decision((1,), Verdict.DENY, "It is above.", ("saturation",), ("0F",), "555-555-0142")


def decided(number, decision=YES, by=None, at=NOON):
    return replace(authorization(refer(), number=number).decide(decision, by or physician(), at))


def drawn(*cases, each=2, before=()):
    return draw(cases, NOON - DAY, NOON + DAY, each, before, "reed", NOON)


def test_of_each_reviewer_under_each_policy_so_many_are_drawn_and_none_twice():
    cases = [decided(f"PA{n}") for n in range(9)] + [decided(f"PB{n}", by=nurse()) for n in range(9)]
    first = drawn(*cases)
    assert sorted(each.first_by for each in first) == ["marsh", "marsh", "quill", "quill"]
    assert drawn(*reversed(cases)) == first, "the lot does not depend on the order"
    again = drawn(*cases, before=[each.key for each in first])
    assert len(again) == 4 and not {each.id for each in again} & {each.id for each in first}


def test_what_the_engine_certified_and_what_was_decided_at_another_time_is_not_drawn():
    assert drawn(authorization(), decided("PA1", at=NOON + 2 * DAY)) == ()


def test_the_first_word_is_what_was_decided():
    assert {each.first for each in drawn(decided("PA1"), decided("PA2", NO))} == {Word.CERTIFY, Word.DENY}


def reading(first=Word.CERTIFY, role="physician", **given):
    told = {"topic": "home_oxygen", "first_by": "quill", **given}
    return SecondReading("r", "PA1", 1, 2, edition="2026.1", first=first, first_role=role, decided_at=NOON, drawn_at=NOON, drawn_by="reed", **told)


def test_a_reader_says_a_word_and_why_once():
    said = reading().read(Word.REFER, " It is borderline. ", "arden", ("physician",), NOON)
    assert (said.second, said.because, said.second_by) == (Word.REFER, "It is borderline.", "arden")
    with pytest.raises(Conflict, match="Take another from the list"):
        said.read(Word.CERTIFY, "It fits.", "else", ("physician",), NOON)
    with pytest.raises(Unprocessable, match="one sentence why"):
        reading().read(Word.CERTIFY, " ", "arden", ("physician",), NOON)


@pytest.mark.parametrize(("by", "roles", "role"), [("quill", ("physician",), "physician"), ("marsh", ("nurse",), "physician"), ("reed", ("policy",), "nurse")])
def test_nobody_reads_what_he_decided_or_could_not_have_decided(by, roles, role):
    with pytest.raises(Forbidden, match="somebody else who might have decided it"):
        reading(role=role).read(Word.CERTIFY, "It fits.", by, roles, NOON)


def test_a_nurse_reads_what_a_nurse_decided_and_denies_nothing():
    assert reading(role="nurse").read(Word.REFER, "Not sure.", "marsh", ("nurse",), NOON).second is Word.REFER
    with pytest.raises(Forbidden, match="certify, refer"):
        reading(role="nurse").read(Word.DENY, "No.", "marsh", ("nurse",), NOON)


def test_agreement_is_told_of_all_by_policy_and_by_reviewer_and_unread_ones_are_not_counted():
    yes, no = reading(second=Word.CERTIFY), reading(first=Word.DENY, second=Word.CERTIFY, topic="cpap", first_by="arden")
    found = overall([yes, no, reading()])
    assert (len(found.readings), len(found.agreed), found.percent, found.kappa) == (2, 1, 50.0, 0.0)
    assert [(group.name, group.percent) for group in by_policy([yes, no])] == [("cpap", 0.0), ("home_oxygen", 100.0)]
    assert [group.name for group in by_reviewer([yes, no])] == ["arden", "quill"]
    assert overall([]).percent is None and overall([]).kappa is None


words = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=40)


@given(words)
def test_kappa_is_one_for_perfect_agreement_and_never_more(pairs):
    found = kappa(pairs)
    assert found is None or found <= 1
    if found == 1:
        assert all(first == second for first, second in pairs)
    assert kappa([(second, first) for first, second in pairs]) == found
