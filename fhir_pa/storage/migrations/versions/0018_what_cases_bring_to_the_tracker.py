"""What each case brings to the tracker of its practice, as rows. Cases on file are counted when they are looked at, which is at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "points",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("npi", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_points_number"),
        sa.PrimaryKeyConstraint("number", "about", "part", name="pk_points"),
    )
    counted = ["npi", "received_at", "about", "what", "on", "at", "count", "number", "part"]
    op.create_index("ix_points_npi", "points", counted, unique=False)
    op.execute("DELETE FROM watches")
    op.execute("INSERT INTO watches (number, look_at) SELECT number, received_at FROM authorizations")
