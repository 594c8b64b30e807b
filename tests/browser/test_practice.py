"""The provider desk in a real browser: by mouse and by keyboard alone, in light and dark, on a narrow screen; no page with a serious fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from fhir_pa.operations.requests.stays import link
from fhir_pa.provider.play.payer_file import CLIENT_ID, COORDINATOR, PULMONOLOGIST
from fhir_pa.um.deciding.determination import EditionReference
from fhir_pa.um.deciding.request import CertificationType
from fhir_pa.web.app import authenticator_for
from questionnaires.criteria import Truth
from tests.browser.test_app_access import violations
from tests.browser.window import Window, Windows, expect
from tests.builders import finding, item, refer
from tests.stories.asking import BORDERLINE, oxygen, scans, submit
from tests.stories.parties import NOW, Lent, Plan, Staff, System, open_plan
from tests.stories.practice_parties import certified, on_file

AT_THE_DESK = Callable[..., Window]
ANSWERED = "the server responded with a status of 4"  # a form that was refused is told on its page
TODAY = NOW.date()
WEEKLY = EditionReference("residential_sud", "2026.1", "0" * 64, 7, review_every=7)
DENIAL: dict[str, Any] = {"items": [1], "decision": "deny", "because": "89 % is above the limit.", "reason_code": "0F", "criteria": ["hypoxemia"]}
DENIAL["phone"] = "555-555-0142"
PAGES = ("", *(f"/lists/{name}" for name in ("waiting", "calls", "stays", "expiring", "units", "appeals", "denied", "requests")), "/look-up", "/measures")


@dataclass
class Served:
    """A payer with something on every list of Oakwood Clinic, and where its desk is; ``talked`` waits for a call, ``denied`` was denied."""

    plan: Plan
    url: str
    talked: str
    denied: str

    def sign_in(self, window: Window) -> Any:
        """Take the coordinator's token to the door; the page behind it."""
        window.page.goto(f"{self.url}/practice")
        window.page.get_by_label("Your token").fill(authenticator_for(self.plan.payer).mint.practice_token(COORDINATOR))
        window.press("Sign in")
        window.page.wait_for_selector("h1:has-text('Oakwood Clinic')")
        return window.page


@contextmanager
def served(folder: Path, lent: Lent) -> Iterator[Served]:
    """The payer, served to a browser."""
    with open_plan(folder, lent) as plan:
        clinic, physician = System(plan, CLIENT_ID, "2.2"), Staff(plan, PULMONOLOGIST)
        denied, talked = (_pended(clinic, physician) for _ in range(2))
        physician.decide(denied, **DENIAL)
        plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, peer_to_peer_hours=72))
        plan.__dict__.pop("application")
        Staff(plan, PULMONOLOGIST).decide(talked, **DENIAL)
        on_file(plan, "PA9", refer(finding(truth=Truth.UNKNOWN)))
        Staff(plan, PULMONOLOGIST).decide("PA9", **{**DENIAL, "reason_code": "0P", "criteria": ["saturation"], "because": "The report did not come."})
        submit(System(plan, CLIENT_ID, "2.2"), scans(clinic))
        _on_every_list(plan)
        server = make_server("127.0.0.1", 0, plan.application, threaded=True)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield Served(plan, f"http://127.0.0.1:{server.server_port}", talked, denied)
        finally:
            server.shutdown()


def _pended(clinic: System, physician: Staff) -> str:
    before = {each["number"] for each in physician.worklist()}
    submit(clinic, oxygen(clinic, BORDERLINE))
    return next(str(each["number"]) for each in physician.worklist() if each["number"] not in before)


def _on_every_list(plan: Plan) -> None:
    def day(away: int) -> Any:
        return TODAY + timedelta(days=away)

    on_file(plan, "PA5", certified(day(-3), day(10), 14, "days", WEEKLY))
    on_file(plan, "PA6", certified(day(-80), day(9), 12, "visits"))
    on_file(plan, "PA7", certified(day(-30), day(-20), 11, "days", WEEKLY))
    more = item(certification_type=CertificationType.EXTENSION, authorization_number="PA7")
    after = on_file(plan, "PA8", certified(day(-16), day(12), 29, "days", WEEKLY), items=(more,))
    with plan.payer.store.transaction() as tx:
        link(after, tx, NOW)


@pytest.fixture
def payer(chromium: Any, serving: ExitStack, lent: Lent, tmp_path: Path) -> Served:
    return serving.enter_context(served(tmp_path, lent))


@pytest.fixture
def seated(windows: Windows, payer: Served) -> AT_THE_DESK:
    """Opens a window in which the coordinator is signed in."""

    def open_(**look: Any) -> Window:
        window = windows(**look)
        window.expect(ANSWERED)
        payer.sign_in(window)
        return window

    return open_


def test_from_the_list_to_a_booked_call(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated()
    page = window.page
    page.get_by_role("link", name="Peer-to-peer calls").first.click()
    page.get_by_role("link", name=f"Book it for {payer.talked}").click()
    page.get_by_label("Day").fill("2026-11-23")
    page.get_by_label("Time (UTC)").fill("15:30")
    page.get_by_label("Treating clinician").fill("Halvard Brisk, MD")
    window.press("Book the call")
    window.says("The call is booked", "23 Nov 2026, 15:30 UTC, Halvard Brisk, MD with Ada Quill, MD")


def test_a_document_is_sent_from_the_request_that_waits(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated()
    page = window.page
    page.get_by_role("link", name="Waiting for you").first.click()
    page.locator("tr", has_text="Ilsabet Crane").get_by_role("link").first.click()
    page.get_by_label("Document").set_input_files({"name": "ct-chest.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 report"})
    window.press("Send it")
    window.says("Sent, and weighed at once", "Document reference: ct-chest.pdf")


def test_an_appeal_and_its_packet_by_keyboard_alone(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated()
    page = window.page
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    window.tab_to("Denied lately")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Denied lately')")
    window.tab_to(payer.denied)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Teodric Amble')")
    window.tab_to("Build the packet for service 1")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Appeal packet')")
    window.tab_to("Begun from what is on file")
    window.tab_to("Open as a page")
    page.keyboard.press("Enter")
    page.wait_for_selector("div.wrong")
    window.says("Fill in or strike out what stands in brackets")
    window.tab_to("Begun from what is on file")
    page.keyboard.press("Control+A")
    page.keyboard.type("To the plan. The stairs test shows 84 percent.")
    window.tab_to("Open as a page")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Appeal: ')")
    window.says("The stairs test shows 84 percent.", at="body")


def test_no_page_has_an_accessibility_fault(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated()
    page = window.page
    cases = (f"/requests/{payer.talked}", f"/requests/{payer.denied}", f"/requests/{payer.denied}/packets/1", "/requests/PA8")
    asked = ("/look-up?member=SYN-01&code=E1390", "/look-up?on=soon", "/lists/everything")
    for path in (*PAGES, *cases, *asked):
        page.goto(f"{payer.url}/practice{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(window) == [], path
    page.goto(f"{payer.url}/practice/requests/{payer.talked}")
    window.press("Book the call")
    window.says("Nothing was done")
    assert violations(window) == []
    window.press("Sign out")
    page.wait_for_selector("h1:has-text('Sign in')")
    assert violations(window) == []


def test_everything_fits_a_narrow_screen(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated(width=320, height=700)
    for path in (*PAGES, f"/requests/{payer.talked}", f"/requests/{payer.denied}", f"/requests/{payer.denied}/packets/1"):
        window.page.goto(f"{payer.url}/practice{path}")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 320, path
