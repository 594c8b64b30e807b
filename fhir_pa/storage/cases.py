"""Numbers of the authorizations a client submitted, found by the names they are known by, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground, short

_case = tables.authorizations.c
_known = tables.known_as.c


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


def _any_of(names: Sequence[Known]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(_is(name) for name in names))


def _is(name: Known) -> sa.ColumnElement[bool]:
    said = sa.and_(_known.kind.in_(name.kinds), _known.value == short(name.value))
    return said if name.system is None else sa.and_(said, _known.system == short(name.system))
