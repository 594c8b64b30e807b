"""Proofs: one link for each revision of an authorization, chained by hash.

Revisions kept before have no link; ``fhir-pa audit verify`` says so of each.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proofs",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["authorizations.number"], name="fk_proofs_number"),
        sa.PrimaryKeyConstraint("number", "revision", name="pk_proofs"),
    )
