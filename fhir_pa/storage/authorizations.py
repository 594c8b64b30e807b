"""Authorizations: every revision kept, the present one found by number, member, trace number or due time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import sqlalchemy as sa

from fhir_pa.storage import document, rows, tables
from fhir_pa.storage.alerts import EVERY, AlertWriting
from fhir_pa.storage.beside import BesideWriting
from fhir_pa.storage.courses import CourseWriting
from fhir_pa.storage.judgements import JudgementWriting
from fhir_pa.storage.names import CLAIM, MEMBER, TRACE, Name, as_kept, identified, names_of
from fhir_pa.storage.points import PointWriting
from fhir_pa.storage.practice import PracticeWriting
from fhir_pa.storage.proofs import ProofReading, ProofWriting
from fhir_pa.storage.worklist import WorklistWriting
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import Identifier
from ig_profiles.outcome import Conflict, NotFound

LATEST_LOOK = 5 * EVERY  # a moment that came just before this act may not have been looked at yet
AT_ONCE = 1000
_case = tables.authorizations.c
_revision = tables.revisions.c
_known = tables.known_as.c
_ONE_OF = _known.value.in_(sa.bindparam("values", expanding=True))
_NUMBERED = sa.select(_known.number, _known.system, _known.value).where(_known.kind == sa.bindparam("kind"), _ONE_OF)
_PRESENT = sa.and_(_revision.number == _case.number, _revision.revision == _case.revision)


class AuthorizationReading(ProofReading):
    """Finding authorizations."""

    def authorization(self, number_or_reference: str) -> Authorization:
        """The authorization as it stands, by its number or its administrative reference; NotFound when there is none."""
        found = self._present(sa.or_(_case.number == number_or_reference, _case.reference == number_or_reference))
        if not found:
            raise NotFound(f"No authorization {number_or_reference} is on file. Check the number.", expression="number")
        return found[0]

    def revision(self, number: str, revision: int) -> Authorization:
        """The authorization as it stood at this revision (1 is the first); NotFound when there is none."""
        row = self.row(sa.select(_revision.document).where(_revision.number == number, _revision.revision == revision))
        if row is None:
            raise NotFound(f"Authorization {number} has no revision {revision}. Revisions count from 1.", expression="revision")
        return document.read(row.document, Authorization)

    def of_member(self, identifiers: Iterable[Identifier]) -> list[Authorization]:
        """Every authorization of the member, or of the subscriber, with any of these numbers; the oldest first."""
        names = set(map(as_kept, identified(MEMBER, identifiers)))
        rows_ = self.connection.execute(_NUMBERED, {"kind": MEMBER, "values": [value for _, _, value in names]})
        numbers = [row.number for row in rows_ if (MEMBER, row.system, row.value) in names]
        return self._present(_case.number.in_(numbers), _case.received_at) if numbers else []

    def of_members(self, identifiers: Iterable[Identifier], *requestors: str) -> dict[Identifier, list[tuple[str, int]]]:
        """For each of these numbers of members, the number and revision of every authorization with it, the oldest first.

        Of these requestors (NPIs) alone where any is named.
        """
        asked = {each: next(map(as_kept, identified(MEMBER, [each]))) for each in identifiers}
        values = sorted({value for _, _, value in asked.values()})
        found: dict[Name, list[tuple[str, int]]] = {}
        told = sa.select(_known.system, _known.value, _case.number, _case.revision).join(tables.authorizations, _case.number == _known.number)
        theirs = [_case.requestor_npi.in_(requestors)] if requestors else []
        told = told.where(_known.kind == MEMBER, _ONE_OF, *theirs).order_by(_case.received_at, _case.number)
        for some in _parts(values):
            for row in self.connection.execute(told, {"values": some}):
                found.setdefault((MEMBER, row.system, row.value), []).append((row.number, row.revision))
        return {each: found.get(name, []) for each, name in asked.items()}

    def several(self, numbers: Iterable[str]) -> Iterator[Authorization]:
        """The authorizations with these numbers as they stand, the oldest of each thousand first."""
        for some in _parts(sorted(set(numbers))):
            yield from self._present(_case.number.in_(some), _case.received_at)

    def latest_of_member(self, identifiers: Iterable[Identifier], most: int) -> list[Authorization]:
        """So many authorizations of the member with any of these numbers, the newest first."""
        told = _known_as(identified(MEMBER, identifiers))
        newest = self.rows(sa.select(_case.number).where(told).order_by(_case.received_at.desc(), _case.number).limit(most))
        return self._present(_case.number.in_([row.number for row in newest]), _case.received_at.desc()) if newest else []

    def by_trace(self, identifiers: Iterable[Identifier], client: str | None = None, npi: str | None = None, claim_url: str = "") -> list[Authorization]:
        """The authorizations an update may follow: known by any of these numbers the provider gave (or by its claim's
        URL), and submitted by this client or for this requestor. The newest first, because trace numbers repeat.
        """
        names = [*identified(TRACE, identifiers), *([(CLAIM, "", claim_url)] if claim_url else [])]
        theirs = [column == value for column, value in ((_case.client, client), (_case.requestor_npi, npi)) if value]
        return self._present(sa.and_(_known_as(names), sa.or_(sa.false(), *theirs)), _case.received_at.desc())

    def received_between(self, first: datetime, last: datetime, *requestors: str) -> Iterator[Authorization]:
        """Every authorization received from the first moment on and before the last, one after the other, the oldest first.

        Of these requestors (NPIs) alone where any is named.
        """
        asked = sa.and_(_case.received_at >= first, _case.received_at < last, *([_case.requestor_npi.in_(requestors)] if requestors else []))
        found = sa.select(_revision.document).join(tables.authorizations, _PRESENT).where(asked).order_by(_case.received_at, _case.number)
        for row in self.connection.execute(found, execution_options={"yield_per": 200}):
            yield document.read(row.document, Authorization)

    def pended(self) -> list[Authorization]:
        """Every authorization at which a person must still look, the one that is due by law first coming first."""
        return self._present(_case.pended.is_(True), _case.legal_due_at)

    def rows_astray(self, number: str) -> str:
        """The name of the first table whose rows say something else than the present revision; empty when none does.

        At which revision a determination or a line of the trail was added is not in the revision, and not compared.
        """
        authorization = self.authorization(number)
        made = {
            tables.authorizations: [rows.case(authorization)],
            tables.items: rows.items(authorization),
            tables.determinations: rows.determinations(authorization),
            tables.trail: rows.trail(authorization),
        }
        return next((table.name for table, wanted in made.items() if not self._stand(table, number, wanted)), "")

    def _stand(self, table: sa.Table, number: str, wanted: list[rows.Row]) -> bool:
        """Whether exactly these rows stand in the table for this authorization."""
        told = [column for column in table.c if column.name != "revision" or table is tables.authorizations]
        expected = [{column.name: row[column.name] for column in told} for row in wanted]
        try:
            kept = self.rows(sa.select(*told).where(table.c.number == number))
        except (ValueError, sa.exc.OperationalError):  # a moment or a text that is none any more
            return False
        keyed = [{str([row[key.name] for key in table.primary_key]): row for row in side} for side in ([row._asdict() for row in kept], expected)]
        return len(kept) == len(expected) and keyed[0] == keyed[1]

    def _present(self, condition: sa.ColumnElement[bool], *order: sa.ColumnElement[object]) -> list[Authorization]:
        found = self.rows(sa.select(_revision.document).join(tables.authorizations, _PRESENT).where(condition).order_by(*order, _case.number))
        return [document.read(row.document, Authorization) for row in found]


class AuthorizationWriting(
    ProofWriting,
    AlertWriting,
    WorklistWriting,
    JudgementWriting,
    CourseWriting,
    PracticeWriting,
    PointWriting,
    BesideWriting,
    AuthorizationReading,
):
    """Keeping authorizations."""

    def add(self, authorization: Authorization) -> None:
        """Keep a new authorization; Conflict when its number or reference is taken."""
        if not self.insert_new(tables.authorizations, rows.case(authorization)):
            raise Conflict(f"Authorization {authorization.number} is on file already. Draw a new number.", expression="number")
        self._keep(authorization)

    def save(self, authorization: Authorization) -> None:
        """Keep the next revision of an authorization.

        Raises Conflict when somebody else's act was saved since this one was read, so that neither overwrites the other.
        """
        before = authorization.revision - 1
        done = self.connection.execute(
            sa.update(tables.authorizations).where(_case.number == authorization.number, _case.revision == before).values(**rows.case(authorization))
        )
        if done.rowcount != 1:
            stands = self.authorization(authorization.number).revision
            raise Conflict(
                f"Authorization {authorization.number} changed meanwhile: it stands at revision {stands}, and this act was made on revision {before}. "
                "Read it again and repeat the act if it still holds.",
                expression="revision",
            )
        self._keep(authorization)

    def _keep(self, authorization: Authorization) -> None:
        number, revision, text = authorization.number, authorization.revision, document.write(authorization)
        self.insert(tables.revisions, {"number": number, "revision": revision, "document": text})
        self.keep_link(authorization, text)
        self.insert_missing(
            tables.known_as, [{"number": number, "kind": kind, "system": system, "value": value} for kind, system, value in _sorted(authorization)]
        )
        self._keep_items(authorization)
        self.insert_missing(tables.determinations, rows.determinations(authorization))
        self.insert_missing(tables.trail, rows.trail(authorization))
        self.watch(authorization, authorization.trail[-1].at - LATEST_LOOK)
        self.enlist(authorization)
        self.keep_judgements(authorization)
        self.keep_course(authorization)
        self.show_practices(authorization)
        self.keep_points(authorization)
        self.keep_beside(authorization)

    def _keep_items(self, authorization: Authorization) -> None:
        wanted = rows.items(authorization)
        if authorization.revision == 1:
            self.insert(tables.items, wanted)
            return
        item = tables.items.c
        kept = {row.sequence: row._asdict() for row in self.rows(sa.select(tables.items).where(item.number == authorization.number))}
        for row in wanted:
            if row["sequence"] not in kept:
                self.insert(tables.items, row)
            elif row != kept[row["sequence"]]:
                same = sa.and_(item.number == row["number"], item.sequence == row["sequence"])
                self.connection.execute(sa.update(tables.items).where(same).values(**row))


def _parts(values: list[str]) -> Iterator[list[str]]:
    """So many of them at once as a database takes in one question."""
    return (values[first : first + AT_ONCE] for first in range(0, len(values), AT_ONCE))


def _sorted(authorization: Authorization) -> list[Name]:
    return sorted(names_of(authorization))


def _known_as(names: Iterable[Name]) -> sa.ColumnElement[bool]:
    known = tables.known_as.c
    any_of = [sa.and_(known.kind == kind, known.system == system, known.value == value) for kind, system, value in map(as_kept, names)]
    return _case.number.in_(sa.select(known.number).where(sa.or_(sa.false(), *any_of)))
