"""How Alembic runs here: on the connection it is handed, inside that connection's transaction, over our tables only.

Migrations go forward only: what was kept is never dropped. To go back, restore a backup.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from fhir_pa.storage import alert_tables, card_tables, look_tables
from fhir_pa.storage.migrate import is_ours
from fhir_pa.storage.tables import Moment, metadata

DECLARED = (alert_tables, card_tables, look_tables)  # importing them is what declares their tables


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return is_ours(name, kind)


def _plain(kind: str, column_type: Any, _context: Any) -> str | Literal[False]:
    """Migrations name the database's types, not ours, so that ours may change."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(column_type, Moment) else False


def _migrate() -> None:
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, include_name=_is_ours, render_item=_plain)
    with context.begin_transaction():
        context.run_migrations()


if hasattr(context, "config"):  # Alembic runs this file by loading it; whoever else imports it wants nothing done
    _migrate()
