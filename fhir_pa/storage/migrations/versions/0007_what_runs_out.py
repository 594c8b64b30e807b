"""What runs out: when to look at a case again, and what was found then. Cases that wait already are looked at at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_watches_number"),
        sa.PrimaryKeyConstraint("number", name="pk_watches"),
    )
    op.create_index("ix_watches_look_at", "watches", ["look_at"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("seen_by", sa.String(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_alerts_number"),
        sa.PrimaryKeyConstraint("number", "matter", "at", name="pk_alerts"),
    )
    op.create_index("ix_alerts_seen_at", "alerts", ["seen_at", "at"], unique=False)
    op.execute("INSERT INTO watches (number, look_at) SELECT number, received_at FROM authorizations")
