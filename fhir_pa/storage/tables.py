"""The tables: received bytes, authorizations with every revision, assertions, subscriptions, notices and small memories.

Truth is append-only: ``received``, ``answers``, ``revisions``, ``proofs``, ``trail``, ``determinations``, ``hook_calls``,
``feedback``, ``crd_metrics``, ``dtr_metrics``, ``cards_given``. The others point into it or hold what may change. The work queue's own tables are not ours.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator

NAMES = {"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"}
metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """A moment with its zone, kept in UTC; SQLite, which knows no zones, gets the same clock time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone. Hand in moments with one, e.g. datetime.now(UTC).")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


received = Table(
    "received",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("client", String, nullable=False),
    Column("guide", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),  # zlib
    Index("ix_received_replay", "client", "sha256", "kind", "at"),
)

answers = Table(
    "answers",
    metadata,
    Column("received_id", String, ForeignKey("received.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # zlib
    Column("at", Moment),  # when it was written; not known of the oldest
)

authorizations = Table(
    "authorizations",
    metadata,
    Column("number", String, primary_key=True),
    Column("reference", String, nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
    Column("client", String, nullable=False),
    Column("requestor_npi", String),
    Column("line_of_business", String, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("action", String, nullable=False),
    Column("pended", Boolean, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("internal_due_at", Moment, nullable=False),
    Column("legal_due_at", Moment, nullable=False),
    Index("ix_authorizations_due", "pended", "legal_due_at"),
    Index("ix_authorizations_requestor", "requestor_npi", "received_at"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("document", Text, nullable=False),  # the authorization as JSON: the truth
)

# One link for each revision, chained by hash: how it was decided (um/proof.py).
proofs = Table(
    "proofs",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),  # of the document; the next link holds it
    Column("document", Text, nullable=False),  # canonical JSON
)

# Every name an authorization was ever known by. `kind` is one of names.KINDS.
known_as = Table(
    "known_as",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("system", String, primary_key=True),
    Column("value", String, primary_key=True),
    Index("ix_known_as_value", "kind", "value", "system"),
)

items = Table(
    "items",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("state", String, nullable=False),
    Column("action", String, nullable=False),
    Column("code_system", String),
    Column("code", String),
)

determinations = Table(
    "determinations",
    metadata,
    Column("number", String, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),  # 1 is the first answer to the item
    Column("revision", Integer, nullable=False),
    Column("action", String, nullable=False),
    Column("because", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("topic", String),
    Column("edition", String),
    Column("fingerprint", String),
    Column("starts_on", Date),
    Column("until", Date),
    Column("person", String),
    Column("role", String),
    Column("reason_codes", String, nullable=False),  # separated by spaces
    ForeignKeyConstraint(["number", "sequence"], ["items.number", "items.sequence"]),
    Index("ix_determinations_decided_at", "decided_at"),
)

trail = Table(
    "trail",
    metadata,
    Column("number", String, ForeignKey("authorizations.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("what", String, nullable=False),
    Column("by", String, nullable=False),
    Column("items", String, nullable=False),  # sequences separated by spaces
    Column("because", Text, nullable=False),
    Index("ix_trail_at", "at"),
)

assertions = Table(
    "assertions",
    metadata,
    Column("id", String, primary_key=True),
    Column("client", String, nullable=False),
    Column("coverage", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Text, nullable=False),
    Index("uq_assertions_order", "client", "coverage", "fingerprint", unique=True),
)

hook_calls = Table(
    "hook_calls",
    metadata,
    Column("id", String, primary_key=True),
    Column("client", String, nullable=False),
    Column("guide", String, nullable=False),
    Column("hook", String, nullable=False),
    Column("hook_instance", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("request", LargeBinary, nullable=False),  # zlib
    Column("answer", LargeBinary, nullable=False),  # zlib
    Index("ix_hook_calls_instance", "client", "hook_instance"),
)

form_errors = Table(
    "form_errors",
    metadata,
    Column("id", String, primary_key=True),
    Column("client", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_form_errors_at", "at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String, primary_key=True),
    Column("client", String, nullable=False),
    Column("service", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Text, nullable=False),
)

crd_metrics = Table(
    "crd_metrics",
    metadata,
    Column("id", String, primary_key=True),  # of the hook call, when it was answered
    Column("client", String, nullable=False),
    Column("hook", String, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("document", Text, nullable=False),  # codes and ids only
)

dtr_metrics = Table(
    "dtr_metrics",
    metadata,
    Column("id", String, primary_key=True),
    Column("client", String, nullable=False),
    Column("action", String, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("document", Text, nullable=False),  # which form, how long it took, how it ended
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String, primary_key=True),
    Column("client", String, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("events_sent", Integer, nullable=False),
    Column("last_position", Integer, nullable=False),  # of its notices, handshakes included
    Column("document", Text, nullable=False),
)

subscription_filters = Table(
    "subscription_filters",
    metadata,
    Column("subscription_id", String, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("value", String, primary_key=True, index=True),
)

# One row for each thing a subscriber must be told. Kept when the subscription is gone: they prove what was told.
notices = Table(
    "notices",
    metadata,
    Column("subscription_id", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("event_number", Integer, nullable=False),  # 0 for a handshake
    Column("number", String, ForeignKey("authorizations.number")),
    Column("revision", Integer),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False),  # the one to come, from 1
    Column("due_at", Moment, nullable=False),
    Column("held_by", String),
    Column("held_until", Moment),
    Column("settled_at", Moment),
    Column("because", Text, nullable=False),  # why the last attempt failed
    Index("ix_notices_state", "state", "due_at"),
    Index("ix_notices_number", "number"),
)

seen_once = Table(
    "seen_once",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("until", Moment, nullable=False, index=True),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("executor_id", String, primary_key=True),
    Column("seen_at", Moment, nullable=False),
)
