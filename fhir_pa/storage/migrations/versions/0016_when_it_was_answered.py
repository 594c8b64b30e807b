"""When an answer was written, and who asked about which case: what the guide's measures of prior authorization count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answers", sa.Column("at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "queries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_queries_number"),
        sa.PrimaryKeyConstraint("id", "number", name="pk_queries"),
    )
    op.create_index("ix_queries_number", "queries", ["number"], unique=False)
