"""The table of what stands beside reviews: a line for each notice of admission and each demand for money back; most cases have none."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from fhir_pa.storage.tables import Moment, metadata

# Made anew from the case with each revision.
beside_reviews = Table(
    "beside_reviews",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("told_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("says", Text, nullable=False),
    Column("claim", String, nullable=False),
    Column("amount", String, nullable=False),  # as written: no float
    Column("member", Text, nullable=False),
    Column("requestor", Text, nullable=False),
    Column("line_of_business", String, nullable=False),
    Index("ix_beside_reviews_due", "kind", "is_open", "due_at"),
)
