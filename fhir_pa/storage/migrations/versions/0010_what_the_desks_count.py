"""What the desks count: criteria where a person decided, prefetches that did not come. Cases on file are counted when they are looked at, which is at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "judgements",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("truth", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("rested_on", sa.Boolean(), nullable=False),
        sa.Column("on_appeal", sa.Boolean(), nullable=False),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("appeal", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_judgements_number"),
        sa.PrimaryKeyConstraint("number", "sequence", "position", "criterion", name="pk_judgements"),
    )
    op.create_index("ix_judgements_topic", "judgements", ["topic", "criterion", "decided_at"], unique=False)
    op.create_table(
        "prefetch_gaps",
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("hook", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fetches", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call"], ["hook_calls.id"], name="fk_prefetch_gaps_call"),
        sa.PrimaryKeyConstraint("call", "template", name="pk_prefetch_gaps"),
    )
    op.create_index("ix_prefetch_gaps_at", "prefetch_gaps", ["at", "client", "hook"], unique=False)
    op.create_index("ix_items_code", "items", ["code", "number"], unique=False)
    op.execute("DELETE FROM watches")
    op.execute("INSERT INTO watches (number, look_at) SELECT number, received_at FROM authorizations")
