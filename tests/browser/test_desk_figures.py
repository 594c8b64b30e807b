"""The policy desk and the operator's page in a real browser: no accessibility fault in light and dark, narrow screens, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID, PULMONOLOGIST
from tests.browser.desk import Served, served
from tests.browser.test_app_access import violations
from tests.browser.window import Window, Windows, expect
from tests.stories.asking import BORDERLINE
from tests.stories.ehr import Ehr
from tests.stories.parties import OPERATOR, POLICY_OWNER, Lent, Staff, System
from tests.stories.test_subscriptions import subscribed

POLICIES = ("", "/home_oxygen", "/home_oxygen/stories", "/home_oxygen/try", "/home_oxygen/judged?edition=2026.1&criterion=hypoxemia&what=overridden")
SERVER = ("", "/deliveries?state=unheard", "/clocks?hours=72", "/conformance", f"/prefetch?client={CLIENT_ID}&hook=order-sign&template=coverage")
PAGES = [(POLICY_OWNER, f"/desk/policies{each}") for each in POLICIES] + [(OPERATOR, f"/desk/operator{each}") for each in SERVER]
SIGNED_IN = Callable[..., Window]


@pytest.fixture(scope="module")
def payer(chromium: Any, lent: Lent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A payer with something to count: an override, a notice nobody heard, a prefetch that failed, clocks that run."""
    with served(Path(tmp_path_factory.mktemp("payer")), lent) as here:
        clinic = System(here.plan, CLIENT_ID, "2.2")
        subscription, ehr = subscribed(clinic), Ehr(clinic)
        call = ehr.call(BORDERLINE)
        failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
        ehr.ask({**call, "prefetch": {**call["prefetch"], "coverage": failed}})
        Staff(here.plan, PULMONOLOGIST).decide(here.number("Teodric Amble"), items=[1], decision="certify", because="Falls to 84 % on stairs.")
        with here.plan.payer.store.transaction() as tx:
            notice = tx.take(subscription, "story", 10)
            assert notice and tx.failed(notice, "It answered 500.", None)
            tx.look_later()
        yield here


@pytest.fixture
def seated(windows: Windows, payer: Served) -> SIGNED_IN:
    """Opens a window in which somebody is signed in."""

    def open_(person: str, **look: Any) -> Window:
        window = windows(**look)
        payer.enter(window, person)
        return window

    return open_


@pytest.mark.parametrize("person", [POLICY_OWNER, OPERATOR])
def test_no_page_has_an_accessibility_fault(payer: Served, seated: SIGNED_IN, person: str) -> None:
    window = seated(person)
    for path in (path for who, path in PAGES if who == person):
        window.page.goto(f"{payer.url}{path}")
        window.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(window) == [], path


@pytest.mark.parametrize("person", [POLICY_OWNER, OPERATOR])
def test_every_page_fits_a_narrow_screen(payer: Served, seated: SIGNED_IN, person: str) -> None:
    window = seated(person, width=320, height=700)
    for path in (path for who, path in PAGES if who == person):
        window.page.goto(f"{payer.url}{path}")
        window.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_every_number_on_the_operators_page_that_counts_rows_leads_to_them(payer: Served, seated: SIGNED_IN) -> None:
    window = seated(OPERATOR)
    places = window.page.eval_on_selector_all("main a[href^='/desk/operator/']", "links => links.map(each => each.getAttribute('href'))")
    assert any("state=unheard" in each for each in places) and any("/work/" in each for each in places) and any("/prefetch?" in each for each in places)
    for place in dict.fromkeys(places):
        window.page.goto(f"{payer.url}{place}")
        expect(window.page.locator("h1")).to_have_count(1)
        assert "That did not work" not in window.text(), place


def test_a_patient_is_tried_by_keyboard_alone(payer: Served, seated: SIGNED_IN) -> None:
    window = seated(POLICY_OWNER)
    page = window.page
    page.goto(f"{payer.url}/desk/policies/home_oxygen")
    page.get_by_role("link", name="Try a patient").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Try a patient')")
    window.tab_into("#patient")
    page.keyboard.press("ArrowDown")
    window.tab_to("Try")
    page.keyboard.press("Enter")
    page.wait_for_selector(".findings")
    expect(page.locator("main")).to_contain_text(re.compile("would (certify|refer)"))
