"""Proofs: the chain of links that shows how each revision of an authorization was decided, kept with it and never changed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from fhir_pa.release import release
from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground, unpacked
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.proving import proof
from ig_profiles.fingerprint import canonical
from ig_profiles.json import parse
from ig_profiles.reading import Json

_link = tables.proofs.c
_received = tables.received.c
_NOTED = sa.select(_received.id, _received.kind, _received.client, _received.guide, _received.at, _received.sha256).where(
    _received.id.in_(sa.bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class Link:
    """One link as it is kept: its text, and the fingerprint that was kept beside it."""

    number: str
    revision: int
    sha256: str
    text: str

    @property
    def fingerprint(self) -> str:
        """The fingerprint its text has now."""
        return fingerprint(self.text)

    @property
    def document(self) -> Json:
        """What it says."""
        said: Json = parse(self.text.encode())
        return said


def fingerprint(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


class ProofReading(Ground):
    """Reading the chain, and what it holds on to; what somebody spoiled is read as far as it goes, to be named."""

    def numbers(self) -> list[str]:
        """The numbers of all authorizations on file, and of all chains."""
        both = sa.union(sa.select(tables.authorizations.c.number), sa.select(_link.number))
        return sorted(row.number for row in self.connection.execute(both))

    def links(self, number: str) -> list[Link]:
        """The chain of one authorization, the first link first."""
        kept = sa.select(_link.revision, self._raw(_link.sha256), self._raw(_link.document)).where(_link.number == number)
        return [Link(number, row.revision, _words(row.sha256), _words(row.document)) for row in self.rows(kept.order_by(_link.revision))]

    def revision_texts(self, number: str) -> dict[int, str]:
        """Every revision as the text that is kept."""
        kept = tables.revisions.c
        return {row.revision: _words(row.document) for row in self.rows(sa.select(kept.revision, self._raw(kept.document)).where(kept.number == number))}

    def stands_at(self, number: str) -> int | None:
        """The revision at which the authorization stands; None when it is not on file."""
        case = tables.authorizations.c
        row = self.row(sa.select(case.revision).where(case.number == number))
        return None if row is None else int(row.revision)

    def receipts(self, identities: Iterable[str]) -> dict[str, Json]:
        """What was noted of each of these messages when it came in, the fingerprint of its bytes among it; by id."""
        return {
            row.id: {"id": row.id, "kind": row.kind, "client": row.client, "guide": row.guide, "at": row.at.isoformat(), "sha256": row.sha256}
            for row in self.connection.execute(_NOTED, {"ids": list(identities)})
        }

    def receipts_now(self, identities: Iterable[str]) -> dict[str, Json]:
        """The same as the rows and the bytes say it now; a message that cannot be read any more is empty."""
        return {identity: self._receipt_now(identity) for identity in identities}

    def _receipt_now(self, identity: str) -> Json:
        try:
            noted = self.receipts([identity]).get(identity, {})
            row = self.row(sa.select(tables.received.c.body).where(tables.received.c.id == identity))
            same = row is not None and sha256(unpacked(row.body)).hexdigest() == noted["sha256"]
        except (ValueError, zlib.error, sa.exc.OperationalError):
            return {}
        return noted if same else {}

    def _raw(self, column: sa.Column[str]) -> sa.ColumnElement[Any]:
        """The column in bytes on SQLite, which would not hand out a text that is no UTF-8; PostgreSQL keeps no such text."""
        return column if self.on_postgresql else sa.cast(column, sa.LargeBinary).label(column.name)


class ProofWriting(ProofReading):
    """Adding to the chain."""

    def keep_link(self, authorization: Authorization, document: str) -> None:
        """Add the link of this revision, whose document was just kept; before its determinations become rows.

        Rows of determinations tell what was proven before, so that each determination stands in one link.
        """
        number, revision = authorization.number, authorization.revision
        previous, answered = "", {}
        if revision > 1:
            row = self.row(sa.select(_link.sha256).where(_link.number == number).order_by(_link.revision.desc()).limit(1))
            previous, answered = row.sha256 if row else "", self._answered(number)
        over = authorization.brought_over.received if authorization.brought_over else ()
        said = proof.link(authorization, previous, fingerprint(document), self.receipts((*over, *authorization.received)), answered, release())
        text = canonical(said).decode()
        self.insert(tables.proofs, {"number": number, "revision": revision, "sha256": fingerprint(text), "document": text})

    def _answered(self, number: str) -> dict[int, int]:
        made = tables.determinations.c
        counted: sa.Select[Any] = sa.select(made.sequence, sa.func.max(made.position).label("answers"))
        return {row.sequence: row.answers for row in self.rows(counted.where(made.number == number).group_by(made.sequence))}


def _words(kept: str | bytes) -> str:
    return kept if isinstance(kept, str) else kept.decode("utf-8", "replace")
