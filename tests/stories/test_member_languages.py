"""A member reads pages and letters in Spanish or English; what nobody translated is marked as English, and the page says so."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.um.telling.letter import PLAIN
from fhir_pa.um.telling.readability import perspicuity
from ig_profiles import json
from questionnaires.library import Shelf
from tests.stories.asking import BORDERLINE, DENIAL, oxygen, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.member_parties import AtMemberPage, waiting, with_member
from tests.stories.parties import Plan, Staff, System

TEODRIC = "Teodric Amble"


@pytest.fixture
def number(plan: Plan) -> str:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    return waiting(plan)


def language_of(page: str) -> str:
    found = re.search(r'<html lang="(\w+)">', page)
    assert found
    return found.group(1)


def test_what_was_just_chosen_wins_and_is_remembered_for_the_pages_that_follow(plan: Plan) -> None:
    person = AtMemberPage.member(plan, TEODRIC, accepts="en-US,en;q=0.9")
    assert language_of(person.page("/member/sign-in")) == "en"
    spanish = person.page("/member/sign-in?lang=es")
    assert language_of(spanish) == "es" and "Vea sus solicitudes" in spanish and 'lang="en" hreflang="en"' in spanish
    assert language_of(person.sign_in().page()) == "es"
    cookie = person.http.get_cookie("fhir_pa_language")
    assert cookie and cookie.value == "es" and cookie.path == "/"
    assert language_of(person.page("/member?lang=en")) == "en" == language_of(person.page())


@pytest.mark.parametrize(
    ("accepts", "on_file", "reads"),
    [("es-MX,es;q=0.9,en;q=0.5", "", "es"), ("en-US", "es", "es"), ("es", "en", "en"), ("tlh, fr;q=0.7", "", "en"), ("", "", "en")],
)
def test_else_the_language_on_file_counts_and_then_what_the_browser_asks_for(plan: Plan, accepts: str, on_file: str, reads: str) -> None:
    with_member(plan, TEODRIC, language=on_file)
    answer = AtMemberPage.member(plan, TEODRIC, accepts=accepts).sign_in().http.get("/member")
    assert language_of(answer.text) == reads == answer.headers["Content-Language"]
    assert {"Cookie", "Accept-Language"} <= set(answer.vary.as_set(preserve_casing=True)) and answer.headers["Cache-Control"] == "no-store"


def test_a_language_nobody_speaks_is_passed_over(plan: Plan) -> None:
    answer = AtMemberPage.member(plan, TEODRIC).http.get("/member/sign-in?lang=../../etc/passwd")
    assert answer.status_code == 200 and language_of(answer.text) == "en" and "fhir_pa_language" not in str(answer.headers)


def test_a_request_is_told_in_spanish_with_what_its_policy_says(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    person = AtMemberPage.member(plan, TEODRIC).sign_in()
    told = words(person.page(f"/member/requests/{number}?lang=es"))
    assert "Oxígeno en casa" in told and "No aprobado" in told and "Pídala a más tardar el 25 de enero de 2027." in told
    assert "No se sabe Muy poco oxígeno en la sangre en reposo, al dormir o con esfuerzo" in told
    assert "La respuesta llega en 30 días." in told and "llega en 72 horas." in told


def test_what_a_person_wrote_in_english_is_marked_and_the_page_says_so(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    person = AtMemberPage.member(plan, TEODRIC).sign_in()
    spanish, english = (person.page(f"/member/requests/{number}?lang={language}") for language in ("es", "en"))
    assert '<span lang="en">89 % is above the limit.</span>' in spanish and "Algunas palabras están en inglés" in spanish
    assert '<span lang="en">' not in english and "Some words are in English" not in english


def test_the_twin_tells_each_text_with_its_language(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    twin = AtMemberPage.member(plan, TEODRIC).sign_in().data(f"/member/requests/{number}.json?lang=es")
    (service,) = twin["services"]
    assert service["title"] == {"text": "Oxígeno en casa", "language": "es"} and service["because"]["language"] == "en"
    assert service["stands"] == "not approved", "what programs read stays one word in every language"


def test_a_member_whose_language_is_spanish_gets_the_letter_in_spanish(plan: Plan, number: str, physician: Staff) -> None:
    with_member(plan, TEODRIC, language="es")
    physician.decide(number, **DENIAL)
    page = Staff(plan, physician.person).call("GET", f"/um/authorizations/{number}/letters/member.html").text
    assert language_of(page) == "es" and "No aprobamos lo que pidió su médico" in page and "25 de enero de 2027" in page
    assert "Oxígeno en casa" in page and '<span lang="en">89 % is above the limit.</span>' in page and "Algunas palabras de arriba están en inglés" in page
    practice = Staff(plan, physician.person).call("GET", f"/um/authorizations/{number}/letters/provider.html").text
    assert language_of(practice) == "en" and "Home oxygen" in practice


def test_on_the_page_the_letter_is_had_in_the_language_one_reads(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    person = AtMemberPage.member(plan, TEODRIC).sign_in()
    assert language_of(person.http.get(f"/member/requests/{number}/letter.html?lang=es").text) == "es"
    assert language_of(person.http.get(f"/member/requests/{number}/letter.html?lang=en").text) == "en"
    paper = person.http.get(f"/member/requests/{number}/letter.pdf?lang=es")
    if paper.status_code == 503:
        pytest.skip("Pango is not installed here.")
    assert paper.data.startswith(b"%PDF-")


def test_the_reviewer_sees_before_signing_what_the_member_will_read(plan: Plan, number: str, physician: Staff) -> None:
    with_member(plan, TEODRIC, language="es")
    quill = AtDesk(plan, physician.person)
    quill.sign_in()
    shown = quill.act(number, "decide", status=200, step="preview", **{**DENIAL, "items": "1"}).text
    assert '<div lang="es">' in shown and "No aprobamos lo que pidió su médico" in shown


def test_what_our_spanish_letter_says_is_easy_to_read(plan: Plan, number: str, physician: Staff) -> None:
    with_member(plan, TEODRIC, language="es")
    physician.decide(number, **DENIAL)
    page = physician.call("GET", f"/um/authorizations/{number}/letters/member.html").text
    ours = re.sub(r"<style>.*?</style>|<header>.*?</header>|<section.*?</section>|<span lang=\"en\">.*?</span>", " ", page, flags=re.S)
    sentences = " ".join(f"{words(each)}." for each in re.split(r"</(?:p|li|h1|h2)>", ours) if words(each))
    assert perspicuity(sentences) >= PLAIN, sentences


def test_a_hard_reason_is_named_in_the_language_it_is_read_in(plan: Plan, number: str, physician: Staff) -> None:
    with_member(plan, TEODRIC, language="es")
    hard = "Notwithstanding considerable contemporaneous documentation, utilization of supplementary oxygenation remains unsubstantiated."
    physician.decide(number, **{**DENIAL, "because": hard})
    preview = json.parse(physician.call("GET", f"/um/authorizations/{number}/letters/member.json").data)
    assert preview["language"] == "es" and "years of school" in preview["too_hard"]
    heavy = "No obstante la considerable documentación contemporánea, la utilización de oxigenación suplementaria permanece injustificada."
    _said_in_spanish(plan, {hard: heavy})
    again = json.parse(physician.call("GET", f"/um/authorizations/{number}/letters/member.json").data)
    assert "on the INFLESZ scale; a member's letter should reach 55" in again["too_hard"]


def _said_in_spanish(plan: Plan, spoken: dict[str, str]) -> None:
    """The policy's owner had this translated."""
    volumes = [replace(each, words={**each.words, "es": {**each.words.get("es", {}), **spoken}}) for each in plan.payer.shelf.volumes()]
    plan.payer = replace(plan.payer, shelf=Shelf(volumes))
    plan.__dict__.pop("application")
