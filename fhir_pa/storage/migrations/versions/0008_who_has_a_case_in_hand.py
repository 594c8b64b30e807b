"""The worklist as rows, with the owner of each open case. Cases on file are listed when they are looked at, which is at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worklist",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("waits_for", sa.String(), nullable=False),
        sa.Column("also", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("line_of_business", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("pended_items", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("requestor", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_worklist_number"),
        sa.PrimaryKeyConstraint("number", name="pk_worklist"),
    )
    op.create_index("ix_worklist_due_at", "worklist", ["due_at", "number"], unique=False)
    op.create_index("ix_worklist_owner", "worklist", ["owner", "due_at"], unique=False)
    op.create_table(
        "handovers",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_handovers_number"),
        sa.PrimaryKeyConstraint("number", "position", name="pk_handovers"),
    )
    op.execute("DELETE FROM watches")
    op.execute("INSERT INTO watches (number, look_at) SELECT number, received_at FROM authorizations")
