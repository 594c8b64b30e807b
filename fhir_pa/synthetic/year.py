"""Year: the agenda of a synthetic year, one moment after the other, and everything that stands on its desk.

The clock is the agenda's: nothing waits, and a year passes as quickly as its acts are worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from heapq import heappop, heappush

from fhir_pa.synthetic.chance import Chance
from fhir_pa.synthetic.charts import Chart, Charts
from fhir_pa.synthetic.habits import DAY, Habits
from fhir_pa.synthetic.population import Insured, Practice, Staff
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.on_file.rendered import Rendered
from questionnaires.library import Shelf


class Act(StrEnum):
    """What can be on the agenda."""

    ARRIVES = "a request arrives"
    ANSWERS = "the practice answers what was asked"
    WITHDRAWS = "the practice withdraws"
    TAKEN_UP = "a reviewer takes the case up"
    DECIDES = "the reviewer decides"
    PASSES = "the legal time passes"
    CALLS = "the treating clinician may call"
    LAPSES = "the window of a conversation closes"
    APPEALS = "somebody appeals"
    IS_HEARD = "an appeal is heard"
    CLAIMS = "a claim comes in"
    GOES_ON = "care goes on"


@dataclass(frozen=True)
class Asked:
    """What a case is known by besides itself: who asked, whom for, and each item's chart."""

    practice: Practice
    insured: Insured
    charts: Mapping[int, Chart]


@dataclass
class Year:
    """Everything that lives through the year. ``kept`` hears of every revision as it is made; ``refused`` counts claims for more than is left.

    ``given`` is what the claims system tells of services given, those nobody asked for among it.
    """

    shelf: Shelf
    chance: Chance
    habits: Habits
    staff: Staff
    members: tuple[Insured, ...]
    practices: tuple[Practice, ...]
    begins: datetime
    ends: datetime
    kept: Callable[[Authorization], None] = lambda case: None
    cases: dict[str, Authorization] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    refused: int = 0
    given: list[Rendered] = field(default_factory=list)
    _agenda: list[tuple[datetime, int, Act, str, object]] = field(default_factory=list)
    _written: int = 0

    def __post_init__(self) -> None:
        self.charts = Charts(self.chance, self.habits)

    def later(self, at: datetime, act: Act, number: str = "", about: object = None) -> None:
        """Put an act on the agenda; what is on it for the same moment is done in the order it was put there."""
        self._written += 1
        heappush(self._agenda, (at, self._written, act, number, about))

    def put(self, case: Authorization) -> None:
        """The case as it stands from now on."""
        before = self.cases.get(case.number)
        if case is not before:
            self.cases[case.number] = case
            self.kept(case)

    def next_number(self) -> str:
        """The number of the next case."""
        return f"SYN{len(self.cases) + 1:08}"

    def lived(self, acts: Mapping[Act, Callable[[Year, str, object, datetime], None]]) -> Iterator[datetime]:
        """Live the year to its end; yields once for every day that is over."""
        day = self.begins + DAY
        while self._agenda and self._agenda[0][0] < self.ends:
            at, _, act, number, about = heappop(self._agenda)
            while at >= day:
                yield day
                day += DAY
            acts[act](self, number, about, at)
        while day <= self.ends:
            yield day
            day += DAY
