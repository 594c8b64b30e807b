"""Notices by their moment, so that the newest are listed without sorting all there ever were."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_notices_at", "notices", ["at"], unique=False)
