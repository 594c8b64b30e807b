"""The table of second readings: decisions drawn to be looked at once more, blind."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from fhir_pa.storage.tables import Moment, metadata

second_readings = Table(
    "second_readings",
    metadata,
    Column("id", String, primary_key=True),
    Column("number", String, ForeignKey("authorizations.number"), nullable=False),
    Column("item", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("read_at", Moment),
    Column("document", Text, nullable=False),  # the reading as JSON: the truth
    Index("ix_second_readings_read", "read_at"),
    Index("ix_second_readings_decided", "decided_at"),
)
