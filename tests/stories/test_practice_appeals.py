"""An appeal is filed from the practice's desk, and its packet begins with what is on file: decision, proof, criteria, what is missing (F74, F105)."""

from __future__ import annotations

import re

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID
from tests.stories.asking import oxygen, submit
from tests.stories.desk_parties import words
from tests.stories.parties import Plan, Staff, System
from tests.stories.practice_parties import AtPractice

LETTER = "To the plan.\n\nThe stairs test shows 84 percent <b>now</b>.\n\nDella Linnet"


@pytest.fixture
def number(denied: str) -> str:
    return denied


def test_an_appeal_is_filed_with_its_reason_and_shows_when_it_is_due(number: str, linnet: AtPractice, physician: Staff) -> None:
    linnet.act(number, "appeals", items="1", because="The stairs test shows 84 percent.", expedited="yes")
    told = words(linnet.page(f"/practice/requests/{number}"))
    assert "Reconsideration by the plan, filed , due 24 Nov 2026" in told and "Nobody hears it yet." in told and "File an appeal" not in told
    (filed,) = linnet.data(f"/practice/requests/{number}.json")["appeals"]
    assert filed["filing"]["by"] == "provider" and filed["filing"]["name"] == "Della Linnet, RN, Oakwood Clinic" and filed["filing"]["expedited"]
    assert "may_not_hear_it" not in filed
    assert "Open: reconsideration by the plan" in words(linnet.page("/practice/lists/appeals"))
    assert [each["waits_for"] for each in physician.worklist()] == ["appeal"]


def test_an_appeal_without_a_reason_or_too_late_is_refused_with_what_is_needed(plan: Plan, number: str, linnet: AtPractice) -> None:
    assert "Say why the plan should decide otherwise." in words(linnet.act(number, "appeals", items="1", status=422).text)
    plan.clock.turn(days=70)
    linnet.sign_in()
    late = linnet.act(number, "appeals", items="1", because="It is needed.", status=422)
    assert "say which (good_cause)" in words(late.text)
    linnet.act(number, "appeals", items="1", because="It is needed.", good_cause="The notice came back from the post.")


def test_the_packet_holds_the_proof_the_criteria_and_a_letter_to_begin_with(plan: Plan, number: str, linnet: AtPractice) -> None:
    told = linnet.data(f"/practice/requests/{number}/packets/1.json")
    with plan.payer.store.reading() as tx:
        link = tx.links(number)[-1]
    proof = told["proof"]
    assert proof["link"] == link.sha256 and proof["by"] == "Ada Quill, MD, licence OH MD-0142" and proof["policy"] == "Home oxygen, edition 2026.1"
    assert [(each["title"][:30], each["truth"]) for each in told["criteria"] if each["rested_on"]] == [("Too little oxygen in the blood", "unknown")]
    assert "Does the patient have dependent edema that suggests heart failure?" in told["missing"]
    assert told["documents"] and "“89 % is above the limit.”" in told["draft"] and "[Say what the record shows, and where.]" in told["draft"]
    page = words(linnet.page(f"/practice/requests/{number}/packets/1"))
    assert "The decision and its proof" in page and link.sha256 in page and "to be asked for by" in page


def test_a_letter_with_places_left_open_is_not_printed_and_what_was_typed_stays(number: str, linnet: AtPractice) -> None:
    draft = linnet.data(f"/practice/requests/{number}/packets/1.json")["draft"]
    refused = linnet.post(f"/practice/requests/{number}/packets/1.pdf", words=f"Mine. {draft}", status=422)
    assert "Fill in or strike out what stands in brackets" in words(refused.text) and "Mine. To Larkfield" in words(refused.text)
    assert "The letter is empty" in words(linnet.post(f"/practice/requests/{number}/packets/1.html", words=" ", status=422).text)


def test_the_packet_is_printed_with_the_practices_letter_first(number: str, linnet: AtPractice) -> None:
    page = linnet.post(f"/practice/requests/{number}/packets/1.html", words=LETTER, status=200)
    told = words(page.text)
    assert told.index("The stairs test shows 84 percent <b>now</b>.") < told.index("The decision and its proof") < told.index("Criteria")
    assert "&lt;b&gt;now" in page.text and re.search(r"style-src 'sha256-", page.headers["Content-Security-Policy"])
    pdf = linnet.post(f"/practice/requests/{number}/packets/1.pdf", words=LETTER, status=200)
    assert pdf.data.startswith(b"%PDF-") and f'attachment; filename="appeal-{number}-1.pdf"' in pdf.headers["Content-Disposition"]


def test_there_is_no_packet_where_nothing_was_denied(plan: Plan, linnet: AtPractice) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic))
    number = linnet.numbers("on-file")[0]
    assert "there is nothing to appeal" in words(linnet.page(f"/practice/requests/{number}/packets/1", 404))
