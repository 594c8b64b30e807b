"""Failures: the six ways in which authorizations fail a practice, each found while something can still be done (domain F93).

Each line found says of which authorization, what is wrong or about to be, and what to do next; claims are named where they show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.peer_to_peer import REMIND_LAST, Stage
from fhir_pa.um.case.transitions import PENDING
from fhir_pa.um.clocks.calendar import spoken
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.on_file.rendered import Match
from fhir_pa.um.on_file.status import Standing
from fhir_pa.um.stays.stay import Stay

SOON = timedelta(days=3)


class Failure(StrEnum):
    """The six."""

    NO_AUTHORIZATION = "no authorization before the service"
    EXPIRED = "expired while care went on"
    WRONG_LEVEL = "another level than asked for"
    MISMATCH = "the notes do not speak to the criteria"
    MISSED_CALL = "a conversation with the plan's physician was missed"
    RETRO_NOT_PURSUED = "not asked for after an emergency"


@dataclass(frozen=True)
class Row:
    """One line: the authorization's number (empty where none is on file), the item, the day it turns on, what is so and what to do.

    ``claim`` names the claim that shows it. ``happened``: it is done and counts; else it can still be kept from happening.
    """

    number: str
    says: str
    on: date
    item: int | None = None
    claim: str = ""
    happened: bool = True


_CAUSES = {
    Failure.NO_AUTHORIZATION: frozenset({RootCause.NO_AUTHORIZATION}),
    Failure.EXPIRED: frozenset({RootCause.EXPIRED, RootCause.CONCURRENT_MISSED}),
    Failure.WRONG_LEVEL: frozenset({RootCause.WRONG_LEVEL}),
    Failure.MISMATCH: frozenset({RootCause.CRITERIA_NOT_SPOKEN, RootCause.DOCUMENTS_MISSING}),
    Failure.MISSED_CALL: frozenset[RootCause](),
    Failure.RETRO_NOT_PURSUED: frozenset({RootCause.RETRO_NOT_PURSUED}),
}
_OF_CLAIMS = {Standing.NONE, Standing.PENDED, Standing.NOT_YET, Standing.ANOTHER_PROVIDER, Standing.EXHAUSTED, Standing.DENIED}


def failures(cases: Iterable[Authorization], stays: Iterable[Stay], matches: Iterable[Match], now: datetime) -> dict[Failure, tuple[Row, ...]]:
    """Every failure of the six among these cases, stays and claims, what can still be kept from happening first, then the newest."""
    listed, went_on, claimed = list(cases), list(stays), list(matches)
    found: dict[Failure, list[Row]] = {each: list(_denied(listed, _CAUSES[each])) for each in Failure}
    found[Failure.NO_AUTHORIZATION] += [*_not_yet_decided(listed, now.date()), *_claimed(claimed, _OF_CLAIMS, "Ask for it now, and say why it comes late.")]
    found[Failure.EXPIRED] += [*_went_on(went_on, now.date()), *_claimed(claimed, {Standing.EXPIRED}, "Send the extension now.")]
    found[Failure.WRONG_LEVEL] += [*_reduced(listed), *_claimed(claimed, {Standing.REDUCED}, "Bill what was approved, or appeal.")]
    found[Failure.MISMATCH] += list(_asked(listed))
    found[Failure.MISSED_CALL] += list(_calls(listed, now))
    found[Failure.RETRO_NOT_PURSUED] += list(_not_pursued(listed, now))
    return {kind: tuple(sorted(rows, key=lambda row: (row.happened, -row.on.toordinal(), row.number))) for kind, rows in found.items()}


def _denied(cases: Iterable[Authorization], causes: frozenset[RootCause]) -> Iterator[Row]:
    """What was decided against the member for one of these reasons, and still stands."""
    for case in cases:
        for item in case.items:
            made = item.determination
            if made.root_cause in causes:
                yield Row(case.number, f"{made.root_cause}: {made.because}", made.decided_at.date(), item.sequence)


def _not_yet_decided(cases: Iterable[Authorization], today: date) -> Iterator[Row]:
    """Services whose day has come, or comes within three, and nothing is certified yet."""
    for case in cases:
        for item in case.items:
            on = item.requested.service.on
            if item.state in PENDING and on is not None and on <= today + SOON and on >= case.opening_clock.received_at.date():
                passed = on <= today
                says = f"The service {'was' if passed else 'is'} planned for {on}, and the request is still under review."
                yield Row(case.number, f"{says} Send what is asked for, or move the day.", on, item.sequence, happened=passed)


def _claimed(matches: Iterable[Match], standings: set[Standing], then: str) -> Iterator[Row]:
    for each in matches:
        if each.status.standing in standings:
            yield Row(each.status.number, f"{each.status.says} {then}", each.rendered.on, each.status.item, each.rendered.name)


def _went_on(stays: Iterable[Stay], today: date) -> Iterator[Row]:
    """Stays with days nothing certifies, and those whose last certified day is at hand with no extension on file."""
    for stay in stays:
        newest, uncovered = stay.cases[-1], stay.unfunded(stay.known_until)
        if uncovered:
            days = f"{len(uncovered)} day{'s' if len(uncovered) > 1 else ''}"
            yield Row(newest.number, f"{days} of care that nothing certifies, from {uncovered[0]} on.", uncovered[-1])
        last = max(stay.covered, default=None)
        if last is not None and stay.discharged_on is None and today <= last <= today + SOON and not newest.pended:
            yield Row(newest.number, f"What is certified ends on {last}. Care that goes on needs its extension before.", last, happened=False)


def _reduced(cases: Iterable[Authorization]) -> Iterator[Row]:
    """What was certified otherwise than asked for, whatever its root cause: the difference is paid at the lower level (F63)."""
    for case in cases:
        for item in case.items:
            made = item.determination
            if made.action is ReviewAction.MODIFIED and made.root_cause is not RootCause.WRONG_LEVEL:
                yield Row(case.number, f"Certified otherwise than asked for: {made.because}", made.decided_at.date(), item.sequence)


def _asked(cases: Iterable[Authorization]) -> Iterator[Row]:
    """What waits for words or documents that the notes lack."""
    for case in cases:
        for item in case.items:
            if item.state in PENDING and item.determination.asks:
                yield Row(case.number, f"The plan waits for {_wanted(item)}.", _since(item.determination, case), item.sequence, happened=False)


def _calls(cases: Iterable[Authorization], now: datetime) -> Iterator[Row]:
    """Conversations the practice missed, and open ones of which four hours are left or less."""
    for case in cases:
        for each in case.peer_to_peers:
            if each.stage is Stage.MISSED_BY_PROVIDER or each.lapsed(now):
                says = "The window for the conversation closed unused. Send what the chart shows; the physician decides, and the decision may be appealed."
                yield Row(case.number, says, (each.closed_at or each.until).date(), each.items[0])
            elif each.stage is Stage.OFFERED:
                hurry = "Call now" if each.until - now <= REMIND_LAST else "Book the call"
                says = f"{hurry}: the plan's physician may be talked to until {spoken(each.until, now)}."
                yield Row(case.number, says, each.until.date(), each.items[0], happened=False)


def _not_pursued(cases: Iterable[Authorization], now: datetime) -> Iterator[Row]:
    """Admissions the plan was told of whose request is still to come, or did not come in time."""
    for case in cases:
        retro = case.retro
        if retro is not None and retro.requested_at is None:
            by = spoken(retro.ask_by, now)
            happened = retro.was_not_pursued(now)
            says = f"The request for the admission did not come by {by}. Send it with the reason." if happened else f"Send the request by {by}."
            yield Row(case.number, says, retro.ask_by.date(), 1, happened=happened)


def _wanted(item: Item) -> str:
    return ", ".join(dict.fromkeys(word for ask in item.determination.asks for word in ask.words)) or "what it asked for"


def _since(made: Determination, case: Authorization) -> date:
    return (made.decided_at or case.opening_clock.received_at).date()
