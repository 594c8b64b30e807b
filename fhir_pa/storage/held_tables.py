"""The table of attachments that came before their request: under which number, for which member."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from fhir_pa.storage.tables import Moment, metadata

held_attachments = Table(
    "held_attachments",
    metadata,
    Column("received_id", String, ForeignKey("received.id"), primary_key=True),
    Column("client", String, nullable=False),
    Column("member", String, nullable=False),
    Column("tracking", String, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_held_attachments_tracking", "client", "tracking", "member"),
)
