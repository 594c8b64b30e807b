"""The claims system tells what was given: each line meets its authorization, and figures that need claims are there from then on.

Over HTTP (F53, F66, F92, F97-F99).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fhir_pa.provider.charts.practice import CLINIC_NPI
from fhir_pa.provider.play.payer_file import CLIENT_ID, PULMONOLOGIST
from fhir_pa.um.reviewing.delegate import Delegate
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import oxygen, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import AUDITOR, CLERK, NOW, SUPPLIER, Plan, Staff, System

HEAD = "claim,line,member,code,on,npi,until,quantity,place,diagnoses,ended,code_system,paid\n"
TODAY = NOW.date()


def tell(plan: Plan, lines: str, status: int = 200, who: str = CLERK) -> Json:
    proof = {"Content-Type": "text/csv", **Staff(plan, who).proof()}
    answer = plan.http().post("/um/claims", data=(HEAD + lines).encode(), headers=proof)
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def line(claim: str, code: str = "E1390", on: object = TODAY, npi: str = CLINIC_NPI, rest: str = ",,,,,") -> str:
    return f"{claim},1,SYN-01,{code},{on},{npi}{rest}\n"


def get(staff: Staff, path: str, status: int = 200) -> Json:
    answer = staff.call("GET", path)
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def test_a_claim_is_counted_on_its_authorization_once_and_the_first_measure_is_there(plan: Plan, physician: Staff) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    number = submit(clinic, oxygen(clinic)).numbers[0]
    four = f"/um/measures/four?practice={CLINIC_NPI}"
    assert "No claims were told" in get(physician, four)["measures"][0]["because"]
    heard = tell(plan, line("C-1") + line("C-2", "K0861"))
    assert (heard["new"], heard["on_file"], heard["not_covered"][0]["claim"]) == (2, {"approved": 1, "none on file": 1}, "C-2/1")
    assert tell(plan, line("C-1"))["new"] == 0
    uses = get(physician, f"/um/authorizations/{number}")["uses"]
    assert [(use["claim"], use["quantity"]) for use in uses] == [("C-1/1", "1")]
    valid = get(physician, four)["measures"][0]
    assert (valid["value"], valid["count"], valid["of"], valid["met"], valid["target"]) == (50.0, 1, 2, False, "more than 98 %")


def test_plan_and_practice_read_the_same_numbers(plan: Plan, physician: Staff) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic))
    tell(plan, line("C-1") + line("C-2", "K0861"))
    theirs = plan.http().get("/practice/measures/four", headers=clinic.proof())
    assert dict(json.parse(theirs.data)) == get(physician, f"/um/measures/four?practice={CLINIC_NPI}")


def test_a_practice_reads_no_others_numbers(plan: Plan) -> None:
    other = System(plan, SUPPLIER, "2.2")
    answer = plan.http().get(f"/practice/measures/four?practice={CLINIC_NPI}", headers=other.proof())
    assert answer.status_code == 403 and "does not speak for" in answer.text


def test_every_line_that_cannot_be_read_is_named_and_none_is_kept(plan: Plan, physician: Staff) -> None:
    wrong = tell(plan, line("C-1") + line("C-2", on="soon") + f"C-3,0,SYN-01,,{TODAY},{CLINIC_NPI},{TODAY - timedelta(days=1)},-1,,,,\n", 422)
    said = json.dump(wrong).decode()
    assert all(part in said for part in ("Line 3: on 'soon' is no day", "Line 4: code is empty", "no number from 1", "lies before on", "no number above zero"))
    assert "No claims were told" in get(physician, "/um/measures/four")["measures"][0]["because"]
    assert "lacks the columns" in json.dump(tell_bytes(plan, b"claim,line\n", 422)).decode()


def tell_bytes(plan: Plan, body: bytes, status: int) -> Json:
    answer = plan.http().post("/um/claims", data=body, headers={"Content-Type": "text/csv", **Staff(plan, CLERK).proof()})
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def test_an_auditor_tells_of_no_claims(plan: Plan) -> None:
    tell(plan, line("C-1"), 403, AUDITOR)


def test_population_figures_say_when_no_claims_are_told_and_are_there_when_they_are(plan: Plan, physician: Staff) -> None:
    assert "No claims were told" in get(physician, "/um/measures/population")["because"]
    drg = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software"
    first = f",{TODAY - timedelta(days=40)},9,21,A41.9,yes,{drg}"
    again = f",{TODAY - timedelta(days=20)},2,21,A41.9,yes,{drg}"
    tell(plan, line("H-1", "871", TODAY - timedelta(days=48), rest=first) + line("H-2", "871", TODAY - timedelta(days=21), rest=again))
    told = get(physician, "/um/measures/population")
    assert (told["readmissions"][0]["percent"], told["readmissions"][0]["claims"]) == (50.0, ["H-1/1"])
    assert (told["long_stays"][0]["goal_days"], told["long_stays"][0]["claims"]) == (5, ["H-1/1"])


def test_variation_and_missing_criteria_and_causes_open_into_their_cases(plan: Plan, physician: Staff) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic))
    plan.clock.turn(minutes=1)
    found = get(physician, "/um/measures/variation?by=provider")
    assert (found["decisions"], found["mean_percent"], found["groups"][0]["judged"]) == (1, 0.0, "too few to tell")
    assert get(physician, "/um/measures/missing")["criteria"] == []
    assert get(physician, f"/um/measures/causes?practice={CLINIC_NPI}")["causes"] == []
    assert "The region of a member is not on file" in json.dump(get(physician, "/um/measures/variation?by=region", 422)).decode()


def test_the_reviewers_screen_shows_what_claims_tell_of_the_member_and_on_which_case_each_rests(plan: Plan) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    number = submit(clinic, oxygen(clinic)).numbers[0]
    desk = AtDesk(plan, PULMONOLOGIST)
    desk.sign_in()
    assert "No claim for this member was told" in words(desk.page(f"/desk/cases/{number}"))
    tell(plan, line("C-2", "K0861") + line("C-1", on=TODAY, rest=f",{TODAY},2,12,,,,yes") + f"C-9,1,SYN-02,E1390,{TODAY},{CLINIC_NPI},,,,,,,\n")
    first, second = desk.data(f"/desk/cases/{number}.json")["given"]["lines"]
    assert (first["claim"], first["same_service"], first["number"], first["quantity"], first["paid"]) == ("C-1", True, number, "2", True)
    assert (second["claim"], second["standing"], second["number"], second["paid"]) == ("C-2", "none on file", "", None)
    shown = words(desk.page(f"/desk/cases/{number}"))
    assert "claim C-1, line 1" in shown and ", 2 units, paid" in shown and "None on file" in shown and "C-9" not in shown, "another member's claim stays away"


def test_people_of_a_review_organization_read_no_claims_on_the_screen(plan: Plan) -> None:
    directory = plan.payer.settings.directory
    people = tuple(replace(each, delegate="Northlight Review") if each.id == PULMONOLOGIST else each for each in directory.people)
    listed = replace(directory, people=people, delegates=(Delegate("Northlight Review", "555-555-0160", ("home_oxygen",)),))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=listed))
    clinic = System(plan, CLIENT_ID, "2.2")
    number = submit(clinic, oxygen(clinic)).numbers[0]
    tell(plan, line("C-1"))
    desk = AtDesk(plan, PULMONOLOGIST)
    desk.sign_in()
    assert desk.data(f"/desk/cases/{number}.json")["given"] is None
    assert "claims tell" not in words(desk.page(f"/desk/cases/{number}"))


def test_a_payment_that_is_neither_yes_nor_no_is_named(plan: Plan) -> None:
    assert "neither yes nor no" in json.dump(tell(plan, line("C-1", rest=",,,,,,,perhaps"), 422)).decode()
