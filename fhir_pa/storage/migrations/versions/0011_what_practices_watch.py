"""What practices watch, as rows. Cases on file are listed when they are looked at, which is at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practice_lines",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("npi", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("member_number", sa.Text(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("requestor", sa.Text(), nullable=False),
        sa.Column("line_of_business", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("awaits", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("certified", sa.String(), nullable=True),
        sa.Column("left", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("continued", sa.Boolean(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_practice_lines_number"),
        sa.PrimaryKeyConstraint("number", "kind", "part", "npi", name="pk_practice_lines"),
    )
    counted = ["npi", "kind", "at", "number", "part", "place", "awaits", "continued", "share", "since", "until"]
    op.create_index("ix_practice_lines_at", "practice_lines", counted, unique=False)
    op.create_index("ix_practice_lines_share", "practice_lines", ["npi", "kind", "share", "at"], unique=False)
    op.execute("DELETE FROM watches")
    op.execute("INSERT INTO watches (number, look_at) SELECT number, received_at FROM authorizations")
