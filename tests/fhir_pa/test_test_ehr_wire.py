"""The wire as the test EHR draws it: which step an exchange is, in which order, as which arrow, and how its JSON is written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from threading import Thread
from xml.etree import ElementTree

import pytest

from fhir_pa.provider.test_ehr.chapters import UNKNOWN, chapter_of
from fhir_pa.provider.test_ehr.journal import APP, BROWSER, EHR, PAYER, Exchange, Journal
from fhir_pa.provider.test_ehr.sequence import LANES, picture, rows
from fhir_pa.provider.test_ehr.shown_json import shown
from fhir_pa.provider.wire import Call

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAYER_BASE, EHR_BASE = "http://payer.example/v2.2", "http://ehr.example"


def call(method: str, url: str, body: bytes = b"", status: int = 200, after: int = 0) -> Call:
    return Call(method, url, (), body, status, (), b"", NOON + timedelta(milliseconds=after), 5.0)


def exchange(caller: str, called: str, method: str, url: str, body: bytes = b"", **more: int) -> Exchange:
    return Exchange(1, caller, called, call(method, url, body, **more))


@pytest.mark.parametrize(
    ("told", "guide", "word"),
    [
        (exchange(EHR, PAYER, "GET", f"{PAYER_BASE}/cds-services"), "CRD", "services"),
        (exchange(EHR, PAYER, "POST", f"{PAYER_BASE}/cds-services/order-sign-crd"), "CRD", "order-sign"),
        (exchange(EHR, PAYER, "POST", f"{PAYER_BASE}/cds-services/order-sign-crd/feedback"), "CRD", "feedback"),
        (exchange(PAYER, EHR, "GET", f"{EHR_BASE}/fhir/Condition?patient=orla"), "CRD", "reads chart"),
        (exchange(APP, EHR, "GET", f"{EHR_BASE}/fhir/Condition?patient=orla"), "DTR", "reads chart"),
        (exchange(APP, EHR, "PUT", f"{EHR_BASE}/fhir/QuestionnaireResponse/1"), "DTR", "saves form"),
        (exchange(APP, EHR, "PUT", f"{EHR_BASE}/fhir/DeviceRequest/1"), "DTR", "updates order"),
        (exchange(BROWSER, EHR, "GET", f"{EHR_BASE}/oauth/authorize?client_id=x"), "DTR", "sign-in"),
        (exchange(APP, PAYER, "POST", f"{PAYER_BASE}/fhir/Questionnaire/$questionnaire-package"), "DTR", "fetches form"),
        (exchange(APP, PAYER, "POST", f"{PAYER_BASE}/fhir/Claim/$submit", b'{"profile-claim"}'), "PAS", "submits"),
        (exchange(EHR, PAYER, "POST", f"{PAYER_BASE}/fhir/Claim/$submit", b'"profile-claim-update"'), "PAS", "updates"),
        (exchange(EHR, PAYER, "POST", f"{PAYER_BASE}/fhir/Claim/$submit", b'profile-claim-update 005010/1322","code":"3"'), "PAS", "cancels"),
        (exchange(EHR, PAYER, "POST", f"{PAYER_BASE}/fhir/Claim/$submit", b"modifierextension-infoCancelled"), "PAS", "cancels item"),
        (exchange(EHR, PAYER, "POST", f"{PAYER_BASE}/fhir/Claim/$inquire"), "PAS", "inquires"),
        (exchange(PAYER, EHR, "POST", f"{EHR_BASE}/notifications/oakwood-2.2", b'"handshake"'), "PAS", "handshake"),
        (exchange(PAYER, EHR, "POST", f"{EHR_BASE}/notifications/oakwood-2.2", b'"event-notification"'), "PAS", "notice"),
    ],
)
def test_an_exchange_is_known_as_the_step_of_its_guide(told: Exchange, guide: str, word: str) -> None:
    chapter = chapter_of(told)
    assert (chapter.guide, chapter.word) == (guide, word)
    assert chapter.gist and chapter.sentence.endswith((".", "?")) and chapter.page.startswith("https://")


def test_what_is_no_step_of_a_guide_says_so() -> None:
    assert chapter_of(exchange(EHR, PAYER, "GET", "http://payer.example/health")) == UNKNOWN


def test_a_call_stands_before_those_it_led_to_and_like_calls_are_one_arrow() -> None:
    journal = Journal()
    for number in range(3):
        journal.keep(PAYER, EHR, call("GET", f"{EHR_BASE}/fhir/Condition/{number}", after=10 + number))
    journal.keep(EHR, PAYER, call("POST", f"{PAYER_BASE}/cds-services/order-sign-crd", after=0))
    told = rows(journal.after(0))
    assert [(row.chapter.word, len(row.exchanges), row.took_ms) for row in told] == [("order-sign", 1, 5.0), ("reads chart", 3, 15.0)]
    assert told[1].between == "Payer to EHR"


def test_the_picture_reaches_from_lane_to_lane_and_marks_what_failed() -> None:
    calls = [
        exchange(EHR, PAYER, "POST", f"{PAYER_BASE}/cds-services/order-sign-crd"),
        exchange(PAYER, EHR, "POST", f"{EHR_BASE}/notifications/oakwood-2.2", status=401, after=1),
    ]
    drawn = ElementTree.fromstring(str(picture(rows(calls))))
    arrows = [each for each in drawn.iter() if "marker-end" in each.attrib]
    at = {name: f"{place}%" for name, (_, place) in LANES.items()}
    assert [(each.get("x1"), each.get("x2"), each.get("stroke-dasharray")) for each in arrows] == [(at[EHR], at[PAYER], None), (at[PAYER], at[EHR], "4 3")]
    words = "".join(drawn.itertext())
    assert "CRD order-sign · 200 · 5 ms" in words and "PAS notice · 401 · 5 ms" in words and "Forms app" in words


@pytest.mark.parametrize(("method", "status", "wrong"), [("GET", 404, False), ("GET", 403, False), ("GET", 400, True), ("POST", 403, True), ("GET", 500, True)])
def test_not_to_find_something_is_no_fault(method: str, status: int, wrong: bool) -> None:
    (row,) = rows([exchange(PAYER, EHR, method, f"{EHR_BASE}/fhir/Medication?patient=orla", status=status)])
    assert row.failed is wrong


def test_the_bell_wakes_who_waits() -> None:
    journal, heard = Journal(), []
    waiting = Thread(target=lambda: heard.append(journal.wait(0, 30)))
    waiting.start()
    journal.keep(EHR, PAYER, call("GET", PAYER_BASE))
    waiting.join(30)
    assert heard == [1] and journal.wait(1, 0.01) == 1, "nothing new: the time is over"


def text_of(html: str) -> str:
    """What is written there, without marks and spaces."""
    plain = re.sub(r"<summary>.*?</summary>", "", html)
    return unescape(re.sub(r"<[^>]+>|\s", "", plain))


def test_json_is_shown_whole_with_the_digits_it_came_with() -> None:
    measured = {"resourceType": "Observation", "id": "o", "valueQuantity": {"value": Decimal("86.10")}, "note": [{"text": "At rest, breathing room air."}]}
    value = {"resourceType": "Bundle", "entry": [{"resource": measured}] * 9}
    html = str(shown(value))
    assert html.count("<i>86.10</i>") == 9 and html.count("Observation/o …") == 9
    assert text_of(html).count('"id":"o"') == 9


def test_json_never_becomes_markup() -> None:
    html = str(shown({"note": "<script>alert(1)</script>", "<b>": 1, "list": ["<img>"] * 80}))
    assert "<script" not in html and "<img" not in html and "&lt;script&gt;" in html
    assert text_of(html).startswith('{"note":"<script>alert(1)</script>","<b>":1,')
