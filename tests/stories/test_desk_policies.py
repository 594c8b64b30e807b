"""The owner of a policy sees what it says, what became of it, who would be answered otherwise by the next wording, and tries a patient."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID, NURSE, PULMONOLOGIST
from fhir_pa.um.reviewing.delegate import Delegate
from questionnaires.library import BUILT_IN, open_shelf
from tests.stories.asking import BORDERLINE, oxygen, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.on_file import everything_on_file
from tests.stories.parties import CLERK, OPERATOR, POLICY_OWNER, Plan, Staff, System
from tests.stories.test_desk_worklist import DENIAL

OXYGEN = "/desk/policies/home_oxygen"


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


@pytest.fixture
def reed(plan: Plan) -> AtDesk:
    at_desk = AtDesk(plan, POLICY_OWNER)
    at_desk.sign_in()
    return at_desk


@pytest.fixture
def stricter(plan: Plan, tmp_path: Path) -> Iterator[Plan]:
    """A plan whose oxygen policy gets a second edition: 89 % counts for Group I, and one reason is told otherwise."""
    folder = tmp_path / "shelf" / "home_oxygen"
    shutil.copytree(BUILT_IN / "home_oxygen", folder)
    wording = (folder / "policy.toml").read_text()
    head, _, edition = wording.partition("[[edition]]")
    first = edition.replace("in_force_from = 2026-01-01", "in_force_from = 2026-01-01\nin_force_until = 2026-12-31", 1)
    second = edition.replace('version = "2026.1"', 'version = "2027.1"', 1).replace("in_force_from = 2026-01-01", "in_force_from = 2027-01-01", 1)
    second = second.replace("at_most = 88", "at_most = 89").replace("A measurement taken on oxygen", "A measurement under oxygen", 1)
    (folder / "policy.toml").write_text(f"{head}[[edition]]{first}\n[[edition]]{second}")
    plan.payer = replace(plan.payer, shelf=open_shelf(tmp_path / "shelf"))
    yield plan


def test_the_shelf_shows_every_policy_with_its_editions(reed: AtDesk, plan: Plan) -> None:
    assert reed.http.get("/desk").headers["Location"] == "/desk/policies"
    told = reed.data("/desk/policies.json")["policies"]
    assert {each["topic"] for each in told} == {edition.topic for edition in plan.payer.shelf.editions()}
    assert "Home oxygen" in words(reed.page("/desk/policies")) and "Worklist" not in words(reed.page("/desk/policies"))


def test_a_policy_is_shown_with_sources_stories_run_now_and_the_burden_of_its_form(reed: AtDesk) -> None:
    page = words(reed.page(OXYGEN))
    assert "NCD 240.2, section B" in page and "The order must come from the practitioner" in page
    assert "stories end as their owner signed" in words(reed.page(f"{OXYGEN}/stories"))
    told = reed.data(f"{OXYGEN}/stories.json")
    assert told["stories"] and not [each for each in told["stories"] if each["wrong"]]
    (burden,) = told["burdens"]
    assert burden["by_data"] > 0 and burden["shown"] == pytest.approx(burden["by_data"] + burden["asked"])


def test_overrides_and_overturned_denials_are_counted_by_criterion_and_lead_to_the_decisions(plan: Plan, clinic: System, reed: AtDesk) -> None:
    quill = Staff(plan, PULMONOLOGIST)
    submit(clinic, oxygen(clinic, BORDERLINE))
    number = quill.worklist()[0]["number"]
    assert quill.call("POST", f"/um/authorizations/{number}/decisions", DENIAL).status_code == 200
    tally = {each["criterion"]: each for each in reed.data(f"{OXYGEN}.json")["tallies"]}["hypoxemia"]
    assert (tally["denied"], tally["appealed"], tally["overturned"], tally["overturn_percent"]) == (1, 0, 0, None)
    plan.clock.turn(hours=1)
    filed = {"items": [1], "by": "member", "name": "Teodric Amble", "because": "I am short of breath."}
    assert quill.call("POST", f"/um/authorizations/{number}/appeals", filed).status_code == 200
    assert quill.call("POST", f"/um/authorizations/{number}/appeals/1", {"act": "assign", "reviewer": "marrow"}).status_code == 200
    plan.clock.turn(hours=1)
    heard = {"act": "decide", "outcome": "overturned", "because": "The exercise test shows it."}
    assert Staff(plan, "marrow").call("POST", f"/um/authorizations/{number}/appeals/1", heard).status_code == 200
    reed.sign_in()
    tally = {each["criterion"]: each for each in reed.data(f"{OXYGEN}.json")["tallies"]}["hypoxemia"]
    assert (tally["appealed"], tally["overturned"], tally["overturn_percent"], tally["overridden"]) == (1, 1, 100.0, 0)
    rows = f"{OXYGEN}/judged?edition=2026.1&criterion=hypoxemia&what=overturned"
    assert number in words(reed.page(rows)) and f"/desk/cases/{number}" not in reed.page(rows), "who writes policies opens no case"
    physician = AtDesk(plan, PULMONOLOGIST)
    physician.sign_in()
    assert f"/desk/cases/{number}" in physician.page(rows)
    assert "is not counted" in words(reed.page(f"{OXYGEN}/judged?what=all", 422))


def test_certifying_against_a_finding_counts_as_overriding_it(plan: Plan, clinic: System, reed: AtDesk) -> None:
    quill = Staff(plan, PULMONOLOGIST)
    submit(clinic, oxygen(clinic, BORDERLINE))
    quill.decide(quill.worklist()[0]["number"], items=[1], decision="certify", because="Falls to 84 % on stairs.")
    tally = {each["criterion"]: each for each in reed.data(f"{OXYGEN}.json")["tallies"]}["hypoxemia"]
    assert (tally["open"], tally["overridden"], tally["override_percent"]) == (1, 1, 100.0)


def test_two_editions_are_shown_side_by_side(stricter: Plan, reed: AtDesk) -> None:
    told = reed.data(f"{OXYGEN}/diff.json")
    assert (told["old"], told["new"]) == ("2026.1", "2027.1")
    changed = {each["id"]: each for each in told["criteria"]}
    assert changed["group_1_rest.spo2"]["words"][0] == {"what": "when it holds", "before": "spo2 is at most 88", "after": "spo2 is at most 89"}
    assert "room_air" in changed and "independent_tester" not in changed
    assert "A measurement under oxygen" in words(reed.page(f"{OXYGEN}/diff"))
    assert "has no edition '1999'" in words(reed.page(f"{OXYGEN}/diff?old=1999", 404))
    assert "one edition only" in words(reed.page("/desk/policies/cpap/diff", 422))


def test_requests_on_file_tell_who_would_be_answered_otherwise(stricter: Plan, clinic: System, reed: AtDesk) -> None:
    submit(clinic, oxygen(clinic, BORDERLINE))
    (case,) = Staff(stricter, PULMONOLOGIST).worklist()
    told = reed.data(f"{OXYGEN}/flips.json")
    (flip,) = told["rows"]
    assert (flip["request"], flip["before"], flip["after"], flip["flips"]) == (case["number"], "refer", "certify", True)
    assert (told["weighed"], told["total"]) == (1, 1) and any(each.startswith("hypoxemia: ") for each in flip["changes"])
    assert "1 service would be answered otherwise" in words(reed.page(f"{OXYGEN}/flips"))
    clerk = AtDesk(stricter, CLERK)
    clerk.sign_in()
    assert "takes the owner of a policy or a physician" in words(clerk.page(f"{OXYGEN}/diff"))
    clerk.page(f"{OXYGEN}/flips", 403)


def test_an_invented_patient_is_tried_with_every_finding_and_the_way_to_yes(reed: AtDesk) -> None:
    patients = reed.data(f"{OXYGEN}/try.json")["patients"]
    borderline = next(each for each in patients if "89 %" in each["title"])
    told = words(reed.post(f"{OXYGEN}/try", patient=str(borderline["number"]), on="2026-11-21", edition="2026.1", status=200).text)
    assert "would refer" in told and "The shortest way to yes" in told and "Observation/" in told


def test_a_record_brought_along_is_tried_and_kept_nowhere(plan: Plan, reed: AtDesk) -> None:
    record = (BUILT_IN / "home_oxygen" / "cases" / "clinic-86.json").read_bytes()
    sent: dict[str, Any] = {"record": (io.BytesIO(record), "record.json"), "on": "2026-11-21", "service": "E1390"}
    answer = reed.post(f"{OXYGEN}/try", status=200, **sent)
    assert "would certify" in words(answer.text) and "Nothing is missing" in words(answer.text)
    told = Staff(plan, POLICY_OWNER).call("POST", "/um/policies/home_oxygen/trials", {"record": json.loads(record), "on": "2026-11-21"}).get_json()
    assert told["trials"][0]["outcome"] == "certify" and told["trials"][0]["path"] == []
    assert Staff(plan, CLERK).call("POST", "/um/policies/home_oxygen/trials", {"record": json.loads(record)}).status_code == 403
    assert "clinic-86" not in everything_on_file(plan) and "Observation" not in everything_on_file(plan)


@pytest.mark.parametrize(
    ("brought", "said"),
    [(b"{", "JSON"), (b'{"a": 1}', "no FHIR resource"), (b"", "Choose an invented patient")],
)
def test_what_cannot_be_tried_is_told_beside_the_form(reed: AtDesk, brought: bytes, said: str) -> None:
    answer = reed.post(f"{OXYGEN}/try", status=422, on="2026-11-21", record=(io.BytesIO(brought), "r.json"))
    assert said in words(answer.text)


def test_who_may_do_what_at_the_policy_desk(plan: Plan) -> None:
    for person, tries, status in ((NURSE, True, 200), (CLERK, False, 403)):
        somebody = AtDesk(plan, person)
        somebody.sign_in()
        assert (f"{OXYGEN}/try" in somebody.page(OXYGEN)) is tries
        assert somebody.http.get(f"{OXYGEN}/try").status_code == status
    marsh = AtDesk(plan, OPERATOR)
    marsh.sign_in()
    assert "may not read the policy desk" in words(marsh.page("/desk/policies", 403))


def test_an_owner_of_policies_is_offered_no_page_that_would_turn_him_away(plan: Plan, reed: AtDesk) -> None:
    for address in set(re.findall(r'href="(/desk[^"#?]*)"', reed.page("/desk/policies"))):
        assert reed.http.get(address).status_code < 400, address


def test_a_review_organizations_people_read_no_figures_of_everybody(plan: Plan) -> None:
    directory = plan.payer.directory
    hired = tuple(replace(each, delegate="Ridge Review") if each.id == NURSE else each for each in directory.people)
    listed = replace(directory, people=hired, delegates=(Delegate("Ridge Review", "555-555-0177"),))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=listed))
    nurse = AtDesk(plan, NURSE)
    nurse.sign_in()
    assert "only the plan's own people may read the policy desk" in words(nurse.page(OXYGEN, 403))
