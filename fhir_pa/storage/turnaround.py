"""How long first decisions took: from the receipt of a request to the first final determination of the item."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground
from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.on_file.order_time import SIGNED

_NO_DECISION = (ReviewAction.PENDED, ReviewAction.CANCELLED, ReviewAction.NO_ACTION)
LATEST = 400


class TurnaroundReading(Ground):
    """Measuring the payer's own speed."""

    def first_decisions(self, topic: str, codes: Iterable[str], latest: int = LATEST) -> list[timedelta]:
        """The time from receipt to first decision of the latest requests for these codes under this policy.

        What was certified with the order is left out: nobody waited for it, and nobody had asked.
        """
        made, case, item, line = tables.determinations.c, tables.authorizations.c, tables.items.c, tables.trail.c
        first = sa.func.min(made.decided_at, type_=made.decided_at.type).label("first")
        wanted = (
            sa.select(case.received_at, first)
            .select_from(tables.determinations)
            .join(tables.authorizations, case.number == made.number)
            .join(tables.items, sa.and_(item.number == made.number, item.sequence == made.sequence))
            .join(tables.trail, sa.and_(line.number == made.number, line.position == 1))
            .where(made.topic == topic, made.action.not_in([str(each) for each in _NO_DECISION]), item.code.in_(list(codes)), line.what != SIGNED)
            .group_by(made.number, made.sequence, case.received_at)
            .order_by(first.desc())
            .limit(latest)
        )
        return [row.first - row.received_at for row in self.rows(wanted)]
