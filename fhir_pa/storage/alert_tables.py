"""The tables of what runs out: when to look at a case again, and what was found then."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from fhir_pa.storage.tables import Moment, metadata

watches = Table(
    "watches",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("look_at", Moment, nullable=False, index=True),
)

# One row for each moment of a matter of a case; it rings once.
alerts = Table(
    "alerts",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("matter", String, primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("says", Text, nullable=False),
    Column("seen_by", String),
    Column("seen_at", Moment),
    Index("ix_alerts_seen_at", "seen_at", "at"),
)
