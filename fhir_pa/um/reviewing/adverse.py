"""Adverse: the road to a decision against the member, which passes a conversation offered first (domain §4.3 rows 12-14).

A physician who will not certify as asked drafts the decision; nothing of it is told as decided. The treating clinician is
offered a conversation. Only when that was held, declined or missed, or the law leaves no time for it, is it signed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.peer_to_peer import PeerToPeer, Stage, window
from fhir_pa.um.case.review import Decision, Reviewer, Verdict, walked
from fhir_pa.um.case.transitions import PENDING, EventKind
from fhir_pa.um.clocks.calendar import spoken
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from fhir_pa.um.deciding.root_cause import ADMINISTRATIVE, refuse_without
from ig_profiles.outcome import Conflict, NotFound
from questionnaires.criteria import Truth

OFFERED = "peer-to-peer offered"
CONVERSATION = "peer-to-peer"
LEAVES_IT_TO_THE_PHYSICIAN = frozenset({Stage.OFFERED, Stage.HELD, Stage.DECLINED, Stage.MISSED_BY_PROVIDER, Stage.NO_TIME})  # offered: until it lapsed


def decide(
    authorization: Authorization, decision: Decision, reviewer: Reviewer, at: datetime, longest: timedelta, specialties: tuple[str, ...] = ()
) -> Authorization:
    """The case after a reviewer's decision.

    A certification, and an administrative decision, stand at once. A clinical decision against the member becomes an
    intended one with an offer of a conversation, unless that was concluded before; ``longest`` zero is a plan that offers
    none. Raises Conflict while the conversation is still open, Unprocessable when no root cause stands behind it.
    """
    if decision.verdict is Verdict.CERTIFY:
        return settled(authorization.decide(decision, reviewer, at), reviewer.person, at)
    refuse_without(decision.root_cause, decision.reason_codes)
    if not longest or _is_administrative(authorization, decision):
        return authorization.decide(decision, reviewer, at)
    _refuse_open(authorization, decision.items, at)
    if all(concluded(authorization, sequence) for sequence in decision.items):
        return authorization.decide(decision, reviewer, at)
    return intend(authorization, decision, reviewer, at, longest, specialties)


def intend(
    authorization: Authorization, decision: Decision, reviewer: Reviewer, at: datetime, longest: timedelta, specialties: tuple[str, ...] = ()
) -> Authorization:
    """The case with the decision drafted and a conversation offered; decided at once when the law leaves no time for one.

    The draft is refused for whatever the decision itself would be refused for: it lacks nothing when it is signed.
    """
    signed = authorization.decide(decision, reviewer, at)
    drafted_by = reviewer.signature(decision.verdict, at)
    until = window(at, authorization.clock.legal_due_at, longest)
    number = len(authorization.peer_to_peers) + 1
    items = tuple(dict.fromkeys(decision.items))
    if until is None:
        offer = PeerToPeer(number, items, decision, drafted_by, at, at, Stage.NO_TIME, specialties, closed_at=at, note="The legal time is almost up.")
        return replace(signed, peer_to_peers=(*signed.peer_to_peers, offer))
    offer = PeerToPeer(number, items, decision, drafted_by, at, until, specialties=specialties)
    phone = signed.item(items[0]).determination.phone
    said = f"The plan's physician does not yet see why this is needed as asked: {decision.because.strip()} Talk to the physician"
    said += f" before {spoken(until, at)}{f': call {phone}' if phone else ''}. Nothing is decided yet."
    moved = {}
    for sequence in items:
        item = authorization.item(sequence)
        before = item.determination
        pended = Determination(ReviewAction.PENDED, said, at, before.findings, before.edition, phone=phone, asks=before.asks)
        moved[sequence] = item.moved(EventKind.ADVERSE_INTENDED, pended)
    event = Event(at, OFFERED, reviewer.person, items, f"Until {spoken(until, at)}.")
    changed = authorization.with_items(moved, event)
    return replace(changed, peer_to_peers=(*changed.peer_to_peers, offer))


def converse(authorization: Authorization, changed: PeerToPeer, by: str, at: datetime) -> Authorization:
    """The case with this conversation as it stands now, and a line about it in the trail."""
    said = " ".join(filter(None, [changed.outcome, changed.note])) or (f"The call: {spoken(changed.call_at, at)}." if changed.call_at else "")
    event = Event(at, f"{CONVERSATION} {changed.stage}", by, changed.items, said)
    others = tuple(changed if each.number == changed.number else each for each in authorization.peer_to_peers)
    return replace(authorization.with_items({}, event), peer_to_peers=others)


def conversation(authorization: Authorization, number: int) -> PeerToPeer:
    """The conversation of this case with this number, or NotFound naming those there are."""
    found = next((each for each in authorization.peer_to_peers if each.number == number), None)
    if found is None:
        there = ", ".join(str(each.number) for each in authorization.peer_to_peers) or "none"
        raise NotFound(f"Authorization {authorization.number} has no conversation {number}. There are: {there}.", expression="number")
    return found


def lapse(authorization: Authorization, at: datetime) -> Authorization | None:
    """The case with every window that closed unused recorded as missed; None when there is none. Nothing is denied by it."""
    changed = authorization
    for each in authorization.peer_to_peers:
        if each.lapsed(at):
            changed = converse(changed, each.close(Stage.MISSED_BY_PROVIDER, "Nobody called before the window closed.", at), "clock", at)
    return None if changed is authorization else changed


def settled(authorization: Authorization, by: str, at: datetime) -> Authorization:
    """The case with the conversations closed that nobody needs any more, because every item of theirs is decided: part of the same act, no revision more."""
    changed = authorization
    for each in authorization.peer_to_peers:
        if each.is_open and all(authorization.item(sequence).state not in PENDING for sequence in each.items):
            changed = converse(changed, each.close(Stage.NOT_NEEDED, "Every service it was about is decided.", at), by, at)
    return replace(changed, revision=authorization.revision)


def _is_administrative(authorization: Authorization, decision: Decision) -> bool:
    """Whether no clinical ground is in it: one that rests on a criterion found not met is clinical, whatever it is called."""
    named = (finding for sequence in decision.items for finding in walked(authorization.item(sequence).determination.findings))
    not_met = any(finding.criterion in decision.criteria and finding.truth is Truth.NOT_MET for finding in named)
    return decision.root_cause in ADMINISTRATIVE and not not_met


def _refuse_open(authorization: Authorization, items: Iterable[int], at: datetime) -> None:
    for each in authorization.peer_to_peers:
        if each.is_open and not each.lapsed(at) and set(items) & set(each.items):
            until = spoken(each.until, at)
            text = f"The treating clinician may still call about item {each.items[0]} until {until}."
            raise Conflict(f"{text} Hold conversation {each.number}, or record that it was declined.", expression="items")


def concluded(authorization: Authorization, sequence: int) -> bool:
    """Whether the newest conversation about this item, offered since it came back to review, leaves the decision to the physician."""
    item = authorization.item(sequence)
    if item.state not in PENDING:
        return False
    about = [each for each in authorization.peer_to_peers if sequence in each.items]
    return bool(about) and about[-1].stage in LEAVES_IT_TO_THE_PHYSICIAN and about[-1].offered_at >= _came_back(authorization, sequence)


def _came_back(authorization: Authorization, sequence: int) -> datetime:
    """When the item was last reopened or revised; an older conversation was about another question."""
    fresh = {str(EventKind.REOPENED), str(EventKind.REVISED)}
    times = [event.at for event in authorization.trail if event.what in fresh and sequence in event.items]
    return max(times, default=authorization.clock.received_at)


