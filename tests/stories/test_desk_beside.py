"""What stands beside reviews has its pages at the desk: notices of admission, demands for money back, follow-ups (F50, F51, F87)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.auth.directory import CASE_MANAGER, Person
from fhir_pa.provider.charts.practice import CLINIC_NPI
from fhir_pa.provider.play.payer_file import NURSE
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import AUDITOR, CLERK, NOW, OPERATOR, Plan, Staff
from tests.stories.test_delegates import NORTHLIGHT
from tests.stories.test_retrospective import ADMITTED, demand, denied, told

__all__ = ["denied"]
MANAGER, LENT = "sorrel", "lent"
ADMISSION = {
    "member": "SYN-01",
    "facility_npi": CLINIC_NPI,
    "facility_name": "Oakwood Hospital",
    "admitted_on": f"{ADMITTED:%Y-%m-%d}",
    "admitted_hour": f"{ADMITTED:%H:%M}",
    "diagnoses": "A41.9",
    "what_1": "lactate 4.2 mmol/L",
    "seen_1_on": f"{ADMITTED:%Y-%m-%d}",
    "seen_1_hour": f"{ADMITTED:%H:%M}",
}


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """A payer with a case manager, and a nurse who works for a review organization."""
    directory = plan.payer.directory
    people = (*directory.people, Person(MANAGER, "Sol Sorrel, LCSW", (CASE_MANAGER,)), Person(LENT, "Lia Lent, RN", ("nurse",), delegate="Northlight Review"))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=replace(directory, people=people, delegates=(NORTHLIGHT,))))
    return plan


def seated(plan: Plan, person: str) -> AtDesk:
    """Somebody who is signed in."""
    here = AtDesk(plan, person)
    assert here.sign_in().status_code == 303
    return here


def test_a_clerk_records_an_admission_told_by_phone_and_it_stands_on_the_list_until_its_request_is_due(plan: Plan) -> None:
    clerk = seated(plan, CLERK)
    assert "No request is awaited" in words(clerk.page("/desk/admissions"))
    answer = clerk.post("/desk/admissions", **ADMISSION)
    path = answer.headers["Location"].partition("?")[0]
    (row,) = clerk.data("/desk/admissions.json")["rows"]
    assert path.endswith(row["number"]) and row["due_at"] == (ADMITTED + timedelta(hours=48)).isoformat() and row["says"] == "lactate 4.2 mmol/L"
    page = words(clerk.page(answer.headers["Location"]))
    assert "The admission is on file" in page and "awaited until" in page and "lactate 4.2 mmol/L" in page
    listed = words(clerk.page("/desk/admissions"))
    assert row["number"] in listed and "hours left" in listed and "Request awaited" in listed


def test_what_is_missing_of_an_admission_is_told_beside_its_field_and_what_was_typed_is_kept(plan: Plan) -> None:
    clerk = seated(plan, CLERK)
    page = clerk.post("/desk/admissions", status=422, **{**ADMISSION, "facility_npi": "", "admitted_on": "", "admitted_hour": ""}).text
    assert "Give the facility's NPI (facility_npi)." in words(page)
    assert 'id="admit-facility_npi-wrong"' in page and 'id="admit-admitted_at-wrong"' in page and 'value="lactate 4.2 mmol/L"' in page
    late = clerk.post("/desk/admissions", status=422, **{**ADMISSION, "what_1": "", "seen_1_on": "", "seen_1_hour": ""}).text
    assert "Say what made it an emergency" in words(late)
    assert "Check the number on the card" in words(clerk.post("/desk/admissions", status=404, **{**ADMISSION, "member": "SYN-99"}).text)


def test_notices_are_listed_by_what_falls_due_first_a_page_at_a_time(plan: Plan) -> None:
    for hours in (3, 1, 2):
        told(plan, admitted_at=(ADMITTED + timedelta(hours=hours)).isoformat())
    clerk = seated(plan, CLERK)
    first, last = (clerk.data(f"/desk/admissions.json?per_page=2&page={page}") for page in (1, 2))
    assert (first["total"], first["pages"], first["open"]) == (3, 2, 3)
    due = [row["due_at"] for row in (*first["rows"], *last["rows"])]
    assert due == sorted(due) and len(first["rows"]) == 2
    assert clerk.data("/desk/admissions.json?q=nobody")["total"] == 0


def test_an_auditor_reads_and_records_nothing_and_the_operator_sees_none_of_it(plan: Plan, denied: str) -> None:
    auditor = seated(plan, AUDITOR)
    assert "Record an admission" not in auditor.page("/desk/admissions")
    assert "takes a clerk, a nurse or a physician" in words(auditor.page("/desk/admissions/new", 403))
    assert "takes a clerk, a nurse or a physician" in words(auditor.http.post("/desk/admissions", data=_signed(auditor, **ADMISSION)).text)
    page = auditor.page(f"/desk/demands/{denied}")
    assert "Write a demand" not in page and "may not write demands" in words(auditor.post(f"/desk/demands/{denied}", status=403, items="1").text)
    operator = seated(plan, OPERATOR)
    for path in ("/desk/admissions", "/desk/demands", "/desk/follow-ups"):
        assert "may not see cases" in words(operator.page(path, 403))


def test_what_stands_beside_reviews_is_for_the_plans_own_people(plan: Plan) -> None:
    lent = seated(plan, LENT)
    assert "Beside reviews" not in lent.page("/desk")
    for path in ("/desk/admissions", "/desk/demands", "/desk/follow-ups"):
        assert "only the plan's own people may" in words(lent.page(path, 403))


def _signed(who: AtDesk, **filled: str) -> dict[str, str]:
    page = who.http.get("/desk/admissions").text
    return {"csrf": page.partition('name="csrf" value="')[2].partition('"')[0], **filled}


def test_a_demand_is_written_on_the_page_of_its_case_and_followed_to_its_end(plan: Plan, denied: str) -> None:
    clerk = seated(plan, CLERK)
    path = f"/desk/demands/{denied}"
    assert "Write a demand" in clerk.page(path)
    wrong = clerk.post(path, status=422, items="1", claim="C-771", amount="a lot", because="The days were not certified.").text
    assert 'id="demand-amount-wrong"' in wrong and 'value="C-771"' in wrong
    clerk.post(path, items="1", claim="C-771", amount="8120.50", because="The days were not certified.")
    (row,) = clerk.data("/desk/demands.json")["rows"]
    assert (row["number"], row["amount"], row["state"]) == (denied, "8120.50", "notice written")
    page = clerk.page(f"{path}?done=demanded")
    assert "The demand is written" in page and "$8,120.50" in page and "Write a demand</h2>" not in page, "one about the same service is open"
    notice = clerk.http.get(f"{path}/1.html")
    assert notice.status_code == 200 and "8120.50" in notice.text.replace(",", "") and clerk.http.get(f"{path}/1.pdf").data.startswith(b"%PDF")
    assert "Say in one sentence why" in words(clerk.post(f"{path}/1", status=422, stage="settled", note="").text)
    clerk.post(f"{path}/1", stage="settled", note="Paid back in full.")
    assert clerk.data("/desk/demands.json")["rows"] == []
    (closed,) = clerk.data("/desk/demands.json?closed=true")["rows"]
    assert closed["state"] == "settled" and "Paid back in full." in words(clerk.page(path))


def test_a_nurse_sees_a_demand_and_may_not_write_one(plan: Plan, denied: str) -> None:
    demand(plan, denied)
    page = words(seated(plan, NURSE).page(f"/desk/demands/{denied}"))
    assert "Demand 1: $8,120.50 for claim C-771" in page and "Put on file what became of it" not in page


def test_a_case_manager_takes_a_follow_up_writes_on_it_and_closes_it(plan: Plan, denied: str, physician: Staff) -> None:
    doctor, manager = seated(plan, physician.person), seated(plan, MANAGER)
    assert "Say in one sentence why" in words(doctor.post("/desk/follow-ups", status=422, work="case management", number=denied).text)
    opened = doctor.post("/desk/follow-ups", work="case management", number=denied, because="She lives alone.").headers["Location"].partition("?")[0]
    there = words(doctor.page(opened))
    assert "She lives alone." in there and "A case manager carries and closes it." in there and "Take it" not in there
    assert "is no case manager" in words(doctor.post(opened, status=403, act="take").text)
    assert "Ask for another look" not in doctor.page(opened)
    doctor.post(f"{opened}/look", status=403, because="I would.")
    assert "Say in one sentence what came up" in words(manager.post(f"{opened}/look", status=422, because="").text)
    manager.post(f"{opened}/look", because="She fell twice since.")
    assert "She fell twice since." in words(doctor.page(f"/desk/cases/{denied}"))
    manager.post(opened, act="take")
    manager.post(opened, act="note", says="A ride is booked.")
    assert [each["id"] for each in manager.data(f"/desk/follow-ups.json?owner={MANAGER}")["follow_ups"]] == [opened.rpartition("/")[2]]
    assert "Write down what was done" in words(manager.post(opened, status=422, act="done", says="").text)
    manager.post(opened, act="done", says="She has a ride each month.")
    page = words(manager.page(opened))
    assert "She has a ride each month." in page and "Keep the note" not in page
    told_now = manager.data("/desk/follow-ups.json")
    assert (told_now["total"], told_now["open"]["case management"]) == (0, 0) and manager.data("/desk/follow-ups.json?closed=true")["total"] == 1
    assert manager.data(f"{opened}.json")["follow_up"]["stage"] == "done"


def test_follow_ups_stand_with_the_longest_open_first_a_page_at_a_time(plan: Plan, physician: Staff) -> None:
    doctor = seated(plan, physician.person)
    for name in ("first", "second", "third"):
        doctor.post("/desk/follow-ups", work="policy change", about=f"the {name} finding", because="Appeals are won.")
        plan.clock.turn(minutes=1)
    page = doctor.data("/desk/follow-ups.json?per_page=2")
    assert [each["about"] for each in page["follow_ups"]] == ["the first finding", "the second finding"] and (page["total"], page["pages"]) == (3, 2)
    assert "the third finding" in words(doctor.page("/desk/follow-ups?per_page=2&page=2"))


def test_a_request_that_comes_closes_the_line_of_its_notice(plan: Plan) -> None:
    number = told(plan)["number"]
    clerk = seated(plan, CLERK)
    with plan.payer.store.transaction() as tx:
        case = tx.authorization(number)
        assert case.retro is not None
        tx.save(replace(case, revision=case.revision + 1, retro=replace(case.retro, requested_at=NOW)))
    assert clerk.data("/desk/admissions.json")["rows"] == []
    (row,) = clerk.data("/desk/admissions.json?closed=true")["rows"]
    assert row["state"] == "request came" and "came 21 Nov 2026" in words(clerk.page(f"/desk/admissions/{number}"))
