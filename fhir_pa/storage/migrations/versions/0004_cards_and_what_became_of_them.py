"""Cards and what became of them: one row for each card given, one for each outcome told.

Cards given before have no row; feedback about them counts as about cards nobody knows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cards_given",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hook", sa.String(), nullable=False),
        sa.Column("hook_instance", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("client", "card", name="pk_cards_given"),
    )
    op.create_index("ix_cards_given_at", "cards_given", ["at"], unique=False)
    op.create_table(
        "card_outcomes",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("told_at", sa.String(), nullable=False),
        sa.Column("suggestion", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason_system", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("client", "card", "outcome", "told_at", "suggestion", name="pk_card_outcomes"),
    )
    op.create_index("ix_card_outcomes_at", "card_outcomes", ["at"], unique=False)
