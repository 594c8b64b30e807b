"""What a practice is awaited for, as lines of their own. Cases on file are listed anew when they are looked at, which is at once."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM watches")
    op.execute("INSERT INTO watches (number, look_at) SELECT number, received_at FROM authorizations")
