"""The whole way in a real browser: order, card, form, request, worklist, decision, letter, notice, the member's page and the practice's.

A patient for each generation of the guides, and both sides of the wire; every page is looked at by axe-core,
and a picture of each is kept (``--screenshots``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from fhir_pa.provider.play.payer_file import COORDINATOR, NURSE, PULMONOLOGIST
from tests.browser.both_sides import BothSides
from tests.browser.test_app_access import violations
from tests.browser.window import PATIENCE, READY, Window, Windows, expect

REASON = "Your oxygen was 89 percent. The rule asks for 88 or less."
REFUSED = "the server responded with a status of 4"  # what a role may not do is refused, and told on its page


@dataclass
class Tour:
    """Somebody who goes the whole way in windows of one look, and keeps a picture of each page."""

    both: BothSides
    windows: Windows
    keep: Callable[[Any, str], None]
    look: dict[str, Any]
    patient: str
    name: str
    seen: int = 0

    @property
    def called(self) -> str:
        """The patient's name."""
        return " ".join(each.capitalize() for each in self.patient.split("-"))

    def window(self) -> Window:
        opened = self.windows(**self.look)
        opened.expect(REFUSED)
        return opened

    def looks(self, window: Window, at: str) -> None:
        """A picture of the page, which has no accessibility fault."""
        self.seen += 1
        self.keep(window.page, f"{self.name}-{self.seen:02}-{at}")
        assert violations(window) == [], at

    def at_the_desk(self, person: str, door: str = "/desk") -> Window:
        """Signed in as this person, by a click: the payer takes the word of everybody on its machine."""
        window = self.window()
        window.page.goto(f"{self.both.payer}{door}")
        window.page.locator(f"button[value={person}]").click()
        window.page.wait_for_selector("h1:not(:has-text('Sign in'))")
        return window


@pytest.mark.parametrize(
    ("guide", "patient", "look"),
    [("2.2", "jorun-tallis", {"scheme": "light", "width": 1440}), ("2.0.1", "teodric-amble", {"scheme": "dark", "width": 390, "height": 844})],
    ids=["2.2-desktop-light", "2.0.1-phone-dark"],
)
def test_from_the_order_to_what_the_member_reads(
    both: BothSides, windows: Windows, pictures: Callable[[Any, str], None], guide: str, patient: str, look: dict[str, Any]
) -> None:
    tour = Tour(both, windows, pictures, look, patient, f"journey-{guide}")
    ehr = _ordered(tour, guide)
    _documented_and_sent(tour, ehr)
    case = _refused_to_a_nurse(tour)
    _denied_by_a_physician(tour, case)
    _heard_at_the_ehr(tour, ehr, guide)
    _read_by_the_member(tour)
    _on_file_at_the_practice(tour)
    _counted_at_the_ehr(tour)


def _ordered(tour: Tour, guide: str) -> Window:
    """The EHR asks the payer at signing; a card is not followed, and the payer is told why."""
    ehr = tour.window()
    ehr.page.goto(f"{tour.both.ehr}/")
    tour.looks(ehr, "front-page")
    ehr.page.get_by_role("link", name=tour.called).click()
    ehr.page.wait_for_selector("#order")
    if ehr.page.locator("#order-again").count():
        ehr.page.locator("#order-again > summary").click()
    ehr.page.locator(f"[name=guide][value='{guide}']").check()
    ehr.press("Sign the order")
    ehr.says(f"generation {guide}", at="#order")
    ehr.says("authorization needed", at="#answer:focus-within")
    ehr.page.get_by_text("Not this time").first.click()
    ehr.page.get_by_label("Why", exact=True).select_option(label="Will be ordered later")
    ehr.press("Tell the payer")
    ehr.says("Not followed: Will be ordered later.", at="#answer")
    tour.looks(ehr, "answered-with-cards")
    return ehr


def _documented_and_sent(tour: Tour, ehr: Window) -> None:
    """The forms app fills the payer's form from the chart, the clinician answers the rest, and the request is pended."""
    with ehr.page.context.expect_page() as opening:
        ehr.press("Open the form")
    form = tour.windows.of(opening.value)
    form.page.wait_for_selector(READY)
    expect(form.question("Lowest oxygen saturation")).to_contain_text("89 %", use_inner_text=True)
    for words in ("dependent edema", "pulmonary hypertension"):
        form.pick(words, "No")
    tour.looks(form, "form-filled-from-the-chart")
    form.press("Review")
    form.page.wait_for_selector(".review")
    form.press("Finish and send")
    form.page.wait_for_selector(".decision")
    tour.looks(form, "form-sent")
    form.close()
    ehr.says("Pended", "The payer asks for more", at="#decision")
    tour.looks(ehr, "pended")


def _counted_at_the_ehr(tour: Tour) -> None:
    """What the forms app counted stands on a page of figures, and nothing of a patient with it."""
    ehr = tour.window()
    ehr.page.goto(f"{tour.both.ehr}/")
    ehr.page.get_by_role("link", name="How the forms did").click()
    expect(ehr.page.locator("tbody tr", has_text="home-oxygen|2026.1").first).to_contain_text("after signing")
    ehr.says("forms finished", "seconds for a form")
    assert tour.patient not in ehr.page.content() and tour.called not in ehr.page.content()
    tour.looks(ehr, "figures")


def _refused_to_a_nurse(tour: Tour) -> str:
    """A nurse sees the case and is not offered what only a physician may; asked for all the same, it is refused. The case's address."""
    desk = tour.at_the_desk(NURSE)
    tour.looks(desk, "worklist")
    row = desk.page.locator("tr", has_text=tour.called).first
    row.get_by_role("link").first.click()
    desk.says("only a licensed physician may deny or reduce")
    assert not desk.page.get_by_label("Deny").count()
    case = desk.page.url
    number = case.rstrip("/").rpartition("/")[2].partition("?")[0]
    decision = {"items": [1], "decision": "deny", "because": REASON, "reason_code": "0F", "criteria": ["hypoxemia"], "phone": "555-555-0143"}

    def deny(token: str) -> int:
        where = f"{tour.both.payer}/um/authorizations/{number}/decisions"
        return requests.post(where, json=decision, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE).status_code

    assert deny(tour.both.desk.token(NURSE)) == 403, "a nurse may not deny"
    assert deny(tour.both.desk.token(COORDINATOR)) in (401, 403), "a practice may not decide at all"
    return case


def _denied_by_a_physician(tour: Tour, case: str) -> None:
    """Read before signing, as the practice and the member will; then signed, and the letter is there."""
    desk = tour.at_the_desk(PULMONOLOGIST)
    desk.page.goto(case)
    desk.page.get_by_label("Deny").check()
    desk.page.get_by_label("Reason, in plain words").fill(REASON)
    desk.page.get_by_label("Too little oxygen in the blood").check()
    desk.page.get_by_label("Reason code").select_option("0F")
    tour.looks(desk, "case")
    desk.press("Read it before signing")
    desk.page.wait_for_selector("h1:has-text('Read before you sign')")
    if "This is not a denial yet" in desk.text():
        _talked_first(desk)
        desk.press("Read it before signing")
    desk.says("You can appeal")
    tour.looks(desk, "read-before-signing")
    desk.press("Sign as Ada Quill, MD")
    desk.says("The decision is signed")
    desk.page.get_by_role("link", name="To the member", exact=True).click()
    desk.page.wait_for_url("**/letters/member.html*")
    desk.says(REASON.partition(". ")[2], at="body")
    tour.looks(desk, "letter")


def _talked_first(desk: Window) -> None:
    """The plan offers a conversation before a denial; the practice has no time for it."""
    desk.press("Offer the conversation as Ada Quill, MD")
    desk.page.get_by_label("What became of it?").select_option("declined")
    desk.page.get_by_label("What was said").fill("The practice has no time this week.")
    desk.press("Put it on record")
    expect(desk.page.get_by_label("Deny")).to_be_visible()


def _heard_at_the_ehr(tour: Tour, ehr: Window, guide: str) -> None:
    """The notice arrived by itself, with the reason and whom to call; every exchange can be read, and no token."""
    ehr.says("Not certified", REASON, "Notice", at="#decision")
    followed = guide == "2.0.1"  # an id-only notice is followed by an inquiry
    ehr.says("notice", *(["inquires"] if followed else []), at="#rows")
    assert followed or "inquires" not in ehr.text("#rows")
    arrow = ehr.page.locator("#rows > li", has_text="notice").last
    arrow.locator("summary").first.click()
    if arrow.locator(".one").count():
        arrow.locator(".one > summary").last.click()
    expect(ehr.page.locator("#rows .exchange").first).to_contain_text("event-notification")
    assert "eyJ" not in ehr.page.inner_html("#rows")
    tour.looks(ehr, "notice")


def _read_by_the_member(tour: Tour) -> None:
    """The member signs in with number, birthday and a one-time code, and reads the decision and the way to appeal."""
    chart = tour.both.charts.by_patient[tour.patient]
    number = str(chart.coverage["subscriberId"])
    member = tour.window()
    page = member.page
    page.goto(f"{tour.both.payer}/member")
    page.get_by_label("Member number").fill(number)
    page.get_by_label("Your birthday").fill(str(chart.patient["birthDate"]))
    page.get_by_label("One-time code").fill(tour.both.code_of(number))
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_selector("main a[href*='/member/requests/']")
    tour.looks(member, "member-requests")
    page.locator("main a[href*='/member/requests/']").first.click()
    member.says(REASON.partition(".")[0])
    expect(member.page.locator("main")).to_contain_text("appeal", ignore_case=True)
    tour.looks(member, "member-decision")


def _on_file_at_the_practice(tour: Tour) -> None:
    """The practice's own desk has it on file."""
    desk = tour.at_the_desk(COORDINATOR, "/practice")
    desk.says("Oakwood Clinic", at="body")
    tour.looks(desk, "practice-desk")
