"""Pages of the provider desk that go on while they are open: searched in place, told that something has changed, plain beneath."""

from __future__ import annotations

import pytest

from fhir_pa.auth.desk_session import IDLE
from fhir_pa.provider.play.payer_file import CLIENT_ID
from tests.stories.asking import DENIAL, scans, submit
from tests.stories.desk_parties import checked, words
from tests.stories.open_pages import news, part
from tests.stories.parties import Plan, Staff, System
from tests.stories.practice_parties import AtPractice


@pytest.mark.parametrize("path", ["", "/lists/pended", "/requests/{number}"])
def test_a_page_of_the_practice_hears_that_something_has_changed_and_only_then(
    plan: Plan, number: str, linnet: AtPractice, physician: Staff, path: str
) -> None:
    address = f"/practice{path.format(number=number)}"
    page = linnet.page(address)
    plan.clock.turn(minutes=1)
    assert news(linnet, page).status_code == 304, "time alone is no news"
    physician.decide(number, **DENIAL)
    heard = news(linnet, page)
    assert words(heard.text) == "Something has changed here. Show it as it is now" and f'href="{address}"' in heard.text
    assert news(linnet, page, tag=heard.headers["ETag"]).status_code == 304
    assert news(linnet, linnet.page(address)).status_code == 304


def test_a_list_is_searched_in_its_place(plan: Plan, number: str, linnet: AtPractice) -> None:
    submit(System(plan, CLIENT_ID, "2.2"), scans(System(plan, CLIENT_ID, "2.2")))
    found = part(linnet, "/practice/lists/requests?q=E1390", "listed", by="filters", at="/practice/lists/requests")
    assert "<html" not in checked(found) and number in found.text and found.headers["HX-Push-Url"] == "/practice/lists/requests?q=E1390"
    assert "1 line." in words(found.text)
    nothing = part(linnet, "/practice/lists/requests?q=zzz", "listed", by="filters")
    assert "Nothing here matches “zzz”. Show the whole list" in words(nothing.text)


def test_who_is_signed_out_is_led_to_the_door_of_the_desk(plan: Plan, number: str, linnet: AtPractice) -> None:
    page = linnet.page(f"/practice/requests/{number}")
    plan.clock.turn(seconds=IDLE.total_seconds() + 1)
    pressed = part(linnet, "/practice/lists/pended?q=x", "listed", by="filters", at="/practice/lists/pended")
    assert pressed.headers["HX-Redirect"] == "/practice/sign-in?next=/practice/lists/pended"
    looked = news(linnet, page)
    assert looked.status_code == 401 and looked.headers["HX-Retarget"] == "#trouble"
