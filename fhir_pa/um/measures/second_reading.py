"""Second reading: a decided item looked at once more by somebody who does not know the decision, to measure whether reviewers agree (domain F18).

It decides nothing: the case stays as it is, whatever the second reader says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from ig_profiles.outcome import Conflict, Forbidden, Unprocessable


class Word(StrEnum):
    """What a reader says of an item; to refer it is a word too."""

    CERTIFY = "certify"
    MODIFY = "modify"
    DENY = "deny"
    REFER = "refer"


_FIRST = {
    ReviewAction.CERTIFIED: Word.CERTIFY,
    ReviewAction.MODIFIED: Word.MODIFY,
    ReviewAction.PARTIAL: Word.MODIFY,
    ReviewAction.NOT_CERTIFIED: Word.DENY,
}
MAY_SAY = {"physician": tuple(Word), "nurse": (Word.CERTIFY, Word.REFER)}


@dataclass(frozen=True)
class SecondReading:
    """One decided item drawn for it. ``position`` counts the determinations of the item from 1; ``first`` is what ``first_by`` decided.

    ``second``, ``because``, ``second_by`` and ``read_at`` are there once somebody has read it.
    """

    id: str
    number: str
    item: int
    position: int
    topic: str
    edition: str
    first: Word
    first_by: str
    first_role: str
    decided_at: datetime
    drawn_at: datetime
    drawn_by: str
    second: Word | None = None
    because: str = ""
    second_by: str = ""
    read_at: datetime | None = None

    @property
    def key(self) -> tuple[str, int, int]:
        """Which decision it is about."""
        return self.number, self.item, self.position

    def role_of(self, roles: Iterable[str]) -> str | None:
        """The role in which one with these may read it: a physician reads every decision, a nurse those of nurses; None for nobody."""
        may = ("physician", "nurse") if self.first_role == "nurse" else ("physician",)
        return next((role for role in may if role in roles), None)

    def read(self, word: Word, because: str, by: str, roles: Iterable[str], at: datetime) -> SecondReading:
        """With what the second reader says. Raises Forbidden for who may not, Conflict when it was read, Unprocessable without a reason."""
        role = self.role_of(roles)
        if by == self.first_by or role is None:
            raise Forbidden("A second reading is by somebody else who might have decided it: a physician, or a nurse for what a nurse decided.")
        if self.second is not None:
            raise Conflict(f"It was read on {self.read_at:%Y-%m-%d}. Take another from the list.", expression="id")
        if word not in MAY_SAY[role]:
            raise Forbidden(f"A {role} says one of: {', '.join(MAY_SAY[role])}.")
        if not because.strip():
            raise Unprocessable("Say in one sentence why you would decide so.", expression="because")
        return replace(self, second=word, because=because.strip(), second_by=by, read_at=at)


def decided_by_people(case: Authorization, since: datetime, until: datetime) -> Iterator[tuple[int, int, Determination]]:
    """Item, position and determination of every decision a person signed in this time; what an appeal decided was looked at twice already."""
    for item in case.items:
        for position, made in enumerate((*item.earlier, item.determination), start=1):
            of_appeal = any(each.decided_at == made.decided_at and item.sequence in each.items for each in case.appeals)
            if made.signed_by and made.edition and made.action in _FIRST and since <= made.decided_at < until and not of_appeal:
                yield item.sequence, position, made


def draw(
    cases: Iterable[Authorization], since: datetime, until: datetime, each: int, drawn: Iterable[tuple[str, int, int]], by: str, at: datetime
) -> tuple[SecondReading, ...]:
    """At most ``each`` decisions of every reviewer under every policy that were not drawn before.

    Which of them is settled by a hash of their names: nobody chooses, and the same draw over the same decisions is the same.
    """
    before, groups = set(drawn), dict[tuple[str, str], list[SecondReading]]()
    for case in cases:
        for sequence, position, made in decided_by_people(case, since, until):
            if (case.number, sequence, position) in before or made.signed_by is None or made.edition is None:
                continue
            name = sha256(f"{case.number}/{sequence}/{position}".encode()).hexdigest()[:32]
            signed, edition = made.signed_by, made.edition
            reading = SecondReading(
                name, case.number, sequence, position, edition.topic, edition.version, _FIRST[made.action], signed.person, signed.role, made.decided_at, at, by
            )
            groups.setdefault((edition.topic, signed.person), []).append(reading)
    return tuple(one for key in sorted(groups) for one in sorted(groups[key], key=lambda reading: reading.id)[:each])
