"""How long packages and interviews took: one row for each call, no patient's data in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dtr_metrics",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dtr_metrics"),
    )
    op.create_index("ix_dtr_metrics_at", "dtr_metrics", ["at"], unique=False)
