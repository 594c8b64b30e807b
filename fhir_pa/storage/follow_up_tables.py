"""The table of follow-ups: work beside reviews, each with its notes."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from fhir_pa.storage.tables import Moment, metadata

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", String, primary_key=True),
    Column("work", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("owner", String),
    Column("number", String, ForeignKey("authorizations.number")),
    Column("opened_at", Moment, nullable=False),
    Column("changes", Integer, nullable=False),  # how often it was changed: nobody writes over another's word
    Column("document", Text, nullable=False),  # the follow-up as JSON: the truth
    Index("ix_follow_ups_stage", "stage", "opened_at"),
    Index("ix_follow_ups_number", "number"),
)
