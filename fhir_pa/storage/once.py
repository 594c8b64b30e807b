"""Small memories that every process shares: what was seen once, and secrets that the first process draws."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground, short

_SECRET = sa.select(tables.secrets.c.value).where(tables.secrets.c.name == sa.bindparam("name"))
_SEEN = sa.select(tables.seen_once.c.until).where(tables.seen_once.c.kind == sa.bindparam("kind"), tables.seen_once.c.key == sa.bindparam("key"))
_FORGET = sa.delete(tables.seen_once).where(tables.seen_once.c.until < sa.bindparam("now"))


class OnceReading(Ground):
    """Reading shared secrets."""

    def secret(self, name: str) -> bytes | None:
        """The secret of this name, or None when none was drawn yet."""
        row = self.row(_SECRET, name=name)
        return None if row is None else bytes(row.value)

    def was_seen(self, kind: str, key: str) -> bool:
        """Whether this is remembered."""
        return self.row(_SEEN, kind=kind, key=short(key)) is not None


class OnceWriting(OnceReading):
    """Remembering."""

    def remember_once(self, kind: str, key: str, until: datetime) -> bool:
        """Whether this is the first time, for all processes together; it is remembered until then.

        For tokens that count once (jti): whoever hears False is looking at a replay.
        """
        self.connection.execute(_FORGET, {"now": self.clock()})
        return self.insert_new(tables.seen_once, {"kind": kind, "key": short(key), "until": until})

    def keep_secret(self, name: str, value: bytes) -> bytes:
        """Keep the secret unless another process drew one first; returns the one that counts."""
        self.insert_new(tables.secrets, {"name": name, "value": value})
        return self.secret(name) or value
