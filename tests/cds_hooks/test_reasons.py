"""Reasons name what the chart shows, what it lacks, and how narrow the gap is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from cds_hooks.reasons import Said, evidence_wanted, path_in_words, reason_for_authorization
from questionnaires.criteria import Answer, Circumstances, Criterion, Evidence, Test
from questionnaires.form import Question
from tests.cds_hooks.builders import ANYTHING_ELSE, OXYGEN, TODAY, asks, found

GROUPS = replace(
    OXYGEN,
    criteria=(
        Criterion(
            "low",
            "Too little oxygen in the blood",
            group="any",
            below=(
                Criterion("rest", "Group I", test=Test("spo2", "at_most", Decimal(88))),
                Criterion(
                    "borderline",
                    "Group II",
                    below=(
                        Criterion("value", "Saturation is at most 89 %", test=Test("spo2", "at_most", Decimal(89))),
                        Criterion(
                            "harm",
                            "A finding that shows harm",
                            group="any",
                            below=(
                                Criterion("edema", "Edema of heart failure", test=Test("edema", "is", True)),
                                Criterion("heart", "Cor pulmonale", test=Test("heart", "is", True)),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
)


def said(edition, answers, troubles=()):
    findings = edition.weigh(asks(*edition.services[:1]), answers, Circumstances(TODAY, TODAY))
    return reason_for_authorization(Said("Larkfield", "oxygen", troubles), edition, findings), evidence_wanted(edition, findings)


def test_the_reason_opens_with_who_needs_what_under_which_policy():
    reason, _ = said(OXYGEN, {})
    assert reason.startswith("Larkfield needs prior authorization for oxygen (Home oxygen, 2026.1). Not found in the chart: ")


def test_a_gap_deep_in_a_policy_is_named_where_it_is_narrowest():
    reason, wanted = said(GROUPS, found("89"))
    assert "Not found in the chart: Too little oxygen in the blood (open: Edema of heart failure; Cor pulmonale; found: 89 % on 2026-11-16)." in reason
    assert wanted == (("Too little oxygen in the blood", ("Edema of heart failure", "Cor pulmonale")),)


def test_an_untouched_policy_is_named_by_its_ways():
    _, wanted = said(GROUPS, {})
    assert wanted == (("Too little oxygen in the blood", ("Group I", "Group II")),)


def test_the_policys_own_words_for_evidence_come_first():
    _, wanted = said(OXYGEN, found(spo2=None))
    assert wanted == (("A qualifying oxygen saturation", ("a saturation at rest",)),)


def test_a_yes_is_no_news_beside_its_title_and_a_day_is_said_once():
    evidence = (Evidence("room_air", "yes", clinical_on="2026-11-16T09:00:00Z"), Evidence("room_air", "2026-11-16", clinical_on="2026-11-16"))
    reason, _ = said(OXYGEN, {"room_air": Answer("room_air", (True,), evidence)})
    assert "The measurement was taken on room air (found on 2026-11-16)." in reason


def test_troubles_are_told_only_when_something_is_missing():
    trouble = ("The EHR did not answer when asked for Observation.",)
    assert said(OXYGEN, {}, trouble)[0].endswith(trouble[0])
    assert trouble[0] not in said(OXYGEN, found("86"), trouble)[0]


def test_a_policy_without_criteria_gives_its_own_reason():
    reason, wanted = said(replace(OXYGEN, criteria=(), in_force_until=date(2027, 1, 1)), {})
    assert reason.endswith(OXYGEN.because)
    assert wanted == ()


def test_the_shortest_way_to_a_yes_is_told_in_the_questions_of_the_form():
    paths = (("spo2", "edema"), ("spo2", "heart"))
    asked = {"spo2": "Lowest oxygen saturation, in percent", "edema": "Does the patient have edema?"}
    questions = {fact: Question(fact, "boolean", text) for fact, text in asked.items()}
    words = path_in_words(GROUPS, paths, questions)
    assert words.startswith('Enough for a yes, when the answers meet the policy: "Lowest oxygen saturation, in percent"; ')
    assert words.endswith('; and one of: "Does the patient have edema?"; "Cor pulmonale".')
    assert path_in_words(GROUPS, (("edema",), ("heart",)), questions).startswith("Enough for a yes, when the answer meets the policy, is one of: ")
    assert path_in_words(GROUPS, (("spo2",),), {}) == 'Enough for a yes, when the answers meet the policy: "Group I".'


def test_units_are_written_as_clinicians_write_them():
    evidence = (Evidence("spo2", "61 mm[Hg]", clinical_on="2026-11-16"),)
    reason, _ = said(OXYGEN, {"spo2": Answer("spo2", (Decimal(86),), evidence)})
    assert "(found: 61 mm Hg on 2026-11-16)" in reason


def test_a_bare_number_is_in_the_unit_its_question_asks_for():
    evidence = (Evidence("spo2", "86", clinical_on="2026-11-16"), Evidence("spo2", "rest"))
    findings = OXYGEN.weigh(asks(*OXYGEN.services[:1]), {"spo2": Answer("spo2", (Decimal(86),), evidence)}, Circumstances(TODAY, TODAY))
    questions = {"spo2": Question("spo2", "decimal", "Saturation", unit="%")}
    assert "(found: 86 %, rest on 2026-11-16)" in reason_for_authorization(Said("Larkfield", "oxygen", (), questions), OXYGEN, findings)


def test_where_nothing_was_found_the_criterion_alone_is_named_and_its_parts_are_left_to_the_questions():
    reason, wanted = said(GROUPS, {})
    assert "Not found in the chart: Too little oxygen in the blood." in reason and "(open:" not in reason
    assert wanted[0][1], "what would settle it is told by the card"


def test_of_several_values_each_number_is_told_by_the_name_its_question_gives_it():
    both = {**found("89", None), "edema": Answer("edema", (False,), (Evidence("edema", "44 %", "Observation/2", "value", "2026-11-16"),))}
    questions = {"spo2": Question("spo2", "decimal", "Lowest oxygen saturation, in percent"), "edema": Question("edema", "decimal", "Hematocrit, in percent")}
    findings = GROUPS.weigh(asks(*GROUPS.services[:1]), both, Circumstances(TODAY, TODAY))
    reason = reason_for_authorization(Said("Larkfield", "oxygen", (), questions), GROUPS, findings)
    assert "lowest oxygen saturation 89 %, hematocrit 44 % on 2026-11-16" in reason


def test_the_rule_for_whatever_no_other_names_is_not_told_by_its_name():
    reason, _ = said(replace(ANYTHING_ELSE, services=()), {})
    assert reason == f"Larkfield needs prior authorization for oxygen. {ANYTHING_ELSE.because}"
