"""Charts: what is true of a synthetic patient, and what of it the practice sent; made of nothing but the policy's own limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from fhir_pa.synthetic.chance import Chance, happens
from fhir_pa.synthetic.habits import Habits
from questionnaires.criteria import Answer, Answers, Circumstances, Truth
from questionnaires.path_to_yes import answers_to_yes
from questionnaires.policy import Edition, RequestedService

MOST = 12  # different charts that meet one policy
ANCHOR = date(2026, 1, 1)


@dataclass(frozen=True)
class Chart:
    """``true`` is what the notes would show whoever read them all, ``sent`` what came with the request so far."""

    true: Answers
    sent: Answers

    def completed(self) -> Chart:
        """The chart after the practice sent what was asked for."""
        return Chart(self.true, self.true)

    def meets(self, edition: Edition, service: RequestedService, on: date, today: date) -> bool:
        """Whether what is true meets every criterion, and there is one."""
        findings = edition.weigh(service, self.true, Circumstances(on, today))
        return bool(findings) and all(finding.truth is Truth.MET for finding in findings)


@dataclass
class Charts:
    """Draws charts; what certifies under an edition is worked out once, for one day, and moved: policies count days from the service."""

    chance: Chance
    habits: Habits

    def __post_init__(self) -> None:
        self._certifying: dict[tuple[str, tuple[str, ...]], tuple[dict[str, Answer], ...]] = {}

    def draw(self, edition: Edition, service: RequestedService, on: date) -> Chart:
        """One patient's chart for this service: it meets the criteria, leaves something out, or speaks against one."""
        meeting = self._that_certify(edition, service)
        if not meeting:
            return Chart({}, {})
        true = {fact: _moved(told, on - ANCHOR) for fact, told in self.chance.choice(meeting).items()}
        if happens(self.chance, self.habits.contrary):
            true = self._contrary(true, edition, service, on)
            return Chart(true, true)
        if not happens(self.chance, self.habits.gaps):
            return Chart(true, true)
        facts = sorted(true)
        left_out = {self.chance.choice(facts) for _ in range(1 + int(self.chance.random() * 2))} if facts else set()
        sent = {fact: told for fact, told in true.items() if fact not in left_out}
        if happens(self.chance, self.habits.heals):
            return Chart(true, sent)
        return Chart(self._contrary(true, edition, service, on, sorted(left_out)), sent)

    def _that_certify(self, edition: Edition, service: RequestedService) -> tuple[dict[str, Answer], ...]:
        criteria = edition.applying(service)
        key = (edition.name, tuple(criterion.id for criterion in criteria))
        if key not in self._certifying:
            self._certifying[key] = answers_to_yes(criteria, Circumstances(ANCHOR, ANCHOR), MOST) if criteria else ()
        return self._certifying[key]

    def _contrary(self, chart: Answers, edition: Edition, service: RequestedService, on: date, among: list[str] | None = None) -> dict[str, Answer]:
        """The chart with one fact turned so that it no longer meets the criteria; as it was, when no fact can be turned."""
        facts = sorted(chart) if among is None else among
        for _ in range(6):
            fact = self.chance.choice(facts) if facts else ""
            told = chart.get(fact)
            if told is None:
                break
            turned = {**chart, fact: replace(told, values=tuple(map(_other, told.values)))}
            if not Chart(turned, turned).meets(edition, service, on, on):
                return turned
        return dict(chart)


def _moved(told: Answer, by: timedelta) -> Answer:
    return replace(told, values=tuple(value + by if isinstance(value, date) else value for value in told.values))


def _other(value: Any) -> Any:
    """The other answer: no for yes, far from a number, long before a day, another word."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, Decimal | int):
        return Decimal(value) * 4 + 30
    if isinstance(value, date):
        return value - timedelta(days=900)
    return "another"
