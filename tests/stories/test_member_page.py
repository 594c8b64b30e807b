"""A member reads where a request stands, what is awaited, what was decided and why, and appeals: in words, and never somebody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fhir_pa.auth.directory import Member
from fhir_pa.auth.representative import Representative
from fhir_pa.provider.play.payer_file import CLIENT_ID, ONCOLOGIST
from fhir_pa.um.reviewing.delegate import Delegate
from ig_profiles import json
from tests.stories.asking import BORDERLINE, DENIAL, SHORT_OF_OXYGEN, oxygen, scans, submit
from tests.stories.desk_parties import words
from tests.stories.member_parties import AtMemberPage, changed, member_called, waiting, with_member
from tests.stories.parties import AUDITOR, Plan, Staff, System

TEODRIC, ORLA, ILSABET = "Teodric Amble", "Orla Penhallow", "Ilsabet Crane"


@pytest.fixture
def number(plan: Plan) -> str:
    """Teodric's request, which waits for a report."""
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    return waiting(plan)


@pytest.fixture
def teodric(plan: Plan, number: str) -> AtMemberPage:
    return AtMemberPage.member(plan, TEODRIC).sign_in()


def test_the_list_tells_each_request_where_it_stands_and_by_when_the_plan_must_decide(teodric: AtMemberPage, number: str) -> None:
    told, twin = teodric.told(), teodric.data("/member/requests.json")
    assert "Home oxygen We wait for records" in told and "We decide by November 28, 2026" in told
    (person,) = twin["people"]
    (line,) = person["requests"]
    assert (line["number"], line["stands"], line["due_at"]) == (number, "records awaited", "2026-11-28T15:00:00+00:00")


def test_a_waiting_request_says_what_is_awaited_from_whom_and_until_when(teodric: AtMemberPage, number: str) -> None:
    told = teodric.told(f"/member/requests/{number}")
    assert "From Oakwood Clinic: records the report of the oximetry" in told and "Please send them by November 25, 2026" in told
    assert "From us: the decision It is due by November 28, 2026" in told and "(in 7 days)" in told
    awaited = teodric.data(f"/member/requests/{number}.json")["awaited"]
    assert [(each["who"], each["what"]) for each in awaited] == [("practice", "records"), ("plan", "decision")]
    assert "555-555-0100" in told and "If you do not agree" not in told


def test_moments_are_told_on_the_plans_own_clock(plan: Plan, teodric: AtMemberPage, number: str) -> None:
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, time_zone="America/New_York"))
    plan.__dict__.pop("application")
    told = AtMemberPage.member(plan, TEODRIC).sign_in().told(f"/member/requests/{number}").replace("\u202f", " ")
    assert "We must decide by November 28, 2026, 10:00 AM EST" in told


def test_a_denial_tells_reason_criteria_who_decided_whom_to_call_and_the_appeal(teodric: AtMemberPage, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    told = teodric.told(f"/member/requests/{number}")
    assert "Not approved Below you read why" in told and "Why: 89 % is above the limit." in told
    assert "Met The test was done at the time of need" in told
    assert "Not known Too little oxygen in the blood at rest, asleep or during exercise The decision rests on this. This would show it:" in told
    assert "Ada Quill, MD, licence OH MD-0142" in told and "555-555-0142" in told
    assert "Ask by January 25, 2027. The answer comes within 30 days. If waiting could harm your health, within 72 hours." in told


def test_a_decision_that_is_only_intended_is_told_as_no_decision(plan: Plan, teodric: AtMemberPage, number: str, physician: Staff) -> None:
    plan.set(peer_to_peer_hours=72)
    plan.__dict__.pop("application")
    physician.decide(number, **DENIAL)
    me = AtMemberPage.member(plan, TEODRIC).sign_in()
    told, twin = me.told(f"/member/requests/{number}"), me.data(f"/member/requests/{number}.json")
    assert "Nothing is decided yet. One of our doctors offered to talk with your doctor first." in told and "a call to our doctor" in told
    assert "89 % is above the limit." not in told + json.dump(twin).decode() and twin["stands"] == "talk offered" and not twin["letter"]


def test_what_the_rules_approved_at_once_says_so(plan: Plan) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, SHORT_OF_OXYGEN))
    me = AtMemberPage.member(plan, ORLA).sign_in()
    number = me.data("/member/requests.json")["people"][0]["requests"][0]["number"]
    told = me.told(f"/member/requests/{number}")
    assert "You can get this care." in told and "The records show all that the rule asks for." in told and "What we wait for" not in told


def test_each_of_several_services_has_its_own_answer(plan: Plan) -> None:
    clinic, marrow = System(plan, CLIENT_ID, "2.2"), Staff(plan, ONCOLOGIST)
    submit(clinic, scans(clinic))
    number = waiting(plan)
    said = {"because": "The last report is missing.", "reason_code": "0M", "phone": "555-555-0142", "decision": "deny"}
    findings = marrow.call("GET", f"/um/authorizations/{number}").get_json()["items"]
    open_ = {item["sequence"]: [each["criterion"] for each in item["determination"]["findings"] if each["truth"] != "met"] for item in findings}
    for sequence in (2, 3):
        marrow.decide(number, items=[sequence], criteria=open_[sequence], **said)
    me = AtMemberPage.member(plan, ILSABET).sign_in()
    twin = me.data(f"/member/requests/{number}.json")
    assert [each["stands"] for each in twin["services"]] == ["approved", "not approved", "not approved"] and twin["stands"] == "approved in part"
    told = me.told(f"/member/requests/{number}")
    assert "We approved some of it." in told and twin["appeals_open"][0]["items"] == [2, 3]
    assert [each["said"] for each in twin["services"]] == ["MRI of the brain", "CT of the chest", "CT of the neck"], "one rule, three services"
    assert "CT of the chest, CT of the neck Ask by" in told and "MRI of the brain" in words(me.page(f"/member/requests/{number}"))
    assert "Surveillance imaging after thoracic cancer: CT of the neck" in words(me.http.get(f"/member/requests/{number}/letter.html").text)


def test_the_letter_and_the_case_file_are_the_members_own(teodric: AtMemberPage, number: str, physician: Staff) -> None:
    assert teodric.http.get(f"/member/requests/{number}/letter.html").status_code == 404
    physician.decide(number, **DENIAL)
    letter = teodric.http.get(f"/member/requests/{number}/letter.html")
    assert letter.status_code == 200 and "We did not approve what your doctor asked for" in letter.text
    assert "unsafe" not in letter.headers["Content-Security-Policy"]
    listed = teodric.data(f"/member/requests/{number}/file.json")["documents"]
    oxygen_ = next(each for each in listed if each["title"].startswith("Observation: Oxygen saturation"))
    assert "89" in teodric.told(f"/member/requests/{number}/file/{oxygen_['sha256']}")
    assert "Observation: Oxygen saturation" in teodric.told(f"/member/requests/{number}/file")
    assert teodric.http.get(f"/member/requests/{number}/file/{'0' * 64}").status_code == 404


def test_the_member_appeals_from_the_page_and_sees_the_appeal_with_its_day(teodric: AtMemberPage, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    answer = teodric.appeal(number, items="1", because="The stairs test shows 84 percent.", expedited="yes")
    assert answer.headers["Location"] == f"/member/requests/{number}?done=appeal#main"
    told = teodric.told(f"/member/requests/{number}?done=appeal")
    assert "Your appeal is on file." in told and "It is a fast appeal." in told and "The answer is due by November 24, 2026" in told
    assert "Appeal here" not in told
    case = physician.call("GET", f"/um/authorizations/{number}").get_json()
    (filed,) = case["appeals"]
    assert filed["filing"]["by"] == "member" and filed["filing"]["name"] == TEODRIC and filed["filing"]["expedited"]


@pytest.mark.parametrize(
    ("filled", "status", "says"),
    [
        ({"items": "1", "because": " "}, 422, "Please tell us why, in at most 4000 characters."),
        ({"items": "1", "because": "x" * 4001}, 422, "Please tell us why, in at most 4000 characters."),
        ({"because": "It is wrong."}, 422, "Please choose what your appeal is about."),
        ({"items": "7", "because": "It is wrong."}, 422, "Please choose what your appeal is about."),
        ({"items": "1", "because": "It is wrong.", "revision": "1"}, 409, "Something changed in this request while you wrote."),
    ],
)
def test_an_appeal_that_lacks_something_says_what_and_keeps_what_was_written(
    teodric: AtMemberPage, number: str, physician: Staff, filled: dict[str, str], status: int, says: str
) -> None:
    physician.decide(number, **DENIAL)
    refused = words(teodric.appeal(number, status, **filled).text)
    assert says in refused and ("It is wrong." in refused) is ("It is wrong." in filled["because"])


def test_whoever_was_signed_out_while_writing_is_given_back_what_was_written(teodric: AtMemberPage, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    teodric.plan.clock.turn(minutes=31)
    refused = teodric.http.post(f"/member/requests/{number}/appeal", data={"items": "1", "because": "I need it <at night>.", "csrf": "x"})
    assert refused.status_code == 401 and "nothing was sent" in words(refused.text) and "I need it &lt;at night&gt;.</textarea>" in refused.text
    assert not physician.call("GET", f"/um/authorizations/{number}").get_json().get("appeals")


def test_when_the_time_to_appeal_is_over_the_page_says_whom_to_call(plan: Plan, teodric: AtMemberPage, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    plan.clock.turn(days=70)
    me = AtMemberPage.member(plan, TEODRIC).sign_in()
    told = me.told(f"/member/requests/{number}")
    assert "The time to ask ended on January 25, 2027. Was there a good reason" in told and "Appeal here" not in told
    me.appeal(number, 422, items="1", because="It is wrong.")


def test_on_medicaid_care_may_go_on_while_the_appeal_is_heard(plan: Plan, physician: Staff) -> None:
    with_member(plan, TEODRIC, line_of_business="medicaid")
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    number = waiting(plan)
    physician.decide(number, **DENIAL)
    me = AtMemberPage.member(plan, TEODRIC).sign_in()
    assert "An appeal to the plan Ask by January 20, 2027." in me.told(f"/member/requests/{number}")
    me.appeal(number, items="1", because="I need it at night.", continue_benefits="yes")
    (filed,) = physician.call("GET", f"/um/authorizations/{number}").get_json()["appeals"]
    assert filed["filing"]["continue_benefits"]


def test_both_names_and_both_numbers_are_told_where_a_delegate_looks(plan: Plan, number: str) -> None:
    changed(plan, delegates=(Delegate("Northlight Review", "555-555-0177"),))
    told = AtMemberPage.member(plan, TEODRIC).sign_in().told(f"/member/requests/{number}")
    assert "Northlight Review looks at it for us." in told and "555-555-0177" in told and "555-555-0100" in told


def test_nobody_sees_a_request_of_somebody_else_nor_that_there_is_one(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    orla = AtMemberPage.member(plan, ORLA).sign_in()
    assert "There is no request here." in orla.told()
    other, nothing = (orla.http.get(f"/member/requests/{each}").text for each in (number, "PA00000000000"))
    assert words(other) == words(nothing) and "There is nothing here for you." in words(other)
    for path in (f"{number}.json", f"{number}/file", f"{number}/file.json", f"{number}/letter.html", f"{number}/letter.json", f"{number}/file/{'0' * 64}"):
        assert orla.http.get(f"/member/requests/{path}").status_code == 404, path
    csrf = orla.page().split('name="csrf" value="')[1].split('"')[0]
    assert orla.http.post(f"/member/requests/{number}/appeal", data={"csrf": csrf, "items": "1", "because": "x"}).status_code == 404


def test_a_number_two_people_share_shows_each_only_what_is_surely_his_or_hers(plan: Plan, number: str) -> None:
    teodric = member_called(plan, TEODRIC)
    child = Member(teodric.id, "urn:another", "Wren Amble", date(2012, 3, 4), "medicare-advantage")
    changed(plan, members=(*plan.payer.directory.members, child))
    assert number in AtMemberPage.member(plan, TEODRIC).sign_in().page()
    assert number not in AtMemberPage.member(plan, "Wren Amble").sign_in().page()


def representing(plan: Plan, **more: object) -> AtMemberPage:
    """Somebody the plan registered to act for Teodric."""
    held = Representative("REP-7", "Maren Amble", date(1984, 2, 9), member_called(plan, TEODRIC).id, "power of attorney of 2025-03-01", **more)  # type: ignore[arg-type]
    changed(plan, representatives=(held,))
    return AtMemberPage(plan, "REP-7", held.birth_date)


def test_a_representative_sees_what_the_plan_registered_and_appeals_in_the_members_name(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    maren = representing(plan).sign_in()
    told = maren.told()
    assert "For Teodric Amble" in told and "the plan has you on file for Teodric Amble" in told
    assert "It is about Teodric Amble." in maren.told(f"/member/requests/{number}")
    maren.appeal(number, items="1", because="He cannot climb the stairs.")
    (filed,) = physician.call("GET", f"/um/authorizations/{number}").get_json()["appeals"]
    assert (filed["filing"]["by"], filed["filing"]["name"], filed["filing"]["consent"]) == ("representative", "Maren Amble", True)


def test_a_registration_that_ran_out_lets_nobody_in_and_ends_the_session(plan: Plan, number: str) -> None:
    maren = representing(plan, until=plan.clock().date()).sign_in()
    assert number in maren.page()
    plan.clock.turn(hours=10)
    assert maren.http.get("/member").status_code == 303


def test_what_a_policy_calls_sensitive_is_for_the_member_unless_registered_otherwise(plan: Plan, number: str) -> None:
    edition = plan.payer.shelf.volume("home_oxygen").edition
    with plan.payer.store.reading() as tx:
        case = tx.authorization(number)
    item = case.items[0]
    made = replace(item.determination, edition=replace(item.determination.edition, sensitive=True))
    hidden = replace(case, items=(replace(item, determination=made),), revision=case.revision + 1)
    with plan.payer.store.transaction() as tx:
        tx.save(hidden)
    assert edition.topic == "home_oxygen"
    assert number in AtMemberPage.member(plan, TEODRIC).sign_in().page()
    maren = representing(plan).sign_in()
    assert number not in maren.page() and maren.http.get(f"/member/requests/{number}").status_code == 404
    assert number in representing(plan, sensitive=True).sign_in().page()


def test_every_look_is_on_record_by_number_and_not_by_name(plan: Plan, teodric: AtMemberPage, number: str) -> None:
    teodric.page()
    teodric.page(f"/member/requests/{number}")
    teodric.page(f"/member/requests/{number}/file")
    looks = Staff(plan, AUDITOR).call("GET", "/um/looks").get_json()["looks"]
    mine = [(each["what"], each["about"], each["how"]) for each in looks if each["person"] == teodric.number]
    assert ("read a request", number, "member session") in mine and ("listed the case file", number, "member session") in mine
    assert TEODRIC not in json.dump(looks).decode()


def test_the_log_names_no_member(teodric: AtMemberPage, number: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        teodric.page(f"/member/requests/{number}")
        teodric.try_to_sign_in("12345678")
    said = " ".join(record.getMessage() for record in caplog.records)
    assert "member_request answered 200" in said
    for private in (teodric.number, TEODRIC, "Amble", teodric.born.isoformat(), number):
        assert private not in said


def test_many_requests_are_told_page_by_page(plan: Plan, number: str) -> None:
    with plan.payer.store.reading() as tx:
        case = tx.authorization(number)
    with plan.payer.store.transaction() as tx:
        for each in range(24):
            clock = replace(case.clock, received_at=case.clock.received_at - timedelta(days=each + 1))
            tx.add(replace(case, number=f"PA{each:011}", reference=f"AR{each:011}", clock=clock, revision=1))
    me = AtMemberPage.member(plan, TEODRIC).sign_in()
    first, second = me.data("/member/requests.json"), me.data("/member/requests.json?page=2")
    assert [len(each["people"][0]["requests"]) for each in (first, second)] == [20, 5] and first["pages"] == 2
    assert "Older requests" in me.told() and "Newer requests" in me.told("/member?page=2")
