"""Claim lines: what was given to members, kept once, and found by day, provider or member."""

from __future__ import annotations

from collections.abc import Iterable
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

    def claims_are_told(self) -> bool:
        """Whether any claim was ever told: without one, nothing can be said of what was given."""
        return self.row(sa.select(_line.claim).limit(1)) is not None


class ClaimWriting(ClaimReading):
    """Keeping what was given."""

    def keep_rendered(self, lines: Iterable[Rendered], at: datetime) -> int:
        """Keep these lines; how many of them are new."""
        return sum(self.insert_new(claim_lines, _row(line, at)) for line in lines)


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
    )
