"""What a pended item is asked for: the least that could certify it, in the policy's own words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from fhir_pa.um.deciding.information_request import MEDICAL_RECORDS, QUESTIONNAIRE, InformationRequest, information_requests
from ig_profiles.names import CPT
from ig_profiles.reading import Coding
from questionnaires.criteria import Answer, Answers, Circumstances, Criterion, Test
from questionnaires.library import Volume, open_shelf
from questionnaires.policy import RequestedService
from tests.builders import TODAY, service

SHELF = open_shelf()
OXYGEN, SCANS = SHELF.volume("home_oxygen"), SHELF.volume("surveillance_imaging")
CHEST_CT = RequestedService((Coding(CPT, "71260"),), line_of_business="medicare-advantage")
TODAYS = Circumstances(TODAY, TODAY)


def asks(volume: Volume, asked: RequestedService, answers: Answers, answered: bool = False) -> dict[str, InformationRequest]:
    edition = volume.edition
    found = information_requests(edition, volume.questionnaire, answered, asked, edition.weigh(asked, answers, TODAYS), answers, TODAYS)
    assert len({each.document for each in found}) == len(found)
    return {each.document: each for each in found}


def known(**values: object) -> dict[str, Answer]:
    return {name: Answer(name, (value,)) for name, value in values.items()}


def test_nobody_having_answered_the_form_it_is_the_form_that_is_asked_for() -> None:
    (only,) = asks(OXYGEN, service(), {}).values()
    assert (only.document, only.questionnaire) == (QUESTIONNAIRE, OXYGEN.edition.questionnaire)
    assert "hypoxemia" in only.criteria and "portable_mobile" not in only.criteria, "a portable system was not asked for"


def test_words_are_what_the_policy_accepts_and_never_names_of_facts() -> None:
    words = asks(OXYGEN, service(), {})[QUESTIONNAIRE].words
    assert "the test report with its date" in words
    assert any("oximetry" in word for word in words)
    assert not set(words).intersection(OXYGEN.edition.facts)


def test_a_form_that_was_sent_is_not_asked_for_again_but_documents_for_what_it_left_open() -> None:
    found = asks(OXYGEN, service(), known(treating_practitioner=True, independent_tester=True, tested_on=TODAY, test_setting="stable", test_state="rest"), True)
    assert set(found) == {"52053-6"}
    assert found["52053-6"].criteria == ("room_air", "hypoxemia")
    assert found["52053-6"].words[0] == "the test report saying what the patient breathed"


def test_what_no_question_asks_is_asked_for_by_the_document_that_shows_it_along_with_what_else_it_shows() -> None:
    found = asks(SCANS, CHEST_CT, known(thoracic_cancer=True, ordered_by_oncology=True))
    assert found == {
        "18748-4": InformationRequest(
            "18748-4",
            ("the report of the last CT of the chest", "the date of the last CT of the chest"),
            ("chest_ct_report", "chest_ct_interval"),
            any_age=True,
        )
    }


def test_form_and_document_may_both_be_needed() -> None:
    found = asks(SCANS, CHEST_CT, {})
    assert list(found) == [QUESTIONNAIRE, "18748-4"]
    assert found[QUESTIONNAIRE].criteria == ("thoracic_cancer", "ordered_by_oncology")


def test_where_the_policy_says_how_old_the_test_may_be_the_document_may_not_be_of_any_age() -> None:
    found = asks(OXYGEN, service(), known(treating_practitioner=True, independent_tester=True, test_setting="stable"), True)
    assert "tested_on" in found["52053-6"].criteria or "time_of_need" in found["52053-6"].criteria
    assert not found["52053-6"].any_age


def test_nothing_is_asked_for_when_every_criterion_is_met() -> None:
    met = known(thoracic_cancer=True, ordered_by_oncology=True, chest_ct_report=True, chest_ct_on=TODAY.replace(year=TODAY.year - 1))
    assert asks(SCANS, CHEST_CT, met) == {}


def test_where_a_yes_is_ruled_out_all_that_is_open_is_asked_for_because_a_person_decides() -> None:
    found = asks(OXYGEN, service(), known(room_air=True, spo2=Decimal(95), independent_tester=False), answered=True)
    assert "the test report with its date" in found["52053-6"].words


def test_without_words_of_the_policy_the_question_of_the_form_is_asked_else_the_criterions_title() -> None:
    plain = Criterion("low", "Saturation is low", test=Test("spo2", "at_most", Decimal(88)))
    hidden = Criterion("seen", "The patient was seen", test=Test("seen", "is", True))
    edition = replace(OXYGEN.edition, criteria=(plain, hidden))
    found = asks(replace(OXYGEN, edition=edition), service(), {})
    assert found[QUESTIONNAIRE].words == ("Lowest oxygen saturation, in percent",)
    assert found[MEDICAL_RECORDS].words == ("The patient was seen",)
