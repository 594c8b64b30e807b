"""Appealing: an authorization's appeals are filed, assigned to somebody new, decided, and carried to the next level (domain §4.3 row 23).

Software takes the filing and counts the days. What comes of it is a person's word: a physician's who had no part before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from fhir_pa.um.case.appeal import ON_THE_MERITS, Appeal, Appellant, Filing, Outcome
from fhir_pa.um.case.appeal_levels import Level, levels
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event, Item
from fhir_pa.um.case.review import Decision, Reviewer, Verdict, as_requested
from fhir_pa.um.case.transitions import EventKind, State
from fhir_pa.um.clocks.calendar import after, months_after
from fhir_pa.um.clocks.time_limits import Asked
from fhir_pa.um.deciding.determination import Authorized, Determination, ReviewAction, Signature
from ig_profiles.outcome import Conflict, Forbidden, NotFound, Unprocessable

APPEALABLE = frozenset({State.DENIED, State.MODIFIED})


def file(authorization: Authorization, filing: Filing, at: datetime) -> Authorization:
    """The case with the appeal on file, at the level that is next for its items.

    Raises Conflict when an appeal about them is open or no level is left, Unprocessable when an item was not decided against
    the member or the time to ask is over without good cause, Forbidden when the appellant may not ask.
    """
    items = tuple(authorization.item(sequence) for sequence in dict.fromkeys(filing.items))
    if not items:
        raise Unprocessable("An appeal names its items. Give at least one sequence.", expression="items")
    if not filing.because.strip() or not filing.name.strip():
        raise Unprocessable("An appeal tells who asks and why, in their words.", expression="because")
    for item in items:
        if item.state not in APPEALABLE:
            raise Unprocessable(f"Item {item.sequence} is {item.state}; only what was denied or reduced can be appealed.", expression="items")
    position, level = _next_level(authorization, filing.items)
    _refuse_without_standing(filing, level)
    until = _until(authorization, items, position, level)
    if at > until and not filing.good_cause.strip():
        over = f"The time to ask for the {level.name} ended on {until.date()} ({level.source})."
        raise Unprocessable(f"{over} If there is good cause for the delay, say which (good_cause).", expression="good_cause")
    appeal = _opened(authorization, filing, position, level, at)
    event = Event(at, str(EventKind.APPEALED), filing.by, tuple(filing.items), filing.because.strip())
    return _kept(authorization, (*authorization.appeals, appeal), event)


def assign(authorization: Authorization, number: int, reviewer: Reviewer, at: datetime) -> Authorization:
    """The case with a physician who hears the appeal: licensed, of the field, and with no part in any decision before (F75)."""
    appeal = appeal_of(authorization, number)
    if not appeal.ours:
        raise Conflict(f"The {appeal.name} is not the plan's to assign. Record its outcome when it comes.")
    signature = _untouched(appeal, reviewer, at)
    return _kept(authorization, _with(authorization, appeal.assigned(signature)), Event(at, "appeal assigned", reviewer.person, appeal.items))


def extend(authorization: Authorization, number: int, because: str, reviewer: Reviewer, at: datetime) -> Authorization:
    """The case with more time for the appeal, where its level gives it."""
    appeal = appeal_of(authorization, number)
    reviewer.signature(Verdict.DENY, at)
    changed = appeal.extended(_level(authorization, appeal), because)
    return _kept(authorization, _with(authorization, changed), Event(at, "appeal extended", reviewer.person, appeal.items, changed.extended_because))


def may_take_longer(authorization: Authorization, appeal: Appeal) -> bool:
    """Whether the level gives more time, and it was not taken yet."""
    return _level(authorization, appeal).extension is not None and not appeal.extended_because


def decide(
    authorization: Authorization,
    number: int,
    outcome: Outcome,
    because: str,
    reviewer: Reviewer,
    at: datetime,
    authorized: Authorized | None = None,
    new_evidence: bool = False,
) -> Authorization:
    """The case after the appeal was decided: by the plan's physician, or elsewhere and recorded here.

    What is overturned is certified, what is partly overturned is certified as far as ``authorized`` says; what is upheld
    stays. Where the law says so, the plan itself carries an upheld case to the next level at once.
    """
    appeal = appeal_of(authorization, number)
    level = _level(authorization, appeal)
    signature = _heard_by(appeal, reviewer, at) if appeal.ours and outcome in ON_THE_MERITS else None
    if signature is None:
        reviewer.signature(Verdict.CERTIFY, at)
    if outcome is Outcome.PARTLY and authorized is None:
        raise Unprocessable("A partly overturned decision says what is certified now. Give quantity, from and until.", expression="authorized")
    decided = appeal.decided(outcome, because, new_evidence, level, at)
    moved = {item.sequence: item for item in _rewritten(authorization, decided, signature, reviewer, authorized, at)}
    event = Event(at, f"appeal {outcome}", reviewer.person, appeal.items, decided.because)
    changed = replace(authorization.with_items(moved, event), appeals=_with(authorization, decided))
    return _forwarded(changed, decided, at)


def appeal_of(authorization: Authorization, number: int) -> Appeal:
    """The appeal of this case with this number, or NotFound naming those there are."""
    found = next((each for each in authorization.appeals if each.number == number), None)
    if found is None:
        there = ", ".join(str(each.number) for each in authorization.appeals) or "none"
        raise NotFound(f"Authorization {authorization.number} has no appeal {number}. There are: {there}.", expression="number")
    return found


def file_until(authorization: Authorization, sequence: int) -> tuple[Level, datetime] | None:
    """The level next for an item and until when it may be asked for; None when nothing can be appealed."""
    item = authorization.item(sequence)
    if item.state not in APPEALABLE:
        return None
    try:
        position, level = _next_level(authorization, (sequence,))
    except Conflict:
        return None
    return level, _until(authorization, (item,), position, level)


def _opened(authorization: Authorization, filing: Filing, position: int, level: Level, at: datetime) -> Appeal:
    drug = authorization.clock.asked is Asked.DRUG
    time = level.expedited if filing.expedited else (level.drug or level.standard) if drug else level.standard
    number = len(authorization.appeals) + 1
    deciders = tuple(sorted(set(_deciders(authorization, filing.items))))
    return Appeal(number, position, level.name, filing, at, after(at, time), level.source, level.ours, deciders)


def _next_level(authorization: Authorization, sequences: tuple[int, ...]) -> tuple[int, Level]:
    about = [each for each in authorization.appeals if set(each.items) & set(sequences)]
    for each in about:
        if each.is_open:
            raise Conflict(f"Appeal {each.number} about item {each.items[0]} is open, due {each.due_at.isoformat()}. Wait for its outcome.", expression="items")
    heard = max((each.level for each in about if each.outcome in ON_THE_MERITS), default=0)
    ladder = levels(authorization.request.line_of_business)
    if heard >= len(ladder):
        raise Conflict("Every level of appeal the plan keeps was used. What remains is judicial review.", expression="items")
    return heard + 1, ladder[heard]


def _refuse_without_standing(filing: Filing, level: Level) -> None:
    stands = filing.by is Appellant.MEMBER or filing.consent
    stands = stands or (filing.by is Appellant.PROVIDER and (level.provider_may or filing.expedited))
    if not stands:
        raise Forbidden(f"A {filing.by} may ask for the {level.name} with the member's written consent. Put it on file and say consent.", expression="consent")


def _until(authorization: Authorization, items: tuple[Item, ...], position: int, level: Level) -> datetime:
    """The last moment to ask: counted from the notice of the decision, or of the appeal before."""
    if position == 1:
        told = max(item.determination.decided_at for item in items)
    else:
        sequences = {item.sequence for item in items}
        told = max(each.decided_at for each in authorization.appeals if each.decided_at and sequences & set(each.items))
    if level.file_months:
        return datetime.combine(months_after(told.date(), level.file_months), datetime.max.time(), told.tzinfo)
    return after(told, level.file_within + level.presumed)


def _rewritten(
    authorization: Authorization, appeal: Appeal, signature: Signature | None, reviewer: Reviewer, authorized: Authorized | None, at: datetime
) -> Iterator[Item]:
    """The items as the appeal leaves them."""
    if appeal.outcome not in (Outcome.OVERTURNED, Outcome.PARTLY):
        return
    for sequence in appeal.items:
        item = authorization.item(sequence)
        before = item.determination
        days = before.edition.days if before.edition else None
        certified = authorized or as_requested(item.requested, at.date(), days)
        said = f"{appeal.name.capitalize()}: {appeal.because}"
        if appeal.outcome is Outcome.OVERTURNED:
            made = Determination(ReviewAction.CERTIFIED, said, at, before.findings, before.edition, certified, phone=before.phone, signed_by=signature)
            yield item.moved(EventKind.OVERTURNED, made)
        else:
            partly = Decision((sequence,), Verdict.MODIFY, said, before.criteria, before.reason_codes, before.phone, certified, before.root_cause)
            yield item.moved(EventKind.PARTLY_OVERTURNED, partly.determination(item.requested, before, reviewer, at))


def _forwarded(authorization: Authorization, appeal: Appeal, at: datetime) -> Authorization:
    """The case with the next level opened by the plan itself, where the law has it do so when it did not overturn wholly."""
    ladder = levels(authorization.request.line_of_business)
    lost = appeal.outcome in (Outcome.UPHELD, Outcome.PARTLY)
    if not lost or appeal.level >= len(ladder) or not ladder[appeal.level].forwarded:
        return authorization
    level = ladder[appeal.level]
    opened = _opened(authorization, appeal.filing, appeal.level + 1, level, at)
    latest = after(at, level.forward_expedited) if appeal.filing.expedited else appeal.due_at
    event = Event(at, "appeal forwarded", "plan", appeal.items, f"To the {level.name}: send the case file by {latest.isoformat(timespec='minutes')}.")
    return replace(authorization, appeals=(*authorization.appeals, opened), trail=(*authorization.trail, event))


def _untouched(appeal: Appeal, reviewer: Reviewer, at: datetime) -> Signature:
    signature = reviewer.signature(Verdict.DENY, at)
    if reviewer.person in appeal.deciders:
        raise Forbidden(f"{reviewer.name} had a part in the decision that is appealed. Let a physician hear it who had none.", expression="reviewer")
    return signature


def _heard_by(appeal: Appeal, reviewer: Reviewer, at: datetime) -> Signature:
    if appeal.reviewer is None or appeal.reviewer.person != reviewer.person:
        raise Conflict(f"Appeal {appeal.number} is heard by {appeal.reviewer.name if appeal.reviewer else 'nobody yet'}. Assign it first.")
    return _untouched(appeal, reviewer, at)


def _deciders(authorization: Authorization, sequences: tuple[int, ...]) -> Iterator[str]:
    """Everybody whose word stands in what is appealed: who signed, drafted, held a conversation, or heard an appeal before."""
    for sequence in sequences:
        item = authorization.item(sequence)
        yield from (made.signed_by.person for made in (*item.earlier, item.determination) if made.signed_by)
    for each in authorization.peer_to_peers:
        if set(each.items) & set(sequences):
            yield each.drafted_by.person
            if each.reviewer:
                yield each.reviewer.person
    for appeal in authorization.appeals:
        if appeal.reviewer and set(appeal.items) & set(sequences):
            yield appeal.reviewer.person


def _level(authorization: Authorization, appeal: Appeal) -> Level:
    return levels(authorization.request.line_of_business)[appeal.level - 1]


def _with(authorization: Authorization, changed: Appeal) -> tuple[Appeal, ...]:
    return tuple(changed if each.number == changed.number else each for each in authorization.appeals)


def _kept(authorization: Authorization, appeals: tuple[Appeal, ...], event: Event) -> Authorization:
    return replace(authorization.with_items({}, event), appeals=appeals)
