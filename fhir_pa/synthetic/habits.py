"""Habits: how often people in a synthetic year do what, and how long it takes them. Invented numbers, all in one place.

They are plausible, not measured: a year shows that the engine holds and that its figures add up, not how a real plan fares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from fhir_pa.um.case.appeal import Outcome as Heard
from fhir_pa.um.case.peer_to_peer import Outcome as Talked
from fhir_pa.um.case.peer_to_peer import Stage
from fhir_pa.um.clocks.time_limits import ERISA, MEDICAID, MEDICARE_ADVANTAGE, QHP

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Habits:
    """Shares are from 0 to 1, or weights against each other where several are listed.

    ``gaps`` and ``contrary``: of charts that leave something out, or show that a criterion is not met. ``heals``: of charts
    with gaps where what is missing would show that all is met. ``reads_between``: how often a person finds in the notes
    what the coded chart left out.
    """

    lines: Mapping[str, float] = field(default_factory=lambda: {MEDICARE_ADVANTAGE: 0.4, MEDICAID: 0.25, ERISA: 0.25, QHP: 0.1})
    urgent: float = 0.12
    second_item: float = 0.15
    gaps: float = 0.3
    contrary: float = 0.12
    heals: float = 0.8
    reads_between: float = 0.35
    answers_request: float = 0.8
    answer_takes: timedelta = 2 * DAY
    withdraws: float = 0.02
    nurse_takes: timedelta = timedelta(minutes=20)
    physician_takes: timedelta = timedelta(minutes=25)
    modifies: float = 0.2
    unlisted_is_needed: float = 0.75
    conversation: Mapping[Stage, float] = field(
        default_factory=lambda: {Stage.HELD: 0.6, Stage.DECLINED: 0.2, Stage.MISSED_BY_PROVIDER: 0.15, Stage.MISSED_BY_PLAN: 0.05}
    )
    call_after: timedelta = 18 * HOUR
    talked: Mapping[Talked, float] = field(default_factory=lambda: {Talked.PERSUADED: 0.35, Talked.PARTLY: 0.1, Talked.NOT_PERSUADED: 0.55})
    appeals: float = 0.15
    appeal_after: timedelta = 20 * DAY
    appeal_is_expedited: float = 0.1
    appeal_takes: timedelta = 9 * DAY
    brings_new_evidence: float = 0.6
    heard: Mapping[Heard, float] = field(
        default_factory=lambda: {Heard.OVERTURNED: 0.5, Heard.PARTLY: 0.06, Heard.UPHELD: 0.4, Heard.DISMISSED: 0.02, Heard.WITHDRAWN: 0.02}
    )
    heard_elsewhere: Mapping[Heard, float] = field(default_factory=lambda: {Heard.OVERTURNED: 0.1, Heard.UPHELD: 0.9})
    goes_on: float = 0.6
    asks_late: float = 0.15
    claims: int = 3
    claims_too_much: float = 0.05
    never_asked: float = 0.01
    gold_cards: float = 0.03
