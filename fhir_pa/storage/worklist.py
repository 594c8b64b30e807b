"""The worklist: what waits for a person, the most urgent first, a page at a time; and who has which case in hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import tables as kept
from fhir_pa.storage import worklist_tables as tables
from fhir_pa.storage.ground import Ground
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.reviewing.waiting import waits
from ig_profiles.outcome import Conflict, NotFound

_line = tables.worklist.c
_case = kept.authorizations.c
_hand = tables.handovers.c
_OURS = ("owner", "taken_at")
_MEANT = [_case.reference, _case.action, _case.received_at, _case.internal_due_at, _case.legal_due_at]
_LISTED = tables.worklist.join(kept.authorizations, _case.number == _line.number)


@dataclass(frozen=True)
class Wanted:
    """Which lines of the worklist are wanted; what is empty does not narrow. ``owner`` is a person's id, or POOL.

    ``overdue_at`` keeps what is due by then; ``sought`` is looked for in number, member, services and requestor;
    ``known_to_field`` are the policies of one specialty. ``scoped``: only what a review organization may act for, by
    ``topics``, ``lines`` and the days of receipt, where they are named.
    """

    waits_for: str = ""
    line_of_business: str = ""
    role: str = ""
    owner: str = ""
    urgent: bool = False
    overdue_at: datetime | None = None
    sought: str = ""
    known_to_field: tuple[str, ...] | None = None
    scoped: bool = False
    topics: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    begins: date | None = None
    until: date | None = None


EVERYTHING = Wanted()
POOL = "nobody"


@dataclass(frozen=True)
class Counts:
    """How many lines there are: all, those of one person, those of nobody, and those whose time is over."""

    all: int
    mine: int
    pool: int
    overdue: int


class WorklistReading(Ground):
    """Reading what waits."""

    def worklist(self, wanted: Wanted, first: int = 0, most: int = 50) -> tuple[list[dict[str, Any]], int]:
        """So many lines from the given one on (0 is the first), and how many there are in all."""
        which = sa.and_(sa.true(), *_narrowed(wanted))
        lines = sa.select(tables.worklist, *_MEANT).join(kept.authorizations, _case.number == _line.number).where(which)
        total = self.row(sa.select(sa.func.count()).select_from(_LISTED).where(which))[0]
        return [row._asdict() for row in self.rows(lines.order_by(_line.due_at, _line.number).limit(most).offset(first))], total

    def worklist_counts(self, person: str, at: datetime, scope: Wanted = EVERYTHING) -> Counts:
        """What waits in all, for this person, for nobody yet, and too long; within a review organization's scope where it is one."""

        def those(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
            return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

        told = sa.select(sa.func.count(), those(_line.owner == person), those(_line.owner.is_(None)), those(_line.due_at < at))
        return Counts(*self.row(told.select_from(_LISTED).where(sa.and_(sa.true(), *_in_scope(scope)))))

    def waiting_since(self) -> list[tuple[str | None, datetime, datetime]]:
        """Of every open case: its owner, when it was received, and when it is due."""
        rows = self.rows(sa.select(_line.owner, _case.received_at, _line.due_at).select_from(_LISTED))
        return [(row.owner, row.received_at, row.due_at) for row in rows]

    def owner(self, number: str) -> str | None:
        """Who has this case in hand; None when it is in the common pool. Raises NotFound when it waits for nobody."""
        row = self.row(sa.select(_line.owner).where(_line.number == number))
        if row is None:
            raise NotFound(f"{number} waits for nobody, so nobody has it in hand.", expression="number")
        return None if row.owner is None else str(row.owner)

    def handovers(self, number: str) -> list[dict[str, Any]]:
        """Who had it in hand, in order."""
        return [row._asdict() for row in self.rows(sa.select(tables.handovers).where(_hand.number == number).order_by(_hand.position))]


class WorklistWriting(WorklistReading):
    """Keeping what waits."""

    def enlist(self, authorization: Authorization) -> None:
        """The case's line as the case stands now, whoever has it in hand keeping it; no line when it waits for nobody."""
        mine = _line.number == authorization.number
        row = _row(authorization)
        if row is None:
            self.connection.execute(sa.delete(tables.worklist).where(mine))
        elif not self.connection.execute(sa.update(tables.worklist).where(mine).values(**row)).rowcount:
            self.insert(tables.worklist, {**row, **dict.fromkeys(_OURS)})

    def hand_over(self, number: str, before: str | None, owner: str | None, by: str, at: datetime) -> None:
        """Put the case into this person's hands, or back into the pool. Raises Conflict when somebody else did meanwhile."""
        held = _line.owner.is_(None) if before is None else _line.owner == before
        taken_at = at if owner else None
        done = self.connection.execute(sa.update(tables.worklist).where(_line.number == number, held).values(owner=owner, taken_at=taken_at))
        if done.rowcount != 1:
            now = self.owner(number) or "the common pool"
            raise Conflict(f"The case is in the hands of {now} by now. Read it again, and hand it over if that still holds.", expression="owner")
        position = self.row(sa.select(sa.func.count()).where(_hand.number == number))[0] + 1
        self.insert(tables.handovers, {"number": number, "position": position, "at": at, "by": by, "owner": owner})


def _narrowed(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    equal: Mapping[Any, str] = {_line.waits_for: wanted.waits_for, _line.line_of_business: wanted.line_of_business, _line.role: wanted.role}
    found = [column == value for column, value in equal.items() if value]
    if wanted.owner:
        found.append(_line.owner.is_(None) if wanted.owner == POOL else _line.owner == wanted.owner)
    if wanted.known_to_field is not None:
        found.append(_line.topic.in_(wanted.known_to_field))
    if wanted.urgent:
        found.append(_line.urgent.is_(True))
    if wanted.overdue_at:
        found.append(_line.due_at < wanted.overdue_at)
    if wanted.sought:
        columns = (_line.number, _line.member, _line.services, _line.requestor, _line.topic)
        found.append(sa.or_(*(column.icontains(wanted.sought, autoescape=True) for column in columns)))
    return [*found, *_in_scope(wanted)]


def _in_scope(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.topics:
        found.append(_line.topic.in_(wanted.topics))
    if wanted.lines:
        found.append(_line.line_of_business.in_(wanted.lines))
    if wanted.begins:
        found.append(_case.received_at >= datetime.combine(wanted.begins, time(), UTC))
    if wanted.until:
        found.append(_case.received_at < datetime.combine(wanted.until + timedelta(days=1), time(), UTC))
    return found


def _row(authorization: Authorization) -> dict[str, Any] | None:
    waiting = waits(authorization)
    if not waiting:
        return None
    request, first = authorization.request, waiting[0]
    edition = next((item.determination.edition for item in authorization.items if item.determination.edition), None)
    return {
        "number": authorization.number,
        "waits_for": str(first.what),
        "also": ",".join(str(each.what) for each in waiting[1:]),
        "due_at": first.due_at,
        "source": first.source,
        "role": first.role,
        "urgent": authorization.clock.urgent,
        "line_of_business": request.line_of_business,
        "topic": edition.topic if edition else "",
        "services": " ".join(coding.code for item in authorization.items for coding in item.requested.service.codes[:1]),
        "pended_items": " ".join(str(item.sequence) for item in authorization.pended),
        "member": request.member.name,
        "requestor": request.requestor.name,
        "plan": request.plan,
    }
