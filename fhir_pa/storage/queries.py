"""Inquiries as they are measured: nothing of what was asked or told, only which case, by whom and how long it took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fhir_pa.storage.ground import Ground
from fhir_pa.storage.query_tables import queries

_query = queries.c


@dataclass(frozen=True)
class Query:
    """One inquiry that told of a case."""

    client: str
    at: datetime
    answered_at: datetime


class QueryReading(Ground):
    """Reading who asked about a case."""

    def queries(self, number: str) -> list[Query]:
        """The inquiries that told of this case, in order."""
        found = self.rows(sa.select(queries).where(_query.number == number).order_by(_query.at, _query.id))
        return [Query(row.client, row.at, row.answered_at) for row in found]


class QueryWriting(QueryReading):
    """Keeping who asked."""

    def keep_query(self, identity: str, numbers: Iterable[str], query: Query) -> None:
        """Keep one inquiry with the cases it told of."""
        shared = {"id": identity, "client": query.client, "at": query.at, "answered_at": query.answered_at}
        rows = [{**shared, "number": number} for number in dict.fromkeys(numbers)]
        if rows:
            self.insert(queries, rows)
