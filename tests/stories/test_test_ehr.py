"""The test EHR's pages as a browser's forms use them, against a payer: what is ordered, answered, requested, told, and what is shown of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from unittest.mock import patch

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.provider.test_ehr.catalogue import CATALOGUE
from fhir_pa.provider.test_ehr.opening import opened
from ig_profiles.json import parse
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, CANCER, SHORT_OF_OXYGEN
from tests.stories.parties import PAYER_URL, SECRET, Plan, Staff
from tests.stories.playing import everything_sent

SCANS = ["brain-mri", "chest-ct", "neck-ct"]
GUIDES = pytest.mark.parametrize("guide", ["2.0.1", "2.2"])


@dataclass
class Ward:
    """The test EHR of one test, one of whose patients is being ordered for."""

    http: FlaskClient
    patient: str

    def does(self, what: str, **fields: object) -> Json:
        """Send a form of the page; the course as it is then."""
        answer = self.http.post(f"/patients/{self.patient}/{what}", data=fields)
        assert answer.status_code == 303, answer.text
        course = self.course
        assert course["trouble"] == ""
        return course

    @property
    def course(self) -> Json:
        return dict(parse(self.http.get(f"/patients/{self.patient}.json").data)["course"])

    @property
    def request(self) -> Json:
        return dict(self.course["requests"][0])

    @property
    def words(self) -> dict[int, str]:
        return {item["sequence"]: item["word"] for item in self.request["items"]}

    def hears(self, holds: Callable[[Json], bool]) -> Json:
        """The newest request, once this is true of it."""
        until = time.monotonic() + 20
        while not holds(self.request):
            assert time.monotonic() < until, self.request
            time.sleep(0.02)
        return self.request

    def steps(self) -> list[str]:
        return [f"{each['guide']} {each['step']}" for each in parse(self.http.get("/exchanges.json").data)]

    def page(self) -> str:
        return self.http.get(f"/patients/{self.patient}").text


@pytest.fixture
def ward(plan: Plan) -> Iterator[Callable[[str], Ward]]:
    """Opens the test EHR at the address the payer knows, over the plan's charts."""
    apps = {guide: f"http://127.0.0.1:1/{guide}" for guide in ("2.0.1", "2.2")}
    with everything_sent(plan), patch.object(time, "time", lambda: plan.clock().timestamp()):
        ehr, _ = opened(plan.charts, {}, plan.keys[CLIENT_ID], plan.ehr_url, SECRET, PAYER_URL, apps, now=plan.clock)
        plan.ehr.become(ehr)
        yield lambda patient: Ward(ehr.test_client(), patient)


@GUIDES
def test_an_order_is_answered_with_coverage_information_cards_and_what_each_card_offers(ward: Callable[[str], Ward], guide: str) -> None:
    here = ward(BORDERLINE)
    course = here.does("order", service="oxygen", guide=guide)
    (order,) = course["orders"]
    (said,) = order["answers"]
    assert (said["covered"], said["authorization"], course["formWanted"], course["step"]) == ("Covered", "auth-needed", True, 2)
    offer = next(card for card in course["cards"] if card["suggestions"])
    assert offer["reasons"] and said["reasons"][0]["first"] in here.page()
    assert here.steps()[:1] == ["CRD services"] and "CRD order-sign" in here.steps() and "CRD reads chart" in here.steps()


@GUIDES
def test_a_suggestion_is_taken_with_one_click_and_the_new_order_is_asked_about_at_the_next_signing(ward: Callable[[str], Ward], guide: str) -> None:
    here = ward(BORDERLINE)
    offer = next(card for card in here.does("order", service="oxygen", guide=guide)["cards"] if card["suggestions"])
    course = here.does(f"cards/{offer['uuid']}/accept", suggestion=offer["suggestions"][0]["uuid"])
    assert course["changed"] and len(course["orders"]) == 2
    assert next(card for card in course["cards"] if card["uuid"] == offer["uuid"])["became"].startswith("Accepted:")
    assert "Sign again" in here.page() and here.steps()[-1] == "CRD feedback"
    signed = here.does("sign")
    assert not signed["changed"] and all(order["answers"] for order in signed["orders"])


def test_why_a_card_is_not_followed_is_told_in_the_payers_own_code(ward: Callable[[str], Ward]) -> None:
    here = ward(BORDERLINE)
    offer = next(card for card in here.does("order", service="oxygen", guide="2.2")["cards"] if card["reasons"])
    course = here.does(f"cards/{offer['uuid']}/decline", reason=offer["reasons"][0]["code"], words="Done on Monday")
    became = next(card for card in course["cards"] if card["uuid"] == offer["uuid"])["became"]
    assert became == f"Not followed: {offer['reasons'][0]['display']}; Done on Monday."
    told = parse(here.http.get(f"/exchanges/{len(here.steps())}.json").data)["request"]["body"]["feedback"][0]
    assert (told["outcome"], told["overrideReason"]["reason"]["code"]) == ("overridden", offer["reasons"][0]["code"])
    assert told["overrideReason"]["userComment"] == "Done on Monday"


@GUIDES
def test_what_the_payer_asks_for_is_attached_and_the_notice_brings_the_decision_by_itself(ward: Callable[[str], Ward], guide: str) -> None:
    here = ward(CANCER)
    papers = here.does("order", service=SCANS, guide=guide)["papers"]
    here.does("submit", document=[each["name"] for each in papers])
    assert here.words == {1: "certified", 2: "pended", 3: "pended"} and here.request["waits"]
    asked = here.request["asked"]
    assert [each["item"] for each in asked] == [2, 3] and all("report of the last CT" in each["words"] for each in asked)
    held = here.course["elsewhere"]
    here.does("attach", item="2", document=next(each["name"] for each in held if "chest" in each["name"]))
    heard = here.hears(lambda request: request["told"][0]["how"].startswith("Notice 1 "))
    assert here.words[2] == "certified" and heard["standing"] == "answered in part"
    inquired = "PAS inquires" in here.steps()
    assert inquired is (guide == "2.0.1"), "only an id-only notice has to be followed by an inquiry"
    assert {"PAS submits", "PAS attaches", "PAS handshake", "PAS notice"} <= set(here.steps())


@GUIDES
def test_an_item_stays_withdrawn_when_the_rest_is_updated_inquired_and_withdrawn(ward: Callable[[str], Ward], guide: str) -> None:
    here = ward(CANCER)
    papers = here.does("order", service=SCANS, guide=guide)["papers"]
    here.does("submit", document=[each["name"] for each in papers])
    here.does("withdraw", item="3")
    assert here.words == {1: "certified", 2: "pended", 3: "cancelled"}
    chest = next(each["name"] for each in here.course["elsewhere"] if "chest" in each["name"])
    here.does("update", document=[chest])
    assert here.request["errors"] == [] and here.words == {1: "certified", 2: "certified", 3: "cancelled"}
    here.does("inquire")
    assert here.words == {1: "certified", 2: "certified", 3: "cancelled"}
    here.does("withdraw")
    assert set(here.words.values()) == {"cancelled"} and here.request["over"]
    assert here.steps().count("PAS cancels item") == 3, "each update after it says again that the item is withdrawn"


def test_an_answer_that_takes_nothing_says_why_and_leaves_what_stands(ward: Callable[[str], Ward], plan: Plan, physician: Staff) -> None:
    here = ward(BORDERLINE)
    here.does("order", service="oxygen", guide="2.2")
    here.does("submit")
    number = next(case["number"] for case in physician.worklist())
    physician.decide(number, items=[1], decision="deny", because="Too high.", reason_code="0F", criteria=["hypoxemia"], phone="555-555-0143")
    here.does("inquire")
    here.hears(lambda request: request["told"][0]["how"].startswith("Notice"))
    here.does("update", starts="2026-12-01")
    assert here.request["errors"] and here.request["items"], "the page tells the error, and still how it stands"
    assert f"Not taken:</strong> {here.request['errors'][0]}" in here.page()


def test_the_payer_may_authorize_with_its_answer_where_the_clinician_lets_it(ward: Callable[[str], Ward]) -> None:
    here = ward(SHORT_OF_OXYGEN)
    (order,) = here.does("order", service="oxygen", guide="2.2", unasked="yes")["orders"]
    (said,) = order["answers"]
    assert said["authorization"] == "satisfied" and said["satisfied"].startswith("PA") and not here.course["formWanted"]


@GUIDES
def test_the_next_order_for_what_was_certified_needs_no_request_and_is_told_why(ward: Callable[[str], Ward], guide: str) -> None:
    here = ward(SHORT_OF_OXYGEN)
    papers = here.does("order", service="oxygen", guide="2.2")["papers"]
    here.does("submit", document=[each["name"] for each in papers])
    assert here.words == {1: "certified"}
    course = here.does("order", service="oxygen", guide=guide)
    (said,) = course["orders"][0]["answers"]
    assert (said["words"], course["formWanted"]) == ("no authorization needed", False)
    assert said["reasons"][0]["first"].startswith("Oxygen concentrator is authorized already from ")
    assert "No request is needed." in said["reasons"][0]["rest"]
    assert course["cards"][0]["summary"] == "Oxygen concentrator: the same service is authorized already"


def test_the_panel_shows_the_exchanges_of_this_patient_and_no_token(ward: Callable[[str], Ward]) -> None:
    ward(CANCER).does("order", service="chest-ct", guide="2.2")
    here = ward(SHORT_OF_OXYGEN)
    here.does("order", service="oxygen", guide="2.2")
    here.does("submit")
    page, drawn = here.page(), here.http.get(f"/patients/{SHORT_OF_OXYGEN}/sequence.svg")
    assert "order-sign" in page and drawn.content_type.startswith("image/svg+xml") and "PAS submits" in drawn.text
    every = parse(here.http.get("/exchanges.json").data)
    assert len({each["number"] for each in every}) == len(every) > 10
    for each in every:
        whole = here.http.get(f"/exchanges/{each['number']}").text + here.http.get(f"/exchanges/{each['number']}.json").text
        assert "eyJ" not in whole and SECRET.removeprefix("Bearer ") not in whole
        assert f"/exchanges/{each['number']}?part" not in page or CANCER not in whole or SHORT_OF_OXYGEN in whole


@GUIDES
def test_the_payer_finds_or_does_not_find_what_it_looks_for_and_nothing_goes_wrong(ward: Callable[[str], Ward], guide: str) -> None:
    here = ward(BORDERLINE)
    for service in CATALOGUE:
        here.does("order", service=service, guide=guide)
    reads = {each["url"]: each["status"] for each in parse(here.http.get("/exchanges.json").data) if each["step"] == "reads chart"}
    refused = {url: status for url, status in reads.items() if status != 200}
    assert len(reads) > 20 and {url.partition("/fhir/")[2].partition("?")[0] for url in refused} <= {"Medication", "FamilyMemberHistory"}, refused
    assert "row crd failed" not in here.page()


def test_a_measured_decimal_is_shown_with_its_digits(ward: Callable[[str], Ward]) -> None:
    here = ward(SHORT_OF_OXYGEN)
    papers = here.does("order", service="oxygen", guide="2.2")["papers"]
    here.does("submit", document=[each["name"] for each in papers])
    number = next(each["number"] for each in parse(here.http.get("/exchanges.json").data) if each["step"] == "submits")
    assert "<i>86</i>" in here.http.get(f"/exchanges/{number}").text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_a_form_of_another_site_does_nothing(ward: Callable[[str], Ward], headers: dict[str, str]) -> None:
    here = ward(SHORT_OF_OXYGEN)
    answer: TestResponse = here.http.post(f"/patients/{SHORT_OF_OXYGEN}/order", data={"service": "oxygen"}, headers=headers)
    assert answer.status_code == 403 and "order-sign" not in str(here.steps())


def test_nobody_elses_chart_card_or_service_can_be_reached(ward: Callable[[str], Ward]) -> None:
    here = ward(SHORT_OF_OXYGEN)
    assert here.http.get("/patients/nobody").status_code == here.http.get("/patients/nobody.json").status_code == 404
    assert here.http.post(f"/patients/{SHORT_OF_OXYGEN}/sign").status_code == 404, "nothing was ordered yet"
    assert here.http.post(f"/patients/{SHORT_OF_OXYGEN}/order", data={"service": "gold", "guide": "2.2"}).status_code == 404
    assert here.http.get("/page/../doors.py").status_code == 404 and here.http.get("/exchanges/999999").status_code == 404
    here.does("order", service="oxygen", guide="2.2")
    here.http.post(f"/patients/{SHORT_OF_OXYGEN}/cards/none/accept", data={"suggestion": "none"})
    assert "There is no card none" in here.course["trouble"] and "There is no card none" in here.page()


def test_a_payer_that_is_gone_is_told_on_the_page(ward: Callable[[str], Ward]) -> None:
    here = ward(SHORT_OF_OXYGEN)
    with patch("fhir_pa.provider.wire.Wire._call", side_effect=requests.ConnectionError):
        here.http.post(f"/patients/{SHORT_OF_OXYGEN}/order", data={"service": "oxygen", "guide": "2.2"})
    assert "cannot be reached" in here.course["trouble"] and 'role="alert"' in here.page()
    assert here.does("sign")["orders"][0]["answers"], "and signing again goes on"
