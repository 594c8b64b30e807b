"""The plan's people and the public read the same figures, straight from what is on file (F91-F97, CMS-0057-F)."""

from __future__ import annotations

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, DENIAL, SHORT_OF_OXYGEN, oxygen, scans, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import Plan, Staff, System


@pytest.fixture
def decided(plan: Plan, physician: Staff) -> str:
    """One request certified at once, one denied after two days, one still open; the number of the denied one."""
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, SHORT_OF_OXYGEN))
    submit(clinic, oxygen(clinic, BORDERLINE))
    number = str(physician.worklist()[0]["number"])
    plan.clock.turn(days=2)
    physician.decide(number, **DENIAL)
    plan.clock.turn(hours=1)
    submit(clinic, scans(clinic))
    return number


def measured(staff: Staff, path: str, status: int = 200) -> Json:
    answer = staff.call("GET", f"/um/measures/{path}")
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def test_the_yearly_figures_open_into_their_cases_and_tell_what_is_left_out(decided: str, physician: Staff) -> None:
    told = measured(physician, "public?year=2026&line=medicare-advantage")
    shares = {each["measure"]: each for each in told["shares"]}
    denied = shares["standard requests denied"]
    assert (denied["percent"], denied["count"], denied["out_of"], denied["cases"]) == (50.0, 1, 2, [decided])
    times = told["times"][0]
    assert times["median_hours"] == 24.0 and times["mean"] == "1.0 days"
    assert told["left_out"] == {"not decided yet": 1}


def test_what_is_watched_has_its_target_and_root_causes(decided: str, physician: Staff) -> None:
    told = measured(physician, "watched?since=2026-11-01")
    found = {each["measure"]: each for each in told["measures"]}
    assert found["decided within the legal time"]["percent"] == 100.0 and found["decided within the legal time"]["target"] == 100.0
    assert found["adverse decisions signed by a person before notice"]["percent"] == 100.0
    assert told["root_causes"] == [{"cause": "not medically necessary", "services": 1, "cases": [decided]}]


def test_what_cannot_be_read_is_named_all_at_once(physician: Staff) -> None:
    said = json.dump(measured(physician, "public?year=soon&line=free&partly=maybe", 422)).decode()
    assert "'soon' is no year" in said and "'free' is no line of business" in said and "approved, denied, its own row" in said


def test_nobody_reads_them_without_a_token(plan: Plan) -> None:
    assert plan.http().get("/um/measures/public").status_code == 401


def test_the_desk_shows_what_is_watched_with_percentiles_and_opens_each_number(plan: Plan, decided: str, physician: Staff) -> None:
    desk = AtDesk(plan, physician.person)
    desk.sign_in()
    page = desk.page("/desk/figures?since=2026-11-01")
    shown = words(page)
    assert "Decided within the legal time 100.0 %" in shown and "95 % within" in shown and f'href="/desk/cases/{decided}"' in page
    assert "under 1 min" in shown and "0.0 h" not in shown
    assert "for whom one conversation was enough" in shown and "Not medically necessary: 1" in shown
    data = desk.data("/desk/figures.json?since=2026-11-01")
    assert data["turnaround"][0]["percentile_hours"] == {"50": 0.0, "75": 48.0, "90": 48.0, "95": 48.0}, "one at once, one after two days"
