"""Reviewing: nurses and physicians take up what software referred, read the chart, and decide; the treating clinician may call first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from fhir_pa.synthetic.chance import after_about, happens, one_of
from fhir_pa.synthetic.following import followed
from fhir_pa.synthetic.judging import judged
from fhir_pa.synthetic.year import Act, Year
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.peer_to_peer import WINDOW, Clinician, PeerToPeer, Stage
from fhir_pa.um.case.peer_to_peer import Outcome as Talked
from fhir_pa.um.case.review import Decision, Reviewer, Verdict
from fhir_pa.um.case.transitions import State
from fhir_pa.um.clocks.time_limits import ERISA, MEDICAID, MEDICARE_ADVANTAGE, QHP, ExtensionReason
from fhir_pa.um.reviewing import adverse
from fhir_pa.um.reviewing.deadlines import note_breach
from fhir_pa.um.reviewing.extension_of_time import extend
from fhir_pa.um.reviewing.referring import refer
from ig_profiles.outcome import Conflict, Unprocessable

SECOND = timedelta(seconds=1)
MORE_TIME = {
    ERISA: ExtensionReason.INFORMATION_MISSING,
    QHP: ExtensionReason.INFORMATION_MISSING,
    MEDICAID: ExtensionReason.INFORMATION_NEEDED,
    MEDICARE_ADVANTAGE: ExtensionReason.OUTSIDE_EVIDENCE,
}
TAKES_MORE_TIME = 0.3  # of cases whose answer did not come
TREATING = Clinician("The treating clinician", "as the practice names them")


def taken_up(year: Year, number: str, about: object, at: datetime) -> None:
    """Somebody takes the case up: a nurse what was referred to nurses, a physician the rest and what a nurse leaves."""
    case = year.cases[number]
    if not _open(case):
        return
    nurse = about != "physician" and all(item.state is State.IN_REVIEW_NURSE for item in _open(case))
    takes = year.habits.nurse_takes if nurse else year.habits.physician_takes
    reviewer, done = year.staff.take("nurse" if nurse else "physician", at, takes, case.clock.urgent)
    year.later(done, Act.DECIDES, number, reviewer)


def decides(year: Year, number: str, about: object, at: datetime) -> None:
    """The reviewer decides what waits: a nurse certifies or leaves it to a physician, a physician may say anything with a reason."""
    reviewer = cast(Reviewer, about)
    if "nurse" in reviewer.roles:
        _by_nurse(year, number, reviewer, at)
        return
    case = year.cases[number]
    if _takes_more_time(year, case, reviewer, at):
        return
    for item in _open(case):
        decision = _after_the_call(year, year.cases[number], item) or judged(year, year.cases[number], item)
        _decide(year, number, decision, reviewer, at)


def passes(year: Year, number: str, about: object, at: datetime) -> None:
    """The legal time passes: noted when the case is undecided, looked at again when there is more time by now."""
    case = year.cases[number]
    if case.pended and at <= case.clock.legal_due_at:
        year.later(case.clock.legal_due_at + SECOND, Act.PASSES, number)
        return
    year.put(note_breach(case, at) or case)


def calls(year: Year, number: str, about: object, at: datetime) -> None:
    """The conversation is held, declined, or missed by the plan; one the practice misses lapses by itself."""
    case = year.cases[number]
    offer = adverse.conversation(case, cast(int, about))
    if not offer.is_open or at > offer.until:
        return
    became = one_of(year.chance, year.habits.conversation)
    if became is Stage.MISSED_BY_PROVIDER:
        return
    if became is Stage.HELD:
        reviewer, _ = year.staff.take("physician", at, year.habits.physician_takes, urgent=True)
        changed = offer.hold(one_of(year.chance, year.habits.talked), TREATING, reviewer, "They talked about the open criteria.", at)
    else:
        changed = offer.close(became, "The practice declined." if became is Stage.DECLINED else "The plan's physician was not available.", at)
    year.put(adverse.converse(case, changed, "clerk", at))
    year.later(at, Act.TAKEN_UP, number, "physician")


def lapses(year: Year, number: str, about: object, at: datetime) -> None:
    """A window nobody used closes, and the physician signs."""
    case = year.cases[number]
    changed = adverse.lapse(case, at)
    if changed is not None:
        year.put(replace(changed, revision=case.revision + 1))
        year.later(at, Act.TAKEN_UP, number, "physician")


def _by_nurse(year: Year, number: str, nurse: Reviewer, at: datetime) -> None:
    for item in _open(year.cases[number]):
        decision = judged(year, year.cases[number], item)
        if decision.verdict is Verdict.CERTIFY:
            _decide(year, number, decision, nurse, at)
    left = tuple(item.sequence for item in _open(year.cases[number]) if item.state is State.IN_REVIEW_NURSE)
    if left:
        year.put(refer(year.cases[number], left, "What was sent does not show it; a physician should look.", nurse, at))
    if _open(year.cases[number]):
        year.later(at, Act.TAKEN_UP, number, "physician")


def _decide(year: Year, number: str, decision: Decision, reviewer: Reviewer, at: datetime) -> None:
    before = year.cases[number]
    case = adverse.decide(before, decision, reviewer, at, WINDOW)
    year.put(case)
    for offer in case.peer_to_peers[len(before.peer_to_peers) :]:
        if offer.is_open:
            year.later(at + after_about(year.chance, year.habits.call_after), Act.CALLS, number, offer.number)
            year.later(offer.until + SECOND, Act.LAPSES, number)
    followed(year, case, [item for item in map(case.item, decision.items) if item.determination.is_final], at)


def _after_the_call(year: Year, case: Authorization, item: Item) -> Decision | None:
    """What the physician says after a conversation about this item; None when none was offered."""
    about = [each for each in case.peer_to_peers if item.sequence in each.items]
    if not about or item.state is not State.ADVERSE_INTENDED:
        return None
    return _SAYS.get(about[-1].outcome, lambda year, case, offer: offer.intended)(year, case, about[-1])


def _certify(year: Year, case: Authorization, offer: PeerToPeer) -> Decision:
    return Decision(offer.items, Verdict.CERTIFY, "The treating clinician showed what the chart left open.")


def _modify(year: Year, case: Authorization, offer: PeerToPeer) -> Decision:
    from_, authorized = offer.intended, judged(year, case, case.item(offer.items[0]), reduce=True).authorized
    return replace(from_, verdict=Verdict.MODIFY, authorized=authorized)


_SAYS: dict[Talked | None, Callable[[Year, Authorization, PeerToPeer], Decision]] = {Talked.PERSUADED: _certify, Talked.PARTLY: _modify}


def _takes_more_time(year: Year, case: Authorization, physician: Reviewer, at: datetime) -> bool:
    """Whether a physician, who still waits for an answer, takes the more time the law of this line gives."""
    if case.clock.extended or not any(item.determination.asks for item in case.pended) or not happens(year.chance, TAKES_MORE_TIME):
        return False
    with suppress(Unprocessable, Conflict):  # where the law gives none, none is taken
        changed = extend(case, MORE_TIME[case.request.line_of_business], "What the plan asked for has not come yet.", physician, at)
        year.put(changed)
        tolling = changed.clock.tolling
        year.later(tolling.answer_by + SECOND if tolling else changed.clock.internal_due_at, Act.TAKEN_UP, case.number, "physician")
        return True
    return False


def _open(case: Authorization) -> list[Item]:
    """What waits for a reviewer's word: pended, and no conversation about it open."""
    talked_of = {sequence for offer in case.peer_to_peers if offer.is_open for sequence in offer.items}
    return [item for item in case.pended if item.sequence not in talked_of]
