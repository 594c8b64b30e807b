"""What ``fhir-pa demo --keep`` leaves stands where its lines say: played against a payer in this process, seen at every desk."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.play.day import DAY, leave_a_day
from fhir_pa.provider.play.payer_file import CLERK, COORDINATOR, SECOND_ONCOLOGIST
from fhir_pa.provider.play.places import keep, places_of_left, tell_left
from fhir_pa.provider.test_ehr.opening import opened
from fhir_pa.provider.test_ehr.people import everybody_on
from ig_profiles.reading import Json
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import NOW, PAYER_URL, SECRET, Lent, Staff, open_plan
from tests.stories.playing import set_stage
from tests.stories.practice_parties import AtPractice


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_each_thing_of_the_day_is_found_where_its_line_says(guide: str, tmp_path: Path, lent: Lent) -> None:
    with open_plan(tmp_path, replace(lent, charts=everybody_on(NOW.date())[0])) as opened:
        plan = opened.set(peer_to_peer_hours=72, local_people=True)
        told: list[str] = []
        with set_stage(plan, guide) as (stage, _):
            left = leave_a_day(stage)
            places = places_of_left(stage, left)
            tell_left(places, told.append)
        assert stage.narrator.failures == []
        assert [each.what for each in left] == list(DAY)
        doors = [f"{PAYER_URL}/{each.path.split('/')[1]}/sign-in?as={each.person}&next={each.path}" for each in left]
        assert [line.split()[-1] for line in told[2:]] == doors == linked_from_the_test_ehr(tmp_path / "reviewers.json", places)
        pended, asked, called, stay, appeal, ends, admitted = (each.number for each in left)

        waiting = {each["number"]: (each["role"], each["waits_for"]) for each in Staff(plan, SECOND_ONCOLOGIST).worklist()}
        of_physicians = {pended: ("physician", "decide"), called: ("physician", "conversation"), appeal: ("physician", "appeal")}
        assert waiting == {**of_physicians, asked: ("nurse", "decide"), admitted: ("nurse", "decide")}
        linnet = AtPractice(plan, COORDINATOR)
        linnet.sign_in()
        lists = {"calls": [called], "stays": [stay], "expiring": [stay, ends], "appeals": [appeal]}
        assert {name: linnet.numbers(name) for name in lists} == lists
        assert {asked, admitted} <= set(linnet.numbers("waiting"))
        clerk = AtDesk(plan, CLERK)
        clerk.sign_in()
        assert [row["number"] for row in clerk.data("/desk/admissions.json")["rows"]] == [admitted]
        assert "by Oakwood Clinic EHR" in words(clerk.page(f"/desk/admissions/{admitted}")), "named as people know it"
        assert "7 of 7 days" in words(linnet.page("/practice/lists/units"))


def linked_from_the_test_ehr(file: Path, left: list[Json]) -> list[str]:
    """Where the test EHR's first page leads, of what is left."""
    keep({"pages": [], "people": [], "member": "", "left": left}, file)
    forms = dict.fromkeys(("2.0.1", "2.2"), "http://127.0.0.1:9191")
    ehr, _ = opened(*everybody_on(NOW.date()), Keys.new(), "http://127.0.0.1:9090", SECRET, PAYER_URL, forms, file)
    (listed,) = re.findall(r'<ul class="pages" id="left">(.*?)</ul>', ehr.test_client().get("/").text, re.DOTALL)
    return [unescape(each) for each in re.findall(r'href="([^"]*)"', listed)]
