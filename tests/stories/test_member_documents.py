"""A member sends a document from the member page: it is on file with who sent it, a person looks, and software weighs nothing of it (F79)."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from fhir_pa.auth.representative import Representative
from fhir_pa.operations.proofs.prove import prove
from fhir_pa.provider.play.payer_file import CLIENT_ID, PULMONOLOGIST
from tests.stories.asking import BORDERLINE, DENIAL, oxygen, submit
from tests.stories.desk_parties import AtDesk, hidden, words
from tests.stories.member_parties import AtMemberPage, changed, member_called, waiting
from tests.stories.parties import Plan, Staff, System
from tests.stories.practice_parties import AtPractice

TEODRIC, ORLA = "Teodric Amble", "Orla Penhallow"
REPORT = b"My doctor measured 84 % on the stairs."
PDF, JPEG = b"%PDF-1.4 a report", b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def number(plan: Plan) -> str:
    """Teodric's request, which waits for a report."""
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    return waiting(plan)


@pytest.fixture
def teodric(plan: Plan, number: str) -> AtMemberPage:
    return AtMemberPage.member(plan, TEODRIC).sign_in()


def send(me: AtMemberPage, number: str, *files: tuple[str, bytes], status: int = 303, csrf: str = "") -> TestResponse:
    """Fill in the form of the request's page."""
    token = csrf or hidden(me.page(f"/member/requests/{number}"), "csrf")
    data: dict[str, Any] = {"csrf": token, "file": [(BytesIO(body), name) for name, body in files]}
    answer = me.http.post(f"/member/requests/{number}/documents", data=data, content_type="multipart/form-data")
    assert answer.status_code == status, f"{answer.status_code}: {words(answer.text)}"
    return answer


def kept(plan: Plan, number: str) -> Any:
    with plan.payer.store.reading() as tx:
        return tx.authorization(number)


def test_what_a_member_sends_is_on_file_with_who_sent_it_and_nothing_is_decided_by_it(plan: Plan, teodric: AtMemberPage, number: str) -> None:
    before = kept(plan, number)
    answer = send(teodric, number, ("stairs.txt", REPORT), ("report.pdf", PDF), ("photo.jpg", JPEG))
    assert "We have what you sent. A person looks at it." in teodric.told(answer.headers["Location"].partition("#")[0])
    after = kept(plan, number)
    assert after.items == before.items and after.clock == before.clock and len(after.received) == len(before.received) + 1
    event = after.trail[-1]
    assert (event.what, event.because, event.items) == ("member sent a document", "3 attached, sent by the member.", (1,))
    assert event.by and teodric.number not in event.by, "the trail names nobody's number"
    (awaited, _) = teodric.data(f"/member/requests/{number}.json")["awaited"]
    assert awaited["what"] == "records", "what the practice was asked for is still awaited"
    assert prove(number, plan.payer).holds


def test_the_reviewer_and_the_member_open_it_and_the_practice_does_not(plan: Plan, teodric: AtMemberPage, number: str, linnet: AtPractice) -> None:
    send(teodric, number, ("stairs.txt", REPORT))
    desk = AtDesk(plan, PULMONOLOGIST)
    desk.sign_in()
    (paper,) = [each for each in desk.data(f"/desk/cases/{number}.json")["documents"] if "stairs.txt" in each["title"]]
    page = words(desk.page(f"/desk/cases/{number}/evidence/{paper['sha256']}"))
    assert "84 % on the stairs" in page and TEODRIC in page
    assert "Member sent a document" in words(desk.page(f"/desk/cases/{number}"))
    assert "stairs.txt" in teodric.told(f"/member/requests/{number}/file")
    theirs = linnet.page(f"/practice/requests/{number}")
    assert "stairs.txt" not in theirs and "from the member" not in theirs and TEODRIC in theirs


@pytest.mark.parametrize(
    "files",
    [(), (("empty.pdf", b""),), (("run.exe", b"MZ\x90\x00\x03"),), tuple((f"{n}.txt", REPORT) for n in range(6))],
    ids=["nothing", "empty", "no document", "too many"],
)
def test_what_nobody_could_open_is_refused_and_nothing_is_kept(plan: Plan, teodric: AtMemberPage, number: str, files: tuple[tuple[str, bytes], ...]) -> None:
    refused = words(send(teodric, number, *files, status=422).text)
    assert "Nothing was sent. Choose at most 5 documents" in refused
    assert kept(plan, number).trail[-1].what != "member sent a document"


def test_another_sites_form_and_another_members_request_are_refused(plan: Plan, teodric: AtMemberPage, number: str) -> None:
    send(teodric, number, ("stairs.txt", REPORT), status=403, csrf="x")
    orla = AtMemberPage.member(plan, ORLA).sign_in()
    send(orla, number, ("stairs.txt", REPORT), status=404, csrf=_token(orla))
    assert kept(plan, number).trail[-1].what != "member sent a document"


def _token(me: AtMemberPage) -> str:
    return hidden(me.page("/member"), "csrf")


def test_a_decided_request_takes_none_and_one_under_appeal_does(plan: Plan, teodric: AtMemberPage, number: str, physician: Staff) -> None:
    token = _token(teodric)
    physician.decide(number, **DENIAL)
    assert "Send us a document" not in teodric.told(f"/member/requests/{number}")
    send(teodric, number, ("stairs.txt", REPORT), status=409, csrf=token)
    teodric.appeal(number, items="1", because="The stairs test shows 84 percent.")
    send(teodric, number, ("stairs.txt", REPORT))
    assert kept(plan, number).trail[-1].items == (1,)


def test_whoever_acts_for_the_member_is_named_as_such(plan: Plan, number: str) -> None:
    daughter = Representative("REP-7", "Maren Amble", date(1984, 2, 9), member_called(plan, TEODRIC).id, "power of attorney of 2025-03-01")
    changed(plan, representatives=(daughter,))
    me = AtMemberPage(plan, daughter.id, daughter.birth_date).sign_in()
    send(me, number, ("stairs.txt", REPORT))
    assert kept(plan, number).trail[-1].because == "1 attached, sent by who acts for the member."


def test_the_form_speaks_spanish(teodric: AtMemberPage, number: str) -> None:
    assert "Envíenos un documento" in teodric.told(f"/member/requests/{number}?lang=es")
