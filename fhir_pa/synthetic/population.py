"""Population: the invented members and practices of a synthetic year, and the plan's people with the hours they work.

Every NPI begins with 9, which is never given out, and closes with its check digit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from fhir_pa.synthetic.chance import Chance, happens, one_of
from fhir_pa.synthetic.habits import DAY, HOUR, Habits
from fhir_pa.um.case.review import Reviewer
from fhir_pa.um.deciding.exemption import Exemption
from fhir_pa.um.deciding.request import Identifier, MemberReference, Party
from ig_profiles.names import NPI

MEMBERS = "http://larkfield.example/members"
OPENS, CLOSES = time(8), time(18)
_SATURDAY = 5


@dataclass(frozen=True)
class Insured:
    """One member, and how the plan insures the person."""

    member: MemberReference
    line_of_business: str


@dataclass(frozen=True)
class Practice:
    """Who asks; ``card`` is its gold card, where it has one."""

    party: Party
    client: str
    card: Exemption | None = None


def members(chance: Chance, habits: Habits, many: int) -> tuple[Insured, ...]:
    """So many members, each of some line of business."""
    return tuple(
        Insured(MemberReference((Identifier(MEMBERS, f"SYN-{number:06}"),), f"Synthetic Member {number}"), one_of(chance, habits.lines))
        for number in range(1, many + 1)
    )


def practices(chance: Chance, habits: Habits, many: int) -> tuple[Practice, ...]:
    """So many practices."""
    found = []
    for number in range(1, many + 1):
        npi = _npi(number)
        card = Exemption(npi, "Nine in ten of its requests were certified.") if happens(chance, habits.gold_cards) else None
        found.append(Practice(Party(f"Synthetic Practice {number}", (Identifier(NPI, npi),)), f"synthetic-ehr-{number % 10}", card))
    return tuple(found)


@dataclass
class Staff:
    """The plan's nurses and physicians, and until when each is busy. Urgent work is done at any hour by whoever is on call."""

    people: tuple[Reviewer, ...]
    _free: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, requests_a_day: float) -> Staff:
        """As many people as so many requests a day need, and eight of each kind at least: an appeal is heard by somebody who had no part."""
        many = max(8, round(requests_a_day / 12))
        until = date(2099, 12, 31)
        nurses = [Reviewer(f"nurse-{each}", f"Synthetic Nurse {each}, RN", ("nurse",)) for each in range(1, many + 1)]
        doctors = [
            Reviewer(f"physician-{each}", f"Synthetic Physician {each}, MD", ("physician",), _npi(90_000 + each), f"OH SYN-{each}", until, (), "555-555-0142")
            for each in range(1, many + 1)
        ]
        return cls((*nurses, *doctors))

    def take(self, role: str, at: datetime, takes: timedelta, urgent: bool, but: Collection[str] = ()) -> tuple[Reviewer, datetime]:
        """Who of this role takes it on first, none of ``but``, and when he or she is done with it."""
        mine = [each for each in self.people if role in each.roles and each.person not in but]
        person = min(mine, key=lambda each: self._free.get(each.person, at))
        begins = at if urgent else open_at(max(at, self._free.get(person.person, at)))
        self._free[person.person] = max(begins + takes, self._free.get(person.person, at))
        return person, begins + takes


def open_at(moment: datetime) -> datetime:
    """The moment itself within office hours, else the next opening of the office."""
    if moment.time() >= CLOSES:
        moment = datetime.combine(moment.date() + DAY, OPENS, moment.tzinfo)
    elif moment.time() < OPENS:
        moment = datetime.combine(moment.date(), OPENS, moment.tzinfo)
    while moment.weekday() >= _SATURDAY:
        moment = datetime.combine(moment.date() + DAY, OPENS, moment.tzinfo)
    return moment


def in_office_hours(chance: Chance, day: datetime) -> datetime:
    """Some moment of this day at which a practice is open."""
    return day + 8 * HOUR + timedelta(minutes=int(chance.random() * 600))


def _npi(number: int) -> str:
    nine = f"9{number:08}"
    digits = [int(digit) for digit in f"80840{nine}"]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[::-2]) + sum(digits[-2::-2])
    return f"{nine}{-doubled % 10}"
