"""Claim lines: what was given to members, kept once, and found by day, provider or member."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage.claim_tables import claim_lines
from fhir_pa.storage.ground import Ground
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.on_file.rendered import Rendered
from ig_profiles.reading import Coding

_line = claim_lines.c


class ClaimReading(Ground):
    """Finding what was given."""

    def rendered(self, first: date, last: date, *npis: str) -> list[Rendered]:
        """What was given from the first day through the last, by these providers where any is named; the earliest first."""
        asked = [_line.on >= first, _line.on <= last, *([_line.npi.in_(npis)] if npis else [])]
        rows = self.rows(sa.select(claim_lines).where(*asked).order_by(_line.on, _line.claim, _line.line))
        return [_read(row) for row in rows]

    def rendered_to(self, members: Iterable[Identifier], first: Collection[str], most: int) -> tuple[list[Rendered], int]:
        """So many lines of the member with any of these numbers, those with a code of ``first`` before others, the newest first; and how many there are."""
        named = sa.or_(sa.false(), *(sa.and_(_line.member == each.value, _line.member_system == each.system) for each in members))
        order = (sa.case((_line.code.in_(sorted(first)), 0), else_=1), _line.on.desc(), _line.claim, _line.line)
        found = [_read(row) for row in self.rows(sa.select(claim_lines).where(named).order_by(*order).limit(most))]
        of = len(found) if len(found) < most else self.rows(sa.select(sa.func.count()).select_from(claim_lines).where(named))[0][0]
        return found, of

    def claims_are_told(self) -> bool:
        """Whether any claim was ever told: without one, nothing can be said of what was given."""
        return self.row(sa.select(_line.claim).limit(1)) is not None


class ClaimWriting(ClaimReading):
    """Keeping what was given."""

    def keep_rendered(self, lines: Iterable[Rendered], at: datetime) -> int:
        """Keep these lines; how many of them are new. Of a line told before, only whether it was paid is learnt anew."""
        return sum(self._keep_line(line, at) for line in lines)

    def _keep_line(self, line: Rendered, at: datetime) -> bool:
        if self.insert_new(claim_lines, _row(line, at)):
            return True
        if line.paid is not None:
            self.connection.execute(sa.update(claim_lines).where(_line.claim == line.claim, _line.line == line.line).values(paid=line.paid))
        return False


def _row(line: Rendered, at: datetime) -> dict[str, Any]:
    return {
        "claim": line.claim,
        "line": line.line,
        "member_system": line.member.system,
        "member": line.member.value,
        "line_of_business": line.line_of_business,
        "code_system": line.code.system or "",
        "code": line.code.code,
        "on": line.on,
        "until": line.until,
        "npi": line.npi,
        "quantity": str(line.quantity),
        "place": line.place,
        "diagnoses": " ".join(f"{each.system or ''}|{each.code}" for each in line.diagnoses),
        "ended": line.ended,
        "told_at": at,
        "paid": line.paid,
    }


def _read(row: Any) -> Rendered:
    return Rendered(
        claim=row.claim,
        line=row.line,
        member=Identifier(row.member_system, row.member),
        line_of_business=row.line_of_business,
        code=Coding(row.code_system, row.code),
        on=row.on,
        until=row.until,
        npi=row.npi,
        quantity=Decimal(row.quantity),
        place=row.place,
        diagnoses=tuple(Coding(*each.rsplit("|", 1)) for each in row.diagnoses.split()),
        ended=row.ended,
        paid=row.paid,
    )
