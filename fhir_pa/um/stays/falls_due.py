"""Falls due: every moment at which somebody should be told that something of a case runs out, while there is time (domain §6.6).

Deciding, the conversation, appeals, what is certified: one list, in order. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.peer_to_peer import Stage
from fhir_pa.um.case.transitions import CERTIFICATIONS
from fhir_pa.um.deciding.request import CertificationType
from fhir_pa.um.on_file.units import EARLY
from fhir_pa.um.reviewing.deadlines import alarms, breach
from fhir_pa.um.reviewing.information_life import Round, rounds
from fhir_pa.um.stays.checkpoint import PATIENCE, response_came, response_days
from fhir_pa.um.stays.discharge_plan import came_at as plan_came_at
from fhir_pa.um.stays.discharge_plan import is_asked_for
from fhir_pa.um.stays.goal import beyond_goal
from fhir_pa.um.stays.stay import CONTINUED, is_reviewed, reviews_of
from fhir_pa.um.telling.acknowledging import ask_by, effect, unacknowledged
from fhir_pa.um.telling.contacting import unwritten, write_by

MOMENT = timedelta(seconds=1)
BEFORE_AN_APPEAL = (timedelta(hours=72), timedelta(hours=24), timedelta(0))
BEFORE_THE_END = (timedelta(hours=72), timedelta(hours=24))
BEFORE_IT_IS_LATE = timedelta(hours=12)
LONG_ENOUGH = timedelta(days=4)  # what is certified for less has no continuation to be warned of


class Matter(StrEnum):
    """What runs out."""

    DECISION = "decision due"
    PASSED = "deadline passed"
    CONVERSATION = "peer-to-peer"
    APPEAL = "appeal due"
    INFORMATION = "information awaited"
    NOTICE = "written notice owed"
    ENDING = "authorization ends"
    REVIEW = "continued-stay review"
    AFTERWARDS = "request awaited"
    SERIES = "given before its day"
    GOAL = "stay beyond its goal"
    NOTED = "reduction not acknowledged"
    RESPONSE = "response evidence due"


@dataclass(frozen=True)
class Due:
    """One such moment, and what to say then."""

    at: datetime
    matter: Matter
    says: str


def moments(authorization: Authorization) -> tuple[Due, ...]:
    """Every moment of the case as it stands, the earliest first; what one matter says at the same moment is said at once."""
    said: dict[tuple[datetime, Matter], list[str]] = {}
    for due in _all(authorization):
        said.setdefault((due.at, due.matter), []).append(due.says)
    return tuple(Due(at, matter, " ".join(words)) for (at, matter), words in sorted(said.items()))


def fallen_due(authorization: Authorization, by: datetime) -> tuple[Due, ...]:
    """The moments that have come by then."""
    return tuple(due for due in moments(authorization) if due.at <= by)


def next_due(authorization: Authorization, after: datetime) -> datetime | None:
    """The first moment after this one at which to look again; None when nothing more will run out."""
    return next((due.at for due in moments(authorization) if due.at > after), None)


def _all(authorization: Authorization) -> Iterator[Due]:
    if authorization.pended:
        yield from _of_the_clock(authorization)
        for asked in rounds(authorization):
            if asked.waits:
                yield from _of_the_question(asked)
    for offer in authorization.peer_to_peers:
        if offer.is_open:
            for at in offer.reminders():
                yield Due(at, Matter.CONVERSATION, f"Conversation {offer.number} may be held until {offer.until.isoformat(timespec='minutes')}.")
        if offer.stage is Stage.OFFERED:
            yield Due(offer.until + MOMENT, Matter.CONVERSATION, f"The window of conversation {offer.number} is over.")
    for appeal in authorization.appeals:
        if appeal.is_open:
            said = f"Appeal {appeal.number} ({appeal.name}) is due {appeal.due_at.isoformat(timespec='minutes')}."
            yield from (Due(appeal.due_at - before, Matter.APPEAL, said) for before in BEFORE_AN_APPEAL)
    yield from _ends(authorization)
    yield from _afterwards(authorization)
    yield from (Due(event.at + MOMENT, Matter.SERIES, event.because) for event in authorization.trail if event.what == EARLY)
    yield from (Due(datetime.combine(each.on, time(), UTC), Matter.GOAL, each.says) for each in beyond_goal(authorization))
    yield from _responses(authorization)
    for item in unacknowledged(authorization):
        said = f"Item {item.sequence} is certified for less than was asked, and nobody at the practice has taken note of it. Call. {effect(item)}"
        yield Due(ask_by(item), Matter.NOTED, said)
    owed = unwritten(authorization)
    if owed is not None:
        yield Due(owed.at, Matter.NOTICE, f"The {owed.who} was told by {owed.channel}. The written notice goes out the same day.")
        late = f"The day is over, and what the {owed.who} was told by {owed.channel} is not in writing. Send the notice now."
        yield Due(write_by(owed) + MOMENT, Matter.NOTICE, late)


def _of_the_clock(authorization: Authorization) -> Iterator[Due]:
    clock = authorization.clock
    for alarm in alarms(clock):
        if not clock.is_held(alarm.at):
            yield Due(alarm.at, Matter.DECISION, alarm.says)
    passed = breach(clock, clock.legal_due_at + MOMENT)
    if passed is not None:
        yield Due(clock.legal_due_at + MOMENT, Matter.PASSED, f"{passed.consequence.capitalize()} ({passed.source}). {passed.then}")


def _of_the_question(asked: Round) -> Iterator[Due]:
    """At half of its time a reminder, and when it is due the word that a physician decides on what is on file."""
    wanted = ", ".join(dict.fromkeys(word for asks in asked.still.values() for ask in asks for word in ask.words))
    yield Due(asked.remind_at, Matter.INFORMATION, f"Remind the practice: by {asked.due_at.isoformat(timespec='minutes')} the plan awaits {wanted}.")
    yield Due(asked.due_at + MOMENT, Matter.INFORMATION, f"It did not come: {wanted}. A physician decides on what is on file.")


def _ends(authorization: Authorization) -> Iterator[Due]:
    """The reviews of a stay, and before what is certified ends, so that care that goes on is asked for in time (F39); each last day once."""
    yield from _reviews(authorization)
    if any(event.what == CONTINUED for event in authorization.trail):
        return
    spans = {item.determination.authorized for item in authorization.items if item.state in CERTIFICATIONS and item.determination.step_down is None}
    for span in {(each.starts_on, each.until) for each in spans if each is not None}:
        starts, until = span
        if until - starts >= LONG_ENOUGH:
            over = datetime.combine(until, time(), UTC) + timedelta(days=1)
            for before in BEFORE_THE_END:
                yield Due(over - before, Matter.ENDING, f"What is certified ends on {until}. Care that goes on needs its extension before.")
    for until in sorted({item.determination.authorized.until for item in authorization.items if is_reviewed(item) and item.determination.authorized}):
        over = datetime.combine(until, time(), UTC) + timedelta(days=1)
        said = f"What is certified ended on {until}, and no extension is on file. Call the facility: days that go on are not covered. Nothing ends by itself."
        yield Due(over + MOMENT, Matter.ENDING, said)


def _responses(authorization: Authorization) -> Iterator[Due]:
    """When a course of treatment shows how it works, and once more when nothing has come (F14); nothing ends by it."""
    if any(event.what == CONTINUED for event in authorization.trail):
        return
    for item in authorization.items:
        for on in response_days(item):
            if not response_came(authorization, item, on):
                whom = f" Ask {authorization.practice_owner}." if authorization.practice_owner else ""
                said = f"Item {item.sequence} is to show how the treatment works so far: the measure, beside the one before it, each with its day."
                yield Due(datetime.combine(on, time(), UTC), Matter.RESPONSE, said + whom)
                late = f"How the treatment of item {item.sequence} works has not been shown by {on}. Remind the practice; nothing ends by it."
                yield Due(datetime.combine(on, time(), UTC) + PATIENCE, Matter.RESPONSE, late + whom)


def _afterwards(authorization: Authorization) -> Iterator[Due]:
    """What a notice of admission still waits for: the facility's own request, while there is time for it, and when it did not come (F50)."""
    retro = authorization.retro
    if retro is None or retro.requested_at is not None or retro.is_late:
        return
    by = retro.ask_by.isoformat(timespec="minutes")
    if retro.ask_by - BEFORE_IT_IS_LATE > retro.told_at:
        yield Due(retro.ask_by - BEFORE_IT_IS_LATE, Matter.AFTERWARDS, f"The facility's request for the admission is awaited by {by}. Remind it.")
    said = f"The facility's request for the admission did not come by {by}. Call it: a late one takes a reason, and a person decides."
    yield Due(retro.ask_by + MOMENT, Matter.AFTERWARDS, said)


def _reviews(authorization: Authorization) -> Iterator[Due]:
    """On the day of each continued-stay review, what to ask for; from the second one on, and in every extension, the discharge plan too (F37, F43).

    A plan that has not come the day after is a task of its own; one that came is asked for no more.
    """
    request = authorization.request
    goes_on = CertificationType.EXTENSION in {request.certification_type, *(item.certification_type for item in request.items)}
    for item in authorization.items:
        for review in reviews_of(item):
            whom = authorization.practice_owner or "the facility"
            said = f"Review {review.number} of item {item.sequence}: ask {whom} what today's need is, and what would happen at a lower level."
            wanted = (goes_on or review.wants_discharge_plan) and plan_came_at(authorization) is None
            plan = " The discharge plan, with date and place, comes with it." if wanted else ""
            on = datetime.combine(review.on, time(), UTC)
            yield Due(on, Matter.REVIEW, said + plan)
            if wanted and is_asked_for(authorization):
                yield Due(on + timedelta(days=1), Matter.REVIEW, f"The discharge plan has not come with review {review.number}. Ask the facility for it.")
