"""Bring the database's tables up to date when it is opened; several servers may start at once, one of them migrates."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dbos._schemas.system_database import SystemSchema

from fhir_pa.storage import queue
from ig_profiles.outcome import Unavailable

_LOCK = 7_262_026  # any number, the same for every server
_QUEUE_TABLES = frozenset({table.name for table in SystemSchema.metadata_obj.tables.values()} | {"dbos_migrations", "event_dispatch_kv"})


def up_to_date(engine: sa.Engine) -> None:
    """Apply every migration that is missing, then those of the work queue.

    Raises Unavailable when the database was migrated by a newer fhir-pa than this one.
    """
    scripts = _scripts()
    with engine.connect() as connection:
        before = MigrationContext.configure(connection).get_current_revision()
    if before != scripts.get_current_head():
        if before is not None and before not in {script.revision for script in scripts.walk_revisions()}:
            raise Unavailable(f"This database was migrated by a newer fhir-pa (to {before}). Install that version, or restore the backup made before.")
        _migrate(engine)
    queue.prepare(engine)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@cache
def _scripts() -> ScriptDirectory:
    """The migrations this fhir-pa knows, read once in a process."""
    return ScriptDirectory.from_config(_config())


def _migrate(engine: sa.Engine) -> None:
    config = _config()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_ours(name: str | None, kind: str) -> bool:
    """Whether comparing and generating migrations should look at this table: the work queue's are not ours.

    >>> is_ours("workflow_status", "table"), is_ours("received", "table")
    (False, True)
    """
    return kind != "table" or name not in _QUEUE_TABLES
