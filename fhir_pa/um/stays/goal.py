"""Goal: how many days the guideline expects a stay to take, and the days on which it goes beyond: somebody asks why, and nothing ends by it (domain F20)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import CERTIFICATIONS


@dataclass(frozen=True)
class BeyondGoal:
    """The first certified day of one item that lies beyond the goal: which day of the stay it is, counted from one."""

    item: int
    on: date
    day: int
    goal: int

    @property
    def says(self) -> str:
        """What to do about it, in two sentences."""
        return f"Day {self.day} of the stay, whose guideline expects {self.goal}. Ask what keeps the patient and what would help; nothing ends by it."


def began_on(case: Authorization) -> date | None:
    """Day one of the stay: that of the stay this case continues, else the admission, else the first certified day."""
    certified = [item.determination.authorized for item in case.items if item.state in CERTIFICATIONS]
    first = min((held.starts_on for held in certified if held is not None), default=None)
    return case.stay_from or (case.request.admission[0] if case.request.admission else first)


def beyond_goal(case: Authorization) -> Iterator[BeyondGoal]:
    """For every certified item whose days go beyond its goal, the first such day; none after a discharge that is told."""
    began, left = began_on(case), case.request.discharge
    for item in case.items:
        held, edition = item.determination.authorized, item.determination.edition
        if began is None or item.state not in CERTIFICATIONS or held is None or edition is None or edition.goal_days is None:
            continue
        on = max(held.starts_on, began + timedelta(days=edition.goal_days))
        until = min(held.until, left[0]) if left else held.until
        if on <= until:
            yield BeyondGoal(item.sequence, on, (on - began).days + 1, edition.goal_days)
