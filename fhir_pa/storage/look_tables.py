"""The tables of those who look: who looked at what was kept of hook calls, and by which assertion a call is found."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from fhir_pa.storage.card_tables import metadata
from fhir_pa.storage.tables import Moment, hook_calls

# One row for each look. Written before what is looked at leaves, and never changed.
looks = Table(
    "looks",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("person", String, nullable=False),
    Column("how", String, nullable=False),  # by a person's token, or at the command line
    Column("what", String, nullable=False),
    Column("about", Text, nullable=False),  # an id, or what was searched for, as JSON
    Column("found", Integer, nullable=False),
    Column("place", Integer),  # in the chain; empty for what was kept before there was one
    Column("sha256", String(64)),  # of the look and the fingerprint before it
    Index("ix_looks_at", "at"),
    Index("ix_looks_place", "place", unique=True),
)

hook_call_assertions = Table(
    "hook_call_assertions",
    metadata,
    Column("assertion", String, primary_key=True),
    Column("call", String, primary_key=True),
)

Index("ix_hook_calls_at", hook_calls.c.at)
