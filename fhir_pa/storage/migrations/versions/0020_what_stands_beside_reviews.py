"""Notices of admission and demands for money back, as rows. Cases on file are listed when they are looked at, which is at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "beside_reviews",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("requestor", sa.Text(), nullable=False),
        sa.Column("line_of_business", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_beside_reviews_number"),
        sa.PrimaryKeyConstraint("number", "kind", "part", name="pk_beside_reviews"),
    )
    op.create_index("ix_beside_reviews_due", "beside_reviews", ["kind", "is_open", "due_at"], unique=False)
    op.execute("DELETE FROM watches")
    op.execute("INSERT INTO watches (number, look_at) SELECT number, received_at FROM authorizations")
