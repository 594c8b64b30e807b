"""Several cases change hands at once, the list is narrowed by specialty, an appeal takes longer where the law lets it, every look is on record."""

from __future__ import annotations

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID, NURSE, ONCOLOGIST, PULMONOLOGIST
from tests.stories.asking import BORDERLINE, oxygen, scans, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import AUDITOR, Plan, Staff, System
from tests.stories.test_desk_worklist import DENIAL, listed


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


@pytest.fixture
def numbers(clinic: System, physician: Staff) -> list[str]:
    submit(clinic, oxygen(clinic, BORDERLINE))
    submit(clinic, scans(clinic))
    return [str(each["number"]) for each in physician.worklist()]


def at_desk(plan: Plan, person: str) -> AtDesk:
    somebody = AtDesk(plan, person)
    somebody.sign_in()
    return somebody


def test_several_cases_are_taken_and_handed_over_at_once(plan: Plan, numbers: list[str]) -> None:
    quill = at_desk(plan, PULMONOLOGIST)
    told = quill.post("/desk", chosen=[f"{number}:" for number in numbers], to=PULMONOLOGIST, status=200)
    assert "2 cases changed hands" in words(told.text)
    assert sorted(listed(quill, f"?owner={PULMONOLOGIST}")) == sorted(numbers)
    quill.post("/desk", chosen=[f"{number}:{PULMONOLOGIST}" for number in numbers], to=NURSE, status=200)
    assert sorted(listed(quill, f"?owner={NURSE}")) == sorted(numbers)


def test_one_that_somebody_else_took_keeps_none_of_the_others(plan: Plan, numbers: list[str]) -> None:
    quill, finch = at_desk(plan, PULMONOLOGIST), at_desk(plan, NURSE)
    finch.post(f"/desk/cases/{numbers[0]}/owner", owner=NURSE)
    told = words(quill.post("/desk", chosen=[f"{number}:" for number in numbers], to=PULMONOLOGIST, status=200).text)
    assert "1 case changed hands" in told and f"{numbers[0]}: The case is in the hands of Rowan Finch, RN by now" in told
    assert listed(quill, f"?owner={PULMONOLOGIST}") == numbers[1:]


def test_what_cannot_be_handed_over_is_told_and_who_only_reads_is_offered_nothing(plan: Plan, numbers: list[str]) -> None:
    quill, vole = at_desk(plan, PULMONOLOGIST), at_desk(plan, AUDITOR)
    assert "Choose from 1 to 100 cases" in words(quill.post("/desk", to=NURSE, status=422).text)
    assert "none of the plan's reviewers" in words(quill.post("/desk", chosen=[f"{numbers[0]}:"], to=AUDITOR, status=422).text)
    assert "Chosen cases go to" not in vole.page("/desk") and 'name="chosen"' not in vole.page("/desk")
    vole.post("/desk", chosen=[f"{numbers[0]}:"], to=NURSE, status=403)
    assert listed(quill, "?owner=nobody") == numbers


def test_the_list_is_narrowed_by_the_specialty_that_knows_such_cases(plan: Plan, numbers: list[str]) -> None:
    quill = at_desk(plan, PULMONOLOGIST)
    told = {each["name"]: each for each in quill.data("/desk/worklist.json")["specialties"]}
    assert told["Lung medicine"]["mine"] and not told["Orthopedic surgery"]["mine"]
    oxygen_, cancer = (listed(quill, f"?specialty={told[name]['code']}") for name in ("Lung medicine", "Cancer medicine"))
    assert len(oxygen_) == len(cancer) == 1 and {*oxygen_, *cancer} == set(numbers)
    assert listed(quill, f"?specialty={told['Orthopedic surgery']['code']}") == []
    assert "Lung medicine (mine)" in words(quill.page("/desk"))
    assert "none of:" in words(quill.page("/desk?specialty=cardiology", 422))


def test_an_appeal_takes_longer_once_where_its_level_lets_it(plan: Plan, numbers: list[str]) -> None:
    quill = at_desk(plan, PULMONOLOGIST)
    number = next(each["number"] for each in Staff(plan, PULMONOLOGIST).worklist() if each["member"] == "Teodric Amble")
    assert Staff(plan, PULMONOLOGIST).call("POST", f"/um/authorizations/{number}/decisions", DENIAL).status_code == 200
    quill.act(number, "appeals", items="1", by="member", name="Teodric Amble", because="I am short of breath.")
    page = f"/desk/cases/{number}"
    assert "Take more time for it" in words(quill.page(page)) and "Take more time for it" not in words(at_desk(plan, NURSE).page(page))
    before = quill.data(f"{page}.json")["case"]["appeals"][0]["due_at"]
    refused = quill.act(number, "appeals/1", status=422, act="extend", because="")
    assert "in the member's interest" in words(refused.text)
    quill.act(number, "appeals/1", act="extend", because="We wait for the sleep study.")
    assert quill.data(f"{page}.json")["case"]["appeals"][0]["due_at"] > before
    told = words(quill.page(page))
    assert "Extended: We wait for the sleep study." in told and "Take more time for it" not in told


def test_who_reads_a_case_or_a_document_of_it_is_on_record_and_auditors_see_who_did(plan: Plan, numbers: list[str]) -> None:
    marrow, vole = at_desk(plan, ONCOLOGIST), at_desk(plan, AUDITOR)
    document = marrow.data(f"/desk/cases/{numbers[0]}.json")["documents"][0]["sha256"]
    marrow.page(f"/desk/cases/{numbers[0]}/evidence/{document}")
    assert "Who read this case" not in words(marrow.page(f"/desk/cases/{numbers[0]}"))
    seen = [(each["person"], each["what"]) for each in vole.data(f"/desk/cases/{numbers[0]}.json")["looks"]]
    assert seen.count(("Ines Marrow, MD", "read a document of a case")) == 1 and ("Ines Marrow, MD", "read a case") in seen
    plan.clock.turn(minutes=1)
    assert "Ivo Vole read a case" in words(vole.page(f"/desk/cases/{numbers[0]}")), "auditors are on record like everybody"
    assert Staff(plan, AUDITOR).call("GET", "/um/looks").get_json()["looks"][0]["person"] == AUDITOR
