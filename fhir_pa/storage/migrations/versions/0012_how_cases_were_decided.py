"""How cases were decided, a row for each, so that figures open no documents. Cases on file are counted when they are looked at, which is at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("line_of_business", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_out", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=True),
        sa.Column("asked", sa.String(), nullable=True),
        sa.Column("clock_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided", sa.String(), nullable=True),
        sa.Column("on_time", sa.Boolean(), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=True),
        sa.Column("by_engine", sa.Boolean(), nullable=True),
        sa.Column("by_people", sa.Boolean(), nullable=True),
        sa.Column("appealed", sa.Boolean(), nullable=True),
        sa.Column("overturned", sa.Boolean(), nullable=True),
        sa.Column("causes", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_courses_number"),
        sa.PrimaryKeyConstraint("number", name="pk_courses"),
    )
    op.create_index("ix_courses_received_at", "courses", ["received_at"], unique=False)
    op.execute("DELETE FROM watches")
    op.execute("INSERT INTO watches (number, look_at) SELECT number, received_at FROM authorizations")
