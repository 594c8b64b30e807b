"""The tables of the worklist: one row for each case that waits for a person, and who had it in hand since when."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from fhir_pa.storage.tables import Moment, metadata

# Made anew from the case with each revision; only the owner is its own. A case that waits for nobody has no row.
worklist = Table(
    "worklist",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("waits_for", String, nullable=False),
    Column("also", String, nullable=False),  # what else waits, separated by commas
    Column("due_at", Moment, nullable=False),
    Column("source", Text, nullable=False),
    Column("role", String, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("line_of_business", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("services", Text, nullable=False),  # their codes, separated by spaces
    Column("pended_items", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("requestor", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("owner", String),  # nobody: the common pool
    Column("taken_at", Moment),
    Index("ix_worklist_due_at", "due_at", "number"),
    Index("ix_worklist_owner", "owner", "due_at"),
)

# Append-only: who took a case, handed it over, or gave it back to the pool.
handovers = Table(
    "handovers",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", String, nullable=False),
    Column("owner", String),
)
