"""Hearing: decisions against the member are appealed in a synthetic year, heard by somebody new, and carried to the next level."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from fhir_pa.synthetic.chance import after_about, happens, one_of
from fhir_pa.synthetic.following import followed
from fhir_pa.synthetic.judging import judged
from fhir_pa.synthetic.year import Act, Year
from fhir_pa.um.case.appeal import ON_THE_MERITS, Appeal, Appellant, Filing, Outcome
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.reviewing import appealing

WHO = {Appellant.MEMBER: 0.4, Appellant.PROVIDER: 0.5, Appellant.REPRESENTATIVE: 0.1}
GOES_FURTHER = 0.15  # of those who lost and whom the plan does not carry on by itself
ELSEWHERE = 2  # a reviewer outside takes so many times as long


def appeals(year: Year, number: str, about: object, at: datetime) -> None:
    """Somebody asks that a decision be looked at again, if there is still time for it and a level left."""
    case, sequence = year.cases[number], cast(int, about)
    still = appealing.file_until(case, sequence)
    if still is None or at > still[1] or any(each.is_open and sequence in each.items for each in case.appeals):
        return
    who = one_of(year.chance, WHO)
    expedited = happens(year.chance, year.habits.appeal_is_expedited)
    filing = Filing((sequence,), who, f"The {who}", "I ask that it be looked at again.", expedited, consent=True)
    filed = appealing.file(case, filing, at)
    year.put(filed)
    _to_be_heard(year, filed, filed.appeals[-1], at)


def is_heard(year: Year, number: str, about: object, at: datetime) -> None:
    """The appeal is decided: by a physician of the plan who had no part before, or elsewhere and recorded."""
    case = year.cases[number]
    appeal = appealing.appeal_of(case, cast(int, about))
    if not appeal.is_open:
        return
    reviewer, _ = year.staff.take("physician", at, year.habits.physician_takes, urgent=True, but=appeal.deciders)
    if appeal.ours:
        case = appealing.assign(case, appeal.number, reviewer, at)
        year.put(case)
    outcome = one_of(year.chance, year.habits.heard if appeal.ours else year.habits.heard_elsewhere)
    new = outcome in (Outcome.OVERTURNED, Outcome.PARTLY) and happens(year.chance, year.habits.brings_new_evidence)
    reduced = judged(year, case, case.item(appeal.items[0]), reduce=True).authorized if outcome is Outcome.PARTLY else None
    changed = appealing.decide(case, appeal.number, outcome, "Looked at anew, with all that is on file.", reviewer, at, reduced, new)
    year.put(changed)
    for opened in changed.appeals[len(case.appeals) :]:
        _to_be_heard(year, changed, opened, at)
    if outcome is Outcome.UPHELD and len(changed.appeals) == len(case.appeals) and happens(year.chance, GOES_FURTHER):
        year.later(at + after_about(year.chance, year.habits.appeal_after), Act.APPEALS, number, appeal.items[0])
    if outcome in ON_THE_MERITS and outcome is not Outcome.UPHELD:
        followed(year, changed, [item for item in map(changed.item, appeal.items) if item.determination.authorized], at)


def _to_be_heard(year: Year, case: Authorization, appeal: Appeal, at: datetime) -> None:
    mean = min(year.habits.appeal_takes * (1 if appeal.ours else ELSEWHERE), (appeal.due_at - at) / 4)
    year.later(at + after_about(year.chance, max(mean, timedelta(minutes=5))), Act.IS_HEARD, case.number, appeal.number)
