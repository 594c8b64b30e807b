"""Who was told what is on record; a voicemail says little and leaves a number; a denial told by word of mouth is written the same day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.contact import Arrival, Channel, Told
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.stays.falls_due import Matter, moments
from fhir_pa.um.telling.contacting import one_was_enough, tell, unwritten
from ig_profiles.outcome import NotFound, Unprocessable
from tests.builders import NOON, authorization, certify, physician, refer

HOUR = timedelta(hours=1)
PHONE = "555-555-0140"
DENIAL = Decision((1,), Verdict.DENY, "The saturation is above the rule.", ("saturation",), ("0F",), "555-555-0142")
NEUTRAL = "This is Larkfield Health Plan with a message about a request. Please call us back."


def denied() -> Authorization:
    return authorization(refer()).decide(DENIAL, physician(), NOON)


def told(case: Authorization, channel: Channel, after: timedelta = HOUR, **given: Any) -> Authorization:
    words = {"said": NEUTRAL, "arrival": Arrival.REACHED, "who": Told.MEMBER, "name": "Orla Penhallow", "by": "clerk", **given}
    return tell(case, channel=channel, at=NOON + after, **words)


def owed(case: Authorization) -> list[datetime]:
    return [due.at for due in moments(case) if due.matter is Matter.NOTICE]


def test_a_contact_stands_in_the_case_and_in_its_trail() -> None:
    case = told(denied(), Channel.PHONE, said="Why it was denied, item by item, and how to appeal.")
    (contact,) = case.contacts
    assert (contact.number, contact.who, contact.items) == (1, Told.MEMBER, (1,))
    assert case.trail[-1].because == "member by phone: reached." and case.revision == denied().revision + 1


def test_a_voicemail_without_a_number_to_call_back_is_refused() -> None:
    for number in ("", "soon", "0140"):
        with pytest.raises(Unprocessable, match="leaves a number at which somebody can say more"):
            told(denied(), Channel.VOICEMAIL, call_back=number)
    assert told(denied(), Channel.VOICEMAIL, call_back=PHONE).contacts[0].call_back == PHONE


@pytest.mark.parametrize("said", ["Your E1390 is not ready.", "Your request was denied.", "It is about member SYN-01."])
def test_a_voicemail_says_nothing_that_is_nobody_elses_business(said: str) -> None:
    with pytest.raises(Unprocessable, match="does not belong on a voicemail"):
        told(denied(), Channel.VOICEMAIL, said=said, call_back=PHONE)
    assert told(denied(), Channel.PHONE, said=said).contacts


def test_a_contact_without_content_and_one_about_nothing_are_refused() -> None:
    with pytest.raises(Unprocessable, match="a contact without content tells nobody anything"):
        told(denied(), Channel.PHONE, said="  ")
    with pytest.raises(NotFound, match="Its items are 1"):
        told(denied(), Channel.PHONE, items=(7,))


def test_a_denial_told_by_voicemail_owes_its_written_notice_the_same_day() -> None:
    case = told(denied(), Channel.VOICEMAIL, call_back=PHONE)
    assert unwritten(case) == case.contacts[0]
    assert owed(case) == [NOON + HOUR, datetime(2026, 11, 21, 0, 0, 1, tzinfo=UTC)]
    written = told(case, Channel.LETTER, 2 * HOUR, arrival=Arrival.SENT, said="The notice of denial.")
    assert unwritten(written) is None and not owed(written)
    came_back = told(case, Channel.LETTER, 2 * HOUR, arrival=Arrival.RETURNED, said="The notice of denial.")
    assert unwritten(came_back) is not None


def test_a_letter_from_before_the_decision_is_no_notice_of_it() -> None:
    before = tell(authorization(refer()), Told.MEMBER, "Orla Penhallow", Channel.LETTER, Arrival.SENT, "We have your request.", "clerk", NOON)
    case = told(before.decide(DENIAL, physician(), NOON + HOUR), Channel.VOICEMAIL, 2 * HOUR, call_back=PHONE)
    assert unwritten(case) is not None


def test_nothing_is_owed_when_the_provider_was_told_or_nothing_was_taken_away() -> None:
    assert unwritten(told(denied(), Channel.PHONE, who=Told.PROVIDER)) is None
    assert unwritten(told(authorization(certify()), Channel.PHONE)) is None
    assert unwritten(told(denied(), Channel.VOICEMAIL, arrival=Arrival.NOT_REACHED, call_back=PHONE)) is None


def test_it_is_counted_whether_one_conversation_was_enough() -> None:
    once = told(denied(), Channel.PHONE)
    twice = told(once, Channel.PHONE, 3 * HOUR)
    never = told(denied(), Channel.VOICEMAIL, call_back=PHONE)
    assert [enough for _, enough in one_was_enough([once, twice, never, authorization(certify())])] == [True, False]
