"""Lines of claims tell whether they were paid, where that is known, and are found by member."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claim_lines", sa.Column("paid", sa.Boolean(), nullable=True))
    op.create_index("ix_claim_lines_member", "claim_lines", ["member", "on"], unique=False)
