"""The first tables: everything the first release keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assertions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("coverage", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assertions"),
    )
    op.create_index("uq_assertions_order", "assertions", ["client", "coverage", "fingerprint"], unique=True)
    op.create_table(
        "authorizations",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("requestor_npi", sa.String(), nullable=True),
        sa.Column("line_of_business", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("pended", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("internal_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("legal_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_authorizations"),
        sa.UniqueConstraint("reference", name="uq_authorizations_reference"),
    )
    op.create_index("ix_authorizations_due", "authorizations", ["pended", "legal_due_at"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
    )
    op.create_table(
        "hook_calls",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("guide", sa.String(), nullable=False),
        sa.Column("hook", sa.String(), nullable=False),
        sa.Column("hook_instance", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hook_calls"),
    )
    op.create_index("ix_hook_calls_instance", "hook_calls", ["client", "hook_instance"], unique=False)
    op.create_table(
        "received",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("guide", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_received"),
    )
    op.create_index("ix_received_replay", "received", ["client", "sha256", "kind", "at"], unique=False)
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    op.create_table(
        "seen_once",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_seen_once"),
    )
    op.create_index("ix_seen_once_until", "seen_once", ["until"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("events_sent", sa.Integer(), nullable=False),
        sa.Column("last_position", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_client", "subscriptions", ["client"], unique=False)
    op.create_table(
        "workers",
        sa.Column("executor_id", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("executor_id", name="pk_workers"),
    )
    op.create_table(
        "answers",
        sa.Column("received_id", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["received_id"], ["received.id"], name="fk_answers_received_id"),
        sa.PrimaryKeyConstraint("received_id", name="pk_answers"),
    )
    op.create_table(
        "items",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("code_system", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_items_number"),
        sa.PrimaryKeyConstraint("number", "sequence", name="pk_items"),
    )
    op.create_table(
        "known_as",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_known_as_number"),
        sa.PrimaryKeyConstraint("number", "kind", "system", "value", name="pk_known_as"),
    )
    op.create_index("ix_known_as_value", "known_as", ["kind", "value", "system"], unique=False)
    op.create_table(
        "notices",
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_notices_number"),
        sa.PrimaryKeyConstraint("subscription_id", "position", name="pk_notices"),
    )
    op.create_index("ix_notices_number", "notices", ["number"], unique=False)
    op.create_index("ix_notices_state", "notices", ["state", "due_at"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_revisions_number"),
        sa.PrimaryKeyConstraint("number", "revision", name="pk_revisions"),
    )
    op.create_table(
        "subscription_filters",
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="fk_subscription_filters_subscription_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subscription_id", "value", name="pk_subscription_filters"),
    )
    op.create_index("ix_subscription_filters_value", "subscription_filters", ["value"], unique=False)
    op.create_table(
        "trail",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("items", sa.String(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_trail_number"),
        sa.PrimaryKeyConstraint("number", "position", name="pk_trail"),
    )
    op.create_index("ix_trail_at", "trail", ["at"], unique=False)
    op.create_table(
        "determinations",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("edition", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("reason_codes", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["number", "sequence"], ["items.number", "items.sequence"], name="fk_determinations_number"),
        sa.PrimaryKeyConstraint("number", "sequence", "position", name="pk_determinations"),
    )
    op.create_index("ix_determinations_decided_at", "determinations", ["decided_at"], unique=False)
