"""What was received, byte for byte, and what was answered: the record of truth, and the way to recognise a replay.

A provider that lost our answer posts the same bytes again and must not get a second authorization; but identifiers
repeat between different requests, so only identical bytes of the same client within a window count (pas.md traps 36, 37).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground, packed, short, unpacked
from fhir_pa.storage.held_tables import held_attachments
from ig_profiles.outcome import NotFound

_received, _held = tables.received.c, held_attachments.c
_SAME = (
    sa.select(_received.id)
    .join(tables.answers)
    .where(_received.client == sa.bindparam("client"), _received.sha256 == sa.bindparam("sha256"), _received.kind == sa.bindparam("kind"))
    .where(_received.at >= sa.bindparam("since"))
    .order_by(_received.at.desc())
    .limit(1)
)
_HELD = (
    sa.select(_held.received_id)
    .where(_held.client == sa.bindparam("client"), _held.at >= sa.bindparam("since"))
    .where(_held.tracking.in_(sa.bindparam("numbers", expanding=True)), _held.member.in_(sa.bindparam("members", expanding=True)))
    .order_by(_held.at, _held.received_id)
)


@dataclass(frozen=True)
class Received:
    """One message as it came in. ``kind`` says to which door: submit, attachment, inquire, hook, …"""

    id: str
    kind: str
    client: str
    guide: str
    at: datetime
    body: bytes

    @property
    def sha256(self) -> str:
        """The fingerprint of the bytes, in hexadecimal."""
        return sha256(self.body).hexdigest()


class ReceivedReading(Ground):
    """Reading what was received and answered."""

    def received(self, received_id: str) -> Received:
        """The message as it came in, or NotFound."""
        row = self.row(sa.select(tables.received).where(tables.received.c.id == received_id))
        if row is None:
            raise NotFound(f"Nothing was received under {received_id}. Take the id from the authorization's list of what was received.")
        return Received(row.id, row.kind, row.client, row.guide, row.at, unpacked(row.body))

    def answer(self, received_id: str) -> bytes | None:
        """What was answered to this message, or None when no answer was kept."""
        row = self.row(sa.select(tables.answers.c.body).where(tables.answers.c.received_id == received_id))
        return None if row is None else unpacked(row.body)

    def answered_at(self, received_id: str) -> datetime | None:
        """When the answer to this message was written; None when none was kept, or by a fhir-pa that did not note it."""
        row = self.row(sa.select(tables.answers.c.at).where(tables.answers.c.received_id == received_id))
        return None if row is None else row.at

    def held_for(self, client: str, members: Iterable[str], numbers: Iterable[str], since: datetime) -> list[str]:
        """The ids of the attachments this client sent since then, before their request, under one of these numbers for one of these members; in order."""
        named = {"numbers": [*{*map(short, numbers)}], "members": [*{*map(short, members)}]}
        return [row.received_id for row in self.connection.execute(_HELD, {"client": client, "since": since, **named})]


class ReceivedWriting(ReceivedReading):
    """Keeping what was received and answered."""

    def keep_received(self, received: Received) -> None:
        """Keep the message; it never changes afterwards."""
        kept = {"id": received.id, "kind": received.kind, "client": received.client, "guide": received.guide, "at": received.at}
        self.insert(tables.received, {**kept, "sha256": received.sha256, "body": packed(received.body)})

    def hold(self, received: Received, member: str, tracking: str) -> None:
        """Remember that these attachments, which are kept, wait for a request of this member with this number."""
        named = {"received_id": received.id, "client": received.client, "member": short(member), "tracking": short(tracking), "at": received.at}
        self.insert(held_attachments, named)

    def keep_answer(self, received_id: str, body: bytes) -> None:
        """Keep what was answered; a message is answered once."""
        self.insert(tables.answers, {"received_id": received_id, "body": packed(body), "at": self.clock()})

    def replay(self, client: str, sha256: str, kind: str, since: datetime) -> str | None:
        """The id of the latest identical, answered message of this client since then, or None: then this one is new.

        Ask before ``keep_received``, in the same transaction: two identical messages at the same moment take turns here,
        and the second one finds the first.
        """
        self.one_at_a_time("replay", client, sha256, kind)
        row = self.row(_SAME, client=client, sha256=sha256, kind=kind, since=since)
        return None if row is None else str(row.id)
