"""Prefetch gaps: what an EHR was to bring with its hook calls and did not, and what it cost to ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.desk_tables import prefetch_gaps as table
from fhir_pa.storage.ground import Ground, told

_gap, _call = table.c, tables.crd_metrics.c


@dataclass(frozen=True)
class Gap:
    """One prefetch ``template`` of one call that did not come: ``state`` is ``left out``, ``failed`` or ``of somebody else``.

    ``fetches`` and ``milliseconds`` are the queries the call made for the type of resource it was to bring, and their time.
    """

    call: str
    template: str
    client: str
    hook: str
    at: datetime
    state: str
    fetches: int
    milliseconds: int


class GapReading(Ground):
    """Counting gaps."""

    def gaps_counted(self, since: datetime) -> list[dict[str, Any]]:
        """For each client, hook, template and state since then: calls, fetches and milliseconds, the dearest first."""
        cost = sa.func.sum(_gap.milliseconds)
        kind = (_gap.client, _gap.hook, _gap.template, _gap.state)
        asked = sa.select(*kind, sa.func.count().label("calls"), sa.func.sum(_gap.fetches).label("fetches"), cost.label("milliseconds"))
        return [told(row) for row in self.rows(asked.where(_gap.at >= since).group_by(*kind).order_by(cost.desc(), *kind))]

    def hook_calls_counted(self, since: datetime) -> dict[tuple[str, str], int]:
        """How many hook calls there were since then, by client and hook."""
        asked = sa.select(_call.client, _call.hook, sa.func.count()).where(_call.at >= since).group_by(_call.client, _call.hook)
        return {(row[0], row[1]): int(row[2]) for row in self.rows(asked)}

    def gaps(self, since: datetime, client: str, hook: str, template: str, first: int, most: int) -> tuple[list[Gap], int]:
        """So many of the gaps of one template, the newest first, from the given one on; and how many there are."""
        which = sa.and_(_gap.at >= since, _gap.client == client, _gap.hook == hook, _gap.template == template)
        total = self.row(sa.select(sa.func.count()).select_from(table).where(which))[0]
        rows = self.rows(sa.select(table).where(which).order_by(_gap.at.desc(), _gap.call).limit(most).offset(first))
        return [Gap(**told(row)) for row in rows], total


class GapWriting(GapReading):
    """Keeping gaps."""

    def keep_gaps(self, gaps: Iterable[Gap]) -> None:
        """Keep what did not come with one call, after the call itself."""
        rows = [vars(each) for each in gaps]
        if rows:
            self.insert(table, rows)
