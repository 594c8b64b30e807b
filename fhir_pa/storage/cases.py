"""Numbers of authorizations: those a client submitted, found by the names they are known by, and those of a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground, short
from fhir_pa.storage.names import MEMBER

_case = tables.authorizations.c
_known = tables.known_as.c
_received = tables.received.c


@dataclass(frozen=True)
class Known:
    """A name to look for: any of these kinds, this value, and this system unless it is None."""

    kinds: tuple[str, ...]
    value: str
    system: str | None = None


def submitted_by(client: str, wanted: Iterable[Sequence[Known]], count: int, offset: int, tx: Ground) -> tuple[int, list[str]]:
    """How many there are, and the numbers of one page, the newest first. Each of ``wanted`` must hold, by any of its names."""
    meant = sa.and_(_case.client == client, *(_case.number.in_(sa.select(_known.number).where(_any_of(names))) for names in wanted))
    (total,) = tx.rows(sa.select(sa.func.count()).select_from(tables.authorizations).where(meant))[0]
    page = sa.select(_case.number).where(meant).order_by(_case.received_at.desc(), _case.number).limit(count).offset(offset)
    return total, [row.number for row in tx.rows(page)] if count else []


def about_member(value: str, count: int, offset: int, tx: Ground) -> tuple[int, list[str]]:
    """How many cases are known by this member number in anybody's numbering, and the numbers of one page, the newest first.

    Whose they are is for the caller to tell: a family may share a number, and so may the numberings of two hospitals.
    """
    meant = _case.number.in_(sa.select(_known.number).where(_is(Known((MEMBER,), value))))
    (total,) = tx.rows(sa.select(sa.func.count()).select_from(tables.authorizations).where(meant))[0]
    page = sa.select(_case.number).where(meant).order_by(_case.received_at.desc(), _case.number).limit(count).offset(offset)
    return total, [row.number for row in tx.rows(page)]


def _any_of(names: Sequence[Known]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(_is(name) for name in names))


def _is(name: Known) -> sa.ColumnElement[bool]:
    said = sa.and_(_known.kind.in_(name.kinds), _known.value == short(name.value))
    return said if name.system is None else sa.and_(said, _known.system == short(name.system))


def received_between(since: datetime, until: datetime, client: str | None, tx: Ground) -> list[str]:
    """The numbers of the cases that came from ``since`` on and before ``until``, in order."""
    meant = sa.and_(_case.received_at >= since, _case.received_at < until, *([_case.client == client] if client else []))
    return [row.number for row in tx.rows(sa.select(_case.number).where(meant).order_by(_case.received_at, _case.number))]


def submissions_between(since: datetime, until: datetime, client: str | None, tx: Ground) -> list[str]:
    """The ids of the submissions received in that time, in order, whatever became of them."""
    meant = sa.and_(_received.kind == "submit", _received.at >= since, _received.at < until, *([_received.client == client] if client else []))
    return [row.id for row in tx.rows(sa.select(_received.id).where(meant).order_by(_received.at, _received.id))]
