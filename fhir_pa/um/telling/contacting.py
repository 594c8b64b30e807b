"""Contacting: telling members and providers of a case is kept with it, and what must still be told in writing is known (F61, F62, F107)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.contact import ARRIVED, Arrival, Channel, Contact, Told
from fhir_pa.um.case.item import Event
from fhir_pa.um.deciding.determination import ADVERSE
from ig_profiles.outcome import Unprocessable

CONTACT = "contact"
_DIGITS = re.compile(r"\d")
PHONE_DIGITS = 7  # what a number to call back has at least


def tell(
    authorization: Authorization,
    who: Told,
    name: str,
    channel: Channel,
    arrival: Arrival,
    said: str,
    by: str,
    at: datetime,
    items: tuple[int, ...] = (),
    call_back: str = "",
) -> Authorization:
    """The case with the contact in its log; about all of its items unless some are named.

    Raises Unprocessable when nothing was said, or a voicemail leaves no number or says what only the person may hear.
    """
    sequences = tuple(authorization.item(sequence).sequence for sequence in dict.fromkeys(items)) or tuple(item.sequence for item in authorization.items)
    if not said.strip():
        raise Unprocessable("Write down what was said or sent: a contact without content tells nobody anything.", expression="said")
    if channel is Channel.VOICEMAIL:
        _refuse_voicemail(authorization, said, call_back)
    contact = Contact(len(authorization.contacts) + 1, at, who, name.strip(), channel, arrival, said.strip(), by, sequences, call_back.strip())
    event = Event(at, CONTACT, by, sequences, f"{who} by {channel}: {arrival}.")
    return replace(authorization.with_items({}, event), contacts=(*authorization.contacts, contact))


def unwritten(authorization: Authorization) -> Contact | None:
    """The first spoken word to the member about a decision against them that was not followed by one in writing; None when none is owed."""
    for contact in authorization.contacts:
        if contact.channel in (Channel.PHONE, Channel.VOICEMAIL) and contact.who is not Told.PROVIDER and _is_adverse(authorization, contact):
            later = (each for each in authorization.contacts if each.who is not Told.PROVIDER and each.is_written and _told_since(authorization, each, contact))
            if next(later, None) is None:
                return contact
    return None


def write_by(contact: Contact) -> datetime:
    """When the day of this contact is over; by then the written notice must be out."""
    return datetime.combine(contact.at.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def one_was_enough(cases: Iterable[Authorization]) -> Iterator[tuple[str, bool]]:
    """Every case decided against the member in which the member was reached, and whether one conversation was enough (F107)."""
    for case in cases:
        reached = [each for each in case.contacts if each.channel is Channel.PHONE and each.arrival is Arrival.REACHED and _is_adverse(case, each)]
        if reached:
            yield case.number, len(reached) == 1


def _told_since(authorization: Authorization, written: Contact, spoken: Contact) -> bool:
    """Whether what was written covers what was spoken of, and was written after it was decided."""
    decided = max(authorization.item(sequence).determination.decided_at for sequence in spoken.items)
    return set(spoken.items) <= set(written.items) and written.at >= decided


def _is_adverse(authorization: Authorization, contact: Contact) -> bool:
    determinations = (authorization.item(sequence).determination for sequence in contact.items)
    return any(made.action in ADVERSE and made.decided_at <= contact.at for made in determinations) and contact.arrival in ARRIVED


def _refuse_voicemail(authorization: Authorization, said: str, call_back: str) -> None:
    if len(_DIGITS.findall(call_back)) < PHONE_DIGITS:
        raise Unprocessable("A voicemail leaves a number at which somebody can say more. Give it (call_back), e.g. 555-555-0140.", expression="call_back")
    private = next((word for word in _private(authorization) if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said, re.IGNORECASE)), None)
    if private is not None:
        text = f"'{private}' does not belong on a voicemail, which anybody may hear. Say who calls, that it is about a request, and the number."
        raise Unprocessable(text, expression="said")


def _private(authorization: Authorization) -> Iterator[str]:
    """The words of this case that only the member and those who treat may hear."""
    request = authorization.request
    yield from (identifier.value for identifier in request.member.identifiers)
    for coding in (*request.diagnoses, *(code for item in authorization.items for code in (*item.requested.service.codes, *item.requested.service.diagnoses))):
        yield from filter(None, (coding.code, coding.display))
    yield from ("denied", "denial", "diagnosis", "not certified", "not approved")
