"""The table of inquiries: which cases were told of, to whom, when it was asked and when answered; for the guide's measures."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from fhir_pa.storage.tables import Moment, metadata

queries = Table(
    "queries",
    metadata,
    Column("id", String, primary_key=True),
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True, index=True),
    Column("client", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("answered_at", Moment, nullable=False),
)
