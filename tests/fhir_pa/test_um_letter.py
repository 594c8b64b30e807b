"""A notice tells every service with its reason, whom to call and what comes next, or it is not sent (domain F60, F61, F67)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fhir_pa.letters.page import html
from fhir_pa.um.case.appeal import Appellant, Filing
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.reviewing.appealing import file
from fhir_pa.um.telling.letter import Audience, Sender, lacks, letter_of, too_hard
from fhir_pa.um.telling.readability import grade, hard_sentences
from tests.builders import NOON, TODAY, authorization, certify, physician, refer

SENDER = Sender("Larkfield Health Plan", "555-555-0100")
DENIAL = Decision((2,), Verdict.DENY, "The oxygen level in your test is above the rule.", ("saturation",), ("0F",), "555-555-0142")


def case():
    return authorization(certify(), refer()).decide(DENIAL, physician(), NOON)


def letter(audience=Audience.MEMBER, sender=SENDER, about=None):
    titles = {1: "Oxygen machine", 2: "Portable oxygen"}
    return letter_of(about or case(), audience, sender, titles, {"saturation": "A low oxygen level"}, TODAY)


def test_a_partial_notice_names_each_service_its_reason_and_whom_to_call():
    written = letter()
    assert written.is_partial and not lacks(written)
    first, second = written.lines
    assert (first.service, first.action) == ("Oxygen machine", ReviewAction.CERTIFIED) and first.authorized
    assert second.because == "The oxygen level in your test is above the rule." and second.phone == "555-555-0142"
    assert second.not_shown == ("A low oxygen level",) and second.decided_by and second.licence == "OH MD-0142"


def test_services_of_one_name_are_told_apart_by_the_practices_word_or_the_code():
    titles = {1: "Home oxygen", 2: "Home oxygen"}
    written = letter_of(case(), Audience.MEMBER, SENDER, titles, {}, TODAY)
    assert [line.said for line in written.lines] == [" / ".join(line.codes) for line in written.lines] != ["", ""]
    assert [line.said for line in letter().lines] == ["", ""]


def test_the_rights_are_those_of_the_line_with_their_last_day():
    rights = letter().rights
    assert rights.until == NOON.date() + timedelta(days=65) and rights.expedited_hours == 72
    assert letter(about=authorization(certify())).rights is None


@pytest.mark.parametrize(
    ("sender", "lacking"),
    [
        (Sender("", ""), "Name the plan and its phone number"),
        (Sender("Larkfield Health Plan", "555-555-0100", "Northlight Imaging Review"), "Give the phone number of Northlight Imaging Review"),
    ],
)
def test_a_notice_without_the_phone_of_everybody_who_answers_for_it_is_not_sent(sender, lacking):
    assert lacking in " ".join(lacks(letter(sender=sender)))


def test_a_notice_before_any_decision_or_without_reason_phone_or_name_is_not_sent():
    assert "Decide first" in lacks(letter(about=authorization(refer())))[0]
    written = letter()
    bare = replace(written, lines=(replace(written.lines[1], because=" ", phone="", decided_by=""),), rights=None)
    said = " ".join(lacks(bare))
    for part in ("tells no reason", "names nobody to call", "Only a signed decision", "No appeal is open"):
        assert part in said


def test_while_an_appeal_is_heard_the_notice_stays_and_says_so():
    filing = Filing((2,), Appellant.MEMBER, "Teodric Amble", "I need it on the stairs.")
    written = letter(about=file(case(), filing, NOON))
    assert written.appealed and written.rights is None and not lacks(written)
    assert "An appeal is on file." in html(written) and "You can appeal" not in html(written)


def test_what_is_still_open_is_announced():
    half = authorization(refer(), refer()).decide(replace(DENIAL, items=(1,)), physician(), NOON)
    assert letter(about=half).undecided == (2,)
    assert "still looking at the rest" in html(letter(about=half))


def test_the_members_page_speaks_plainly_and_the_providers_page_precisely():
    member, provider = html(letter()), html(letter(Audience.PROVIDER))
    assert "We approved some of what your doctor asked for" in member and "You can appeal" in member
    assert "saturation" not in member and "0F" not in member
    assert "licence OH MD-0142" in member and "licence OH MD-0142" in provider
    assert "Item 2: Portable oxygen" in provider and "Decided by" in provider and "Not certified" in provider


def test_nothing_written_into_a_name_or_a_reason_becomes_markup():
    told = replace(DENIAL, because="<script>alert(1)</script> is above the rule.")
    page = html(letter(about=authorization(certify(), refer()).decide(told, physician(), NOON)))
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_both_phones_stand_on_the_notice_of_a_delegate():
    page = html(letter(sender=replace(SENDER, delegate="Northlight Imaging Review", delegate_phone="555-555-0177")))
    assert "Northlight Imaging Review" in page and "555-555-0177" in page and "555-555-0100" in page


def test_what_our_own_letter_says_to_a_member_is_easy_to_read():
    import re

    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html(letter()), flags=re.S)
    assert grade(" ".join(text.split())) <= 8


def test_hard_reasons_are_named_to_the_reviewer_only_for_members():
    hard = "Notwithstanding considerable contemporaneous documentation, utilization of supplementary oxygenation remains unsubstantiated."
    assert "Shorten the sentences" in too_hard(letter(), hard)
    assert not too_hard(letter(Audience.PROVIDER), hard) and not too_hard(letter(), "Your oxygen level is too high for this.")
    assert hard_sentences(f"It is short. {hard}", 8) == (hard,)


def test_a_letter_writes_days_as_people_do():
    assert "November 22, 2026" in html(replace(letter(), written_on=date(2026, 11, 22)))
