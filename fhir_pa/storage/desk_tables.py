"""The tables behind figures: how cases were decided, what criteria said where a person did, which prefetches an EHR did not bring.

All are made from what is kept elsewhere, at the moment it is kept, so that a page counts rows and opens no documents.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from fhir_pa.storage.tables import Moment, items, metadata, notices

# Written anew with each revision of the authorization: an appeal changes what a judgement came to.
judgements = Table(
    "judgements",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),  # of the determination within its item
    Column("criterion", String, primary_key=True),
    Column("topic", String, nullable=False),
    Column("edition", String, nullable=False),
    Column("truth", String, nullable=False),
    Column("action", String, nullable=False),
    Column("role", String, nullable=False),
    Column("rested_on", Boolean, nullable=False),
    Column("on_appeal", Boolean, nullable=False),
    Column("overridden", Boolean, nullable=False),
    Column("appeal", String, nullable=False),  # empty while none was decided on the merits
    Column("decided_at", Moment, nullable=False),
    Index("ix_judgements_topic", "topic", "criterion", "decided_at"),
)

# How each case was first decided, as figures count it; written anew with each revision. `left_out` says why it is not counted.
courses = Table(
    "courses",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("line_of_business", String, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("left_out", String, nullable=False),  # empty where it is counted
    Column("urgent", Boolean),
    Column("asked", String),
    Column("clock_from", Moment),
    Column("decided_at", Moment),
    Column("decided", String),
    Column("on_time", Boolean),
    Column("extended", Boolean),
    Column("by_engine", Boolean),
    Column("by_people", Boolean),
    Column("appealed", Boolean),
    Column("overturned", Boolean),
    Column("causes", String),  # separated by commas
    Index("ix_courses_received_at", "received_at"),
)

# One row for each prefetch of a hook call that did not come, with what it cost to ask for it.
prefetch_gaps = Table(
    "prefetch_gaps",
    metadata,
    Column("call", String, ForeignKey("hook_calls.id"), primary_key=True),
    Column("template", String, primary_key=True),
    Column("client", String, nullable=False),
    Column("hook", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String, nullable=False),
    Column("fetches", Integer, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Index("ix_prefetch_gaps_at", "at", "client", "hook"),
)

Index("ix_items_code", items.c.code, items.c.number)
Index("ix_notices_at", notices.c.at)
