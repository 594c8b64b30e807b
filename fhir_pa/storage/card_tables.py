"""The tables of cards: which were given, and what became of them; codes and ids only, but for what a clinician wrote."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, String, Table, Text

from fhir_pa.storage.tables import Moment, metadata

# One row for each card of an answer. The same card given again, in the same hook instance, is the same card.
cards_given = Table(
    "cards_given",
    metadata,
    Column("client", String, primary_key=True),
    Column("card", String, primary_key=True),  # its uuid
    Column("call", String, nullable=False),  # the hook call that first gave it
    Column("at", Moment, nullable=False),
    Column("hook", String, nullable=False),
    Column("hook_instance", String, nullable=False),
    Column("topic", String, nullable=False),  # card type
    Column("policy", String, nullable=False),  # topic of the policy it speaks of; empty for none, or several
    Column("edition", String, nullable=False),
    Column("role", String, nullable=False),  # kind of resource the user is; empty when not told
    Index("ix_cards_given_at", "at"),
)

# One row for each outcome told of a card, and each suggestion of it that was taken; the card may be nobody's we know.
card_outcomes = Table(
    "card_outcomes",
    metadata,
    Column("client", String, primary_key=True),
    Column("card", String, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("told_at", String, primary_key=True),  # the client's moment, as sent
    Column("suggestion", String, primary_key=True),  # empty for none
    Column("service", String, nullable=False),
    Column("at", Moment, nullable=False),  # ours
    Column("on", Date, nullable=False),  # the day of it, in UTC
    Column("reason_system", String, nullable=False),
    Column("reason", String, nullable=False),  # code; empty for none
    Column("comment", Text, nullable=False),  # may name a patient: for auditors alone
    Index("ix_card_outcomes_at", "at"),
)
