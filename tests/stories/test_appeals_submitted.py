"""An appeal that comes as a submission is put on file as an appeal, answered as pended under the case's number, and never weighed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.elements import concept
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.submission import Submission
from ig_profiles import json
from ig_profiles.names import PAS_TEMP_CODES
from ig_profiles.reading import Json, many
from tests.stories.asking import BORDERLINE, certification, inquire, oxygen, submit, update
from tests.stories.parties import SUPPLIER, Staff, System
from tests.stories.test_subscriptions import heard, subscribed
from tests.stories.test_updates import DENIAL, business_error

URGENT, STANDARD = "1", "2"
BECAUSE = "She desaturates at night; the study is attached."


def on_items(claim: Json, code: str) -> None:
    for item in claim["item"]:
        item["extension"] = [*(each for each in item["extension"] if not each["url"].endswith("certificationType")), certification(code)]


def on_the_claim(claim: Json, code: str) -> None:
    claim["extension"] = [*claim.get("extension", []), certification(code)]


def appeal(asked: Submission, code: str = STANDARD, say: Callable[[Json, str], None] = on_items) -> Json:
    """The request again, as an appeal of what was decided."""
    bundle = update(asked)[1]
    claim = bundle["entry"][0]["resource"]
    say(claim, code)
    claim["supportingInfo"].append({"sequence": 99, "category": concept(PAS_TEMP_CODES, "freeFormMessage"), "valueString": BECAUSE})
    return bundle


@dataclass(frozen=True)
class Denied:
    """A request a physician denied, and the number of its case."""

    asked: Submission
    number: str

    def case(self, staff: Staff) -> Json:
        """The case as the payer's people see it."""
        return dict(json.parse(staff.call("GET", f"/um/authorizations/{self.number}").data))


@pytest.fixture
def denied(clinic: System, physician: Staff) -> Denied:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    number = str(physician.worklist()[0]["number"])
    physician.decide(number, items=[1], **DENIAL)
    return Denied(asked, number)


@pytest.mark.parametrize("say", [on_items, on_the_claim], ids=["on the items", "on the claim"])
def test_an_appeal_is_on_file_and_answered_as_pended_under_the_number_of_the_case(
    clinic: System, denied: Denied, physician: Staff, say: Callable[[Json, str], None]
) -> None:
    answer = read_bundle(clinic.post("Claim/$submit", appeal(denied.asked, say=say)))
    case = denied.case(physician)
    item = answer.item(1)
    assert (item.action, item.number, item.reference) == (PENDED, None, case["reference"])
    assert any("Appeal 1 about item 1 is on file (reconsideration by the plan); it is decided by 2026-12-21T15:00" in note for note in item.notes)
    (filed,) = case["appeals"]
    assert filed["filing"] | {"by": "provider", "name": "Oakwood Clinic", "because": BECAUSE, "expedited": False, "items": [1]} == filed["filing"]


def test_the_decision_stands_until_the_appeal_is_decided_and_whoever_asks_hears_of_both(clinic: System, denied: Denied) -> None:
    identity = subscribed(clinic)
    clinic.post("Claim/$submit", appeal(denied.asked))
    (found,) = inquire(clinic, denied.asked)
    assert found.actions == {1: NOT_CERTIFIED} and any(note.startswith("Appeal 1 about item 1 is on file") for note in found.item(1).notes)
    clinic.plan.tell(identity)
    notice = heard(clinic)[-1]
    assert notice["kind"] == "event-notification" and notice["event_number"] == "1"
    brought = [each for each in many(notice["bundle"], "entry", "resource") if each["resourceType"] == "Bundle"]
    assert [read_bundle(each).actions for each in brought] == ([{1: NOT_CERTIFIED}] if clinic.guide == "2.2" else [])


def test_an_appeal_that_cannot_wait_has_three_days(clinic: System, denied: Denied, physician: Staff) -> None:
    clinic.post("Claim/$submit", appeal(denied.asked, URGENT))
    (filed,) = denied.case(physician)["appeals"]
    assert filed["filing"]["expedited"] is True and filed["due_at"].startswith("2026-11-24")


def test_what_was_not_denied_or_is_appealed_already_or_is_not_on_file_is_a_business_error(clinic: System, denied: Denied, physician: Staff) -> None:
    clinic.post("Claim/$submit", appeal(denied.asked))
    code, said = business_error(clinic, appeal(denied.asked))
    assert code == "33" and "Appeal 1 about item 1 is open" in said and "Wait for its outcome." in said

    certified = oxygen(clinic)
    assert submit(clinic, certified).actions == {1: CERTIFIED}
    code, said = business_error(clinic, appeal(certified))
    assert code == "33" and "only what was denied or reduced can be appealed" in said

    code, said = business_error(clinic, appeal(oxygen(clinic)))
    assert code == "AA" and "The decision this appeals is not on file" in said


def test_nobody_appeals_by_submission_what_another_system_submitted(clinic: System, denied: Denied, physician: Staff) -> None:
    code, _ = business_error(System(clinic.plan, SUPPLIER, clinic.guide), appeal(denied.asked))
    assert code == "AA" and denied.case(physician).get("appeals", []) == []


def test_software_weighs_no_appeal_even_where_it_would_certify_now(clinic: System, denied: Denied, physician: Staff) -> None:
    before = denied.case(physician)["items"][0]["determination"]
    clinic.post("Claim/$submit", appeal(denied.asked))
    assert denied.case(physician)["items"][0]["determination"] == before


def test_the_same_appeal_sent_twice_is_on_file_once(clinic: System, denied: Denied, physician: Staff) -> None:
    body = json.dump(appeal(denied.asked))
    first, second = (clinic.call("POST", "Claim/$submit", body) for _ in range(2))
    assert first.data == second.data and len(denied.case(physician)["appeals"]) == 1
