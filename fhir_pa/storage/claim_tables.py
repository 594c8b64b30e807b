"""The table of claim lines: what was given to members, as the payer's claims system tells it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text

from fhir_pa.storage.tables import Moment, metadata

# One row for each line of a claim; told again, a line stays as it was told first, except for what became of its payment.
claim_lines = Table(
    "claim_lines",
    metadata,
    Column("claim", String, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("member_system", String, nullable=False),
    Column("member", String, nullable=False),
    Column("line_of_business", String, nullable=False),
    Column("code_system", String, nullable=False),
    Column("code", String, nullable=False),
    Column("on", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("npi", String, nullable=False),
    Column("quantity", String, nullable=False),  # a decimal, with the digits it was told with
    Column("place", String, nullable=False),
    Column("diagnoses", Text, nullable=False),  # system|code, separated by spaces
    Column("ended", Boolean, nullable=False),
    Column("told_at", Moment, nullable=False),
    Column("paid", Boolean, nullable=True),  # null: not told
    Index("ix_claim_lines_on", "on"),
    Index("ix_claim_lines_npi", "npi", "on"),
    Index("ix_claim_lines_member", "member", "on"),
)
