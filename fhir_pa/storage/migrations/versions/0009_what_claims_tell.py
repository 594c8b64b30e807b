"""Lines of claims: what was given to members, as the payer's claims system tells it; and cases found by who asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claim_lines",
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("member_system", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("line_of_business", sa.String(), nullable=False),
        sa.Column("code_system", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("npi", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("diagnoses", sa.Text(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("claim", "line", name="pk_claim_lines"),
    )
    op.create_index("ix_claim_lines_on", "claim_lines", ["on"], unique=False)
    op.create_index("ix_claim_lines_npi", "claim_lines", ["npi", "on"], unique=False)
    op.create_index("ix_authorizations_requestor", "authorizations", ["requestor_npi", "received_at"], unique=False)
