"""The table of points: what each case brings to the tracker of the practice that asked for it; most cases bring none, or one."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text

from fhir_pa.storage.tables import Moment, metadata

# Made anew from the case with each revision.
points = Table(
    "points",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("about", String, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("npi", String),  # of who asked
    Column("received_at", Moment, nullable=False),
    Column("what", String, nullable=False),
    Column("on", Date, nullable=False),
    Column("at", Moment),
    Column("item", Integer),
    Column("count", Integer, nullable=False),
    Column("says", Text, nullable=False),
    # All that is counted and ordered by stands in the index: only rows that are shown are read.
    Index("ix_points_npi", "npi", "received_at", "about", "what", "on", "at", "count", "number", "part"),
)
