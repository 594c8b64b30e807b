"""A practice asks whether a valid authorization is on file; "none on file" is an answer, the same whoever else has one (F11, F66)."""

from __future__ import annotations

from fhir_pa.provider.play.payer_file import CLIENT_ID, SUPPLIERS_COORDINATOR
from tests.builders import refer
from tests.stories.asking import BORDERLINE, SHORT_OF_OXYGEN, oxygen, submit
from tests.stories.desk_parties import words
from tests.stories.parties import Plan, System
from tests.stories.practice_parties import AtPractice, on_file
from tests.stories.test_status import CODE, member


def test_a_valid_authorization_is_told_with_its_number_days_and_units_and_leads_to_its_page(plan: Plan, linnet: AtPractice) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic))
    page = linnet.page(f"/practice/look-up?member={member(plan, SHORT_OF_OXYGEN)}&code={CODE}")
    number = linnet.numbers("on-file")[0]
    assert "Approved It is approved until 18 Feb 2027." in words(page) and f'href="/practice/requests/{number}"' in page and "Left 1 unit" in words(page)
    assert "Expired" in words(linnet.page(f"/practice/look-up?member={member(plan, SHORT_OF_OXYGEN)}&code={CODE}&on=2029-01-01"))


def test_none_on_file_is_said_in_so_many_words(plan: Plan, linnet: AtPractice) -> None:
    page = words(linnet.page(f"/practice/look-up?member={member(plan, BORDERLINE)}&code={CODE}&on=2026-11-25&provider=9000100023"))
    assert "None on file" in page and "submit a request before the service" in page and "performed by 9000100023" in page
    assert linnet.data(f"/practice/look-up.json?member={member(plan, BORDERLINE)}&code={CODE}")["found"]["standing"] == "none on file"


def test_the_answer_is_the_same_whether_another_practice_has_one_or_nobody_has(plan: Plan) -> None:
    bracken = AtPractice(plan, SUPPLIERS_COORDINATOR)
    bracken.sign_in()
    before = bracken.page("/practice/look-up?member=SYN-01&code=E1390")
    on_file(plan, "PA1", refer())
    assert bracken.page("/practice/look-up?member=SYN-01&code=E1390") == before


def test_nothing_asked_is_an_empty_form_and_what_cannot_be_read_is_told_beside_its_field(linnet: AtPractice) -> None:
    assert "None on file" not in words(linnet.page("/practice/look-up"))
    page = linnet.page("/practice/look-up?on=soon", 422)
    assert "'soon' is no day" in words(page) and 'id="on-wrong"' in page and "Say which member" in words(page) and "Not looked up" in page
    assert linnet.http.get("/practice/look-up.json?on=soon").status_code == 422
