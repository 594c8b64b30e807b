"""Looks in a chain: each holds the fingerprint of the one before. What was kept before stays as it is, outside the chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("looks", sa.Column("place", sa.Integer(), nullable=True))
    op.add_column("looks", sa.Column("sha256", sa.String(64), nullable=True))
    op.create_index("ix_looks_place", "looks", ["place"], unique=True)
