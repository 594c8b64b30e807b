"""Alerts: when to look at a case again, and what was found to run out, until one of the payer's people has seen it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fhir_pa.storage import alert_tables as tables
from fhir_pa.storage.ground import Ground
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.stays.falls_due import Due, Matter, next_due

EVERY = timedelta(minutes=1)
_watch, _alert = tables.watches.c, tables.alerts.c
_FORGET = sa.delete(tables.watches).where(_watch.number == sa.bindparam("old"))


@dataclass(frozen=True)
class Alert:
    """One thing that runs out, or ran out, of one authorization; ``seen_by`` is the person who has taken note of it."""

    number: str
    matter: Matter
    at: datetime
    says: str
    seen_by: str | None = None


class AlertReading(Ground):
    """Reading what runs out."""

    def alerts(self, number: str | None = None, limit: int = 500) -> list[Alert]:
        """What nobody has seen yet, the earliest first; of one authorization, or of all."""
        wanted = [_alert.seen_at.is_(None), *([_alert.number == number] if number else [])]
        found = self.rows(sa.select(tables.alerts).where(*wanted).order_by(_alert.at, _alert.number).limit(limit))
        return [Alert(row.number, Matter(row.matter), row.at, row.says, row.seen_by) for row in found]

    def to_look_at(self, by: datetime, limit: int = 200) -> list[str]:
        """The numbers of the cases at which to look now, the longest overdue first."""
        due = sa.select(_watch.number).where(_watch.look_at <= by).order_by(_watch.look_at, _watch.number).limit(limit)
        return [row.number for row in self.rows(due)]


class AlertWriting(AlertReading):
    """Keeping what runs out."""

    def watch(self, authorization: Authorization, after: datetime) -> None:
        """Look at this case again at its next moment after this one; never, when nothing of it will run out."""
        at = next_due(authorization, after)
        self.connection.execute(_FORGET, {"old": authorization.number})
        if at is not None:
            self.insert(tables.watches, {"number": authorization.number, "look_at": at})

    def ring(self, number: str, dues: Iterable[Due]) -> None:
        """Keep these, each once however often they are found."""
        rows = [{"number": number, "matter": due.matter, "at": due.at, "says": due.says, "seen_by": None, "seen_at": None} for due in dues]
        self.insert_missing(tables.alerts, rows)

    def seen(self, number: str, person: str, at: datetime) -> int:
        """This person has seen everything that rang for this authorization so far; returns how many."""
        mine = sa.and_(_alert.number == number, _alert.seen_at.is_(None))
        return self.connection.execute(sa.update(tables.alerts).where(mine).values(seen_by=person, seen_at=at)).rowcount

    def look_later(self) -> None:
        """See to it that somebody looks at the clocks again within a minute; however many ask, it is done once."""
        now = self.clock()
        minute = int(now.timestamp() // EVERY.total_seconds()) + 1
        self.queue.enqueue_look(self.connection, f"clocks:{minute}", minute * EVERY.total_seconds() - now.timestamp())
