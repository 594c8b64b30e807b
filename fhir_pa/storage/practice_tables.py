"""The table of what practices watch: one row for each line of a case and each practice (NPI) that may see it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from fhir_pa.storage.tables import Moment, metadata

# Made anew from the case with each revision.
practice_lines = Table(
    "practice_lines",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("npi", String, primary_key=True),
    Column("place", Integer, nullable=False),  # of the NPI among those that may see the case, the least is 0
    Column("at", Moment, nullable=False),
    Column("since", Moment),
    Column("until", Moment),
    Column("items", Text, nullable=False),  # sequences separated by spaces
    Column("member", Text, nullable=False),
    Column("member_number", Text, nullable=False),
    Column("services", Text, nullable=False),  # their codes, separated by spaces
    Column("requestor", Text, nullable=False),
    Column("line_of_business", String, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("says", Text, nullable=False),
    Column("awaits", String, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("certified", String),  # as written: no float
    Column("left", String),
    Column("unit", String, nullable=False),
    Column("share", Integer),  # what is left, of a thousand
    Column("continued", Boolean, nullable=False),
    Column("booked_at", Moment),
    # All that is counted and ordered by stands in the index: no row is read for it.
    Index("ix_practice_lines_at", "npi", "kind", "at", "number", "part", "place", "awaits", "continued", "share", "since", "until"),
    Index("ix_practice_lines_share", "npi", "kind", "share", "at"),
)
