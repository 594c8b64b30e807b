"""Living: a synthetic year from its first request to its last day, the same for the same chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from fhir_pa.synthetic import asking, following, hearing, reviewing
from fhir_pa.synthetic.chance import Chance
from fhir_pa.synthetic.habits import DAY, Habits
from fhir_pa.synthetic.population import Staff, in_office_hours, members, practices
from fhir_pa.synthetic.year import Act, Year
from fhir_pa.um.case.authorization import Authorization
from questionnaires.library import Shelf

ACTS: dict[Act, Callable[[Year, str, object, datetime], None]] = {
    Act.ARRIVES: asking.arrives,
    Act.ANSWERS: asking.answers,
    Act.WITHDRAWS: asking.withdraws,
    Act.GOES_ON: asking.goes_on,
    Act.TAKEN_UP: reviewing.taken_up,
    Act.DECIDES: reviewing.decides,
    Act.PASSES: reviewing.passes,
    Act.CALLS: reviewing.calls,
    Act.LAPSES: reviewing.lapses,
    Act.APPEALS: hearing.appeals,
    Act.IS_HEARD: hearing.is_heard,
    Act.CLAIMS: following.claims,
}
MEMBERS_A_REQUEST, REQUESTS_A_PRACTICE = 0.4, 100


def synthetic_year(
    shelf: Shelf,
    chance: Chance,
    begins: datetime,
    days: int,
    requests: int,
    habits: Habits | None = None,
    kept: Callable[[Authorization], None] = lambda case: None,
) -> Year:
    """A year that is still to be lived: so many requests are on its agenda, spread over its days.

    ``begins`` is the midnight before its first day. Extensions of stays come on top of ``requests``.
    """
    habits = habits or Habits()
    staff = Staff.of(requests / max(days, 1))
    insured = members(chance, habits, max(1, round(requests * MEMBERS_A_REQUEST)))
    asking_ = practices(chance, habits, max(1, requests // REQUESTS_A_PRACTICE))
    year = Year(shelf, chance, habits, staff, insured, asking_, begins, begins + timedelta(days=days), kept)
    for each in range(requests):
        year.later(in_office_hours(chance, begins + DAY * (each * days // requests)), Act.ARRIVES)
    return year


def live(year: Year) -> Iterator[datetime]:
    """Live it; yields once for every day that is over."""
    return year.lived(ACTS)
