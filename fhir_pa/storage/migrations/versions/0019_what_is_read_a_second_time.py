"""Second readings: decisions drawn to be looked at once more, blind, and what their readers said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_readings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_second_readings_number"),
        sa.PrimaryKeyConstraint("id", name="pk_second_readings"),
    )
    op.create_index("ix_second_readings_read", "second_readings", ["read_at"], unique=False)
    op.create_index("ix_second_readings_decided", "second_readings", ["decided_at"], unique=False)
