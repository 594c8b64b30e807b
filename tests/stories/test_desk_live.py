"""Pages of the desk that go on while they are open: parts put in place, news that is looked for quietly, errors in words, nobody let in by it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from fhir_pa.auth.desk_session import IDLE
from fhir_pa.operations.desk.fall_due import fall_due
from fhir_pa.provider.play.payer_file import CLIENT_ID, NURSE, PULMONOLOGIST
from fhir_pa.web import page as pages
from tests.stories.asking import scans, submit
from tests.stories.desk_parties import AtDesk, checked, words
from tests.stories.open_pages import news, part
from tests.stories.parties import Plan, Staff, System
from tests.stories.test_subscriptions import subscribed


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


@pytest.fixture
def quill(plan: Plan) -> AtDesk:
    return seated(plan, PULMONOLOGIST)


def seated(plan: Plan, person: str) -> AtDesk:
    at_desk = AtDesk(plan, person)
    at_desk.sign_in()
    return at_desk


def test_a_filter_changes_the_lines_alone_and_the_address_with_them(clinic: System, number: str, quill: AtDesk) -> None:
    submit(clinic, scans(clinic))
    whole = quill.page("/desk?q=teodric")
    answer = part(quill, "/desk?q=teodric&line=&waits_for=", "listed", by="filters")
    assert checked(answer).lstrip().startswith("<") and "<html" not in answer.text and number in answer.text
    assert answer.headers["HX-Push-Url"] == "/desk?q=teodric" and "HX-Request" in answer.headers["Vary"]
    for row in re.findall(r"<tr class.*?</tr>", answer.text, re.S):
        assert row in whole, "a part is made by the template of the page"
    assert "1 case, the first due first" in re.findall(r'hx-swap-oob="innerHTML:#said">(.*?)</div>', answer.text)[0]
    assert dict(parse_qsl(urlsplit(re.findall(r'hx-swap-oob="innerHTML:#twin"><a href="([^"]+)', answer.text)[0]).query)) == {"q": "teodric"}
    same = part(quill, "/desk?q=teodric", "listed", at="/desk?q=teodric")
    assert "HX-Push-Url" not in same.headers, "the address is not put into the history twice"
    going_back = quill.http.get("/desk?q=teodric", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in going_back.text


def test_an_empty_list_says_why_and_leads_out(quill: AtDesk) -> None:
    assert "Nothing waits for anybody." in words(quill.page("/desk"))
    told = quill.page("/desk?urgent=true")
    assert "No case fits what you chose. Show every case" in words(told)


def test_the_list_hears_what_came_and_went_and_moves_no_line(plan: Plan, clinic: System, number: str, quill: AtDesk) -> None:
    page = quill.page("/desk")
    assert news(quill, page).status_code == 304
    submit(clinic, scans(clinic))
    heard = news(quill, page)
    assert words(heard.text) == "1 new. Show the list as it is now" and heard.status_code == 200
    assert news(quill, page, tag=heard.headers["ETag"]).status_code == 304, "the same is not told twice"
    finch = seated(plan, NURSE)
    finch.post(f"/desk/cases/{number}/owner", owner=NURSE, then="worklist")
    assert words(news(quill, page).text).startswith("1 new, 1 in other hands.")
    Staff(plan, PULMONOLOGIST).decide(number, items=[1], decision="certify", because="Falls to 84 % on stairs.")
    assert words(news(quill, page).text).startswith("1 new, 1 no longer here.")


def test_a_case_is_taken_in_its_line_and_who_comes_too_late_reads_so_there(plan: Plan, number: str, quill: AtDesk) -> None:
    finch = seated(plan, NURSE)
    mine = {"owner": PULMONOLOGIST, "then": "worklist"}
    took = part(quill, f"/desk/cases/{number}/owner", at="/desk?q=amble", **mine)
    assert took.status_code == 200 and "Ada Quill, MD" in words(took.text) and "Take" not in words(took.text)
    assert f"{number} is in the hands of Ada Quill, MD." in words(took.text) and "Mine 1" in words(took.text)
    assert "/desk?q=amble&amp;owner=nobody" in took.text, "the tabs keep what was sought"
    late = part(finch, f"/desk/cases/{number}/owner", owner=NURSE, then="worklist")
    assert late.status_code == 409 and "in the hands of Ada Quill, MD by now" in words(late.text) and 'role="alert"' in late.text
    assert "Ada Quill, MD" in words(late.text)


def test_a_case_changes_hands_beside_a_half_written_decision(number: str, quill: AtDesk) -> None:
    moved = part(quill, f"/desk/cases/{number}/owner", "hands", owner=NURSE)
    assert moved.status_code == 200 and "In the hands of Rowan Finch, RN" in words(moved.text) and "Your decision" not in moved.text
    refused = part(quill, f"/desk/cases/{number}/owner", "hands", owner=PULMONOLOGIST, before="")
    assert refused.status_code == 409 and "in the hands of Rowan Finch, RN by now" in words(refused.text)


def test_an_open_case_hears_what_others_did_and_not_what_the_reader_did(plan: Plan, number: str, quill: AtDesk) -> None:
    page = quill.page(f"/desk/cases/{number}")
    assert news(quill, page).status_code == 304
    part(quill, f"/desk/cases/{number}/owner", "hands", owner=PULMONOLOGIST)
    assert news(quill, page).status_code == 304
    finch = seated(plan, NURSE)
    finch.post(f"/desk/cases/{number}/owner", owner=NURSE, before=PULMONOLOGIST)
    assert "Taken, by Rowan Finch, RN" in words(news(quill, page).text)
    finch.act(number, "ask", items="1", words="The exercise test.")
    heard = news(quill, page)
    told = words(heard.text)
    assert "This case has changed since you opened it." in told and "Reviewer asked for information, by Rowan Finch, RN" in told and "Read it anew" in told
    assert news(quill, page, tag=heard.headers["ETag"]).status_code == 304
    assert news(quill, quill.page(f"/desk/cases/{number}")).status_code == 304


def test_what_was_sent_is_searched_beside_the_decision(number: str, quill: AtDesk) -> None:
    found = part(quill, f"/desk/cases/{number}/evidence?search=oxygen", "found", by="searching", at=f"/desk/cases/{number}")
    assert found.status_code == 200 and "<html" not in found.text and "found for “oxygen”." in words(found.text) and "HX-Push-Url" not in found.headers
    assert re.search(rf'href="/desk/cases/{number}/evidence/\w+', found.text)
    assert "Nothing was found for “zzz”." in words(part(quill, f"/desk/cases/{number}/evidence?search=zzz", "found").text)


def test_to_hear_of_a_case_is_no_look_at_it(number: str, quill: AtDesk) -> None:
    page = quill.page(f"/desk/cases/{number}")
    looks = quill.data(f"/desk/cases/{number}.json")["looks"]
    news(quill, page)
    assert len(quill.data(f"/desk/cases/{number}.json")["looks"]) == len(looks)


def test_what_was_seen_makes_room_for_the_next(plan: Plan, number: str, quill: AtDesk) -> None:
    plan.clock.turn(days=8)
    fall_due(number, plan.payer)
    quill.sign_in()
    assert "Deadline passed" in words(quill.page("/desk"))
    left = part(quill, f"/desk/cases/{number}/seen", "alerts", then="")
    assert left.status_code == 200 and "All of it is seen." in words(left.text)


def test_what_is_refused_is_said_where_the_page_says_such_things(number: str, quill: AtDesk) -> None:
    refused = part(quill, "/desk?line=dental", "listed", by="filters")
    assert refused.status_code == 422 and "none of: medicare-advantage" in words(refused.text)
    assert (refused.headers["HX-Retarget"], refused.headers["HX-Reswap"]) == ("#trouble", "innerHTML")
    assert 'id="trouble"' in quill.page("/desk")
    forged = quill.http.post(f"/desk/cases/{number}/owner", data={"csrf": "made-up", "owner": PULMONOLOGIST}, headers={"HX-Request": "true"})
    assert forged.status_code == 403 and forged.headers["HX-Retarget"] == "#trouble"


def test_who_is_signed_out_is_led_to_the_door_when_he_presses_and_told_when_he_does_not(plan: Plan, number: str, quill: AtDesk) -> None:
    page = quill.page(f"/desk/cases/{number}")
    plan.clock.turn(seconds=IDLE.total_seconds() + 1)
    pressed = part(quill, "/desk?q=x", "listed", by="filters", at=f"/desk/cases/{number}")
    assert pressed.status_code == 401 and pressed.headers["HX-Redirect"] == f"/desk/sign-in?next=/desk/cases/{number}" and not pressed.text
    looked = news(quill, page)
    assert looked.status_code == 401 and "HX-Redirect" not in looked.headers, "what is half written stays on the screen"
    assert looked.headers["HX-Retarget"] == "#trouble" and "You are signed out." in words(looked.text)


def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(plan: Plan, number: str, quill: AtDesk) -> None:
    page = quill.page("/desk")
    plan.clock.turn(seconds=IDLE.total_seconds() * 0.6)
    assert not news(quill, page).headers.getlist("Set-Cookie")
    assert part(quill, "/desk?q=x", "listed", by="filters").headers.getlist("Set-Cookie"), "who presses something is there"


def test_htmx_is_kept_from_all_it_need_not_do(quill: AtDesk) -> None:
    page = quill.page("/desk")
    found = re.search(r'<meta name="htmx-config" content="([^"]+)"', page)
    if not found:
        pytest.skip("htmx is not built here (python questionnaires/engine/build.py)")
    told = unescape(found[1])
    for word in ('"allowEval":false', '"allowScriptTags":false', '"includeIndicatorStyles":false', '"selfRequestsOnly":true', '"historyCacheSize":0'):
        assert word in told.replace(" ", ""), word
    assert quill.http.get("/desk/assets/htmx.js").mimetype == "text/javascript"
    assert "<script" not in quill.plan.http().get("/desk/sign-in").text, "nothing runs before somebody signs in"


def test_without_htmx_the_page_asks_for_none(quill: AtDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ASSETS", {name: each for name, each in pages.ASSETS.items() if name != "htmx.js"})
    told = quill.page("/desk")
    assert "htmx.js" not in told and "live.js" not in told and "clocks.js" in told


def test_the_data_of_a_page_knows_no_parts(number: str, quill: AtDesk) -> None:
    plain = quill.data("/desk/worklist.json")
    asked = part(quill, "/desk/worklist.json", "listed").get_json()
    assert {**asked, "at": ""} == {**plain, "at": ""}


def test_the_figures_of_the_operator_are_put_in_place(plan: Plan, clinic: System, number: str) -> None:
    marsh = seated(plan, "marsh")
    page = marsh.page("/desk/operator")
    assert news(marsh, page).status_code == 304
    subscribed(clinic)
    now = news(marsh, page)
    assert now.status_code == 200 and "Subscribers" in words(now.text) and CLIENT_ID in now.text and "Prefetch doctor Of" not in words(now.text)
