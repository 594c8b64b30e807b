"""Attachments that wait for their request, indexed by member and number. Those on file are read once more for it."""

from __future__ import annotations

import zlib

import sqlalchemy as sa
from alembic import op

from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json, many, text
from ig_profiles.resource_text import read_resource

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LONGEST = 200  # characters of a number; a longer one was never asked for by anybody

received = sa.table("received", *(sa.column(name) for name in ("id", "kind", "client", "guide", "at", "body")))
held = sa.table("held_attachments", *(sa.column(name) for name in ("received_id", "client", "member", "tracking", "at")))


def upgrade() -> None:
    op.create_table(
        "held_attachments",
        sa.Column("received_id", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("tracking", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["received_id"], ["received.id"], name="fk_held_attachments_received_id"),
        sa.PrimaryKeyConstraint("received_id", name="pk_held_attachments"),
    )
    op.create_index("ix_held_attachments_tracking", "held_attachments", ["client", "tracking", "member"], unique=False)
    connection = op.get_bind()
    for row in connection.execute(sa.select(received).where(received.c.kind == "held attachment")).all():
        try:
            parameters = read_resource(zlib.decompress(row.body), row.guide)
        except Refusal:  # taken by a fhir-pa that read more than this one does: whoever sent it is asked again
            continue
        member, tracking = _value(parameters, "MemberId"), _value(parameters, "TrackingId")
        if len(member) <= LONGEST and len(tracking) <= LONGEST:
            connection.execute(sa.insert(held).values(received_id=row.id, client=row.client, member=member, tracking=tracking, at=row.at))


def _value(parameters: Json, name: str) -> str:
    found = next((each for each in many(parameters, "parameter") if text(each, "name") == name), None)
    return text(found, "valueIdentifier", "value") or ""
