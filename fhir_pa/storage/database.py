"""Open the database a URL names: embedded SQLite, or PostgreSQL, as one SQLAlchemy engine everything shares.

The work queue uses the same engine, so its pool must hold two connections for every delivery slot besides those of the
web threads (32 slots on 20 connections were seen to hang).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from fhir_pa.storage.one_writer import OneWriter
from fhir_pa.storage.turn import Turn
from ig_profiles.outcome import Unprocessable

FILE_NAME = "fhir-pa.sqlite3"
POOL_SIZE = 10
POOL_OVERFLOW = 40
BUSY_MILLISECONDS = 30_000


def open_database(database_url: str, data_dir: Path) -> sa.Engine:
    """The engine for this URL; an empty URL means ``fhir-pa.sqlite3`` in the data directory.

    Raises Unprocessable naming the URLs that are understood.
    """
    url = _url(database_url, data_dir)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(url.set(drivername="postgresql+psycopg"), pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW, pool_pre_ping=True)
    raise Unprocessable(f"'{url.get_backend_name()}' is no database fhir-pa knows. Use sqlite:///path/to/file or postgresql+psycopg://user@host/name.")


def _url(database_url: str, data_dir: Path) -> sa.URL:
    if not database_url:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return sa.URL.create("sqlite", database=str(data_dir.resolve() / FILE_NAME))
    try:
        return make_url(database_url)
    except sa.exc.ArgumentError:
        raise Unprocessable("The database URL cannot be read. Write sqlite:///path/to/file or postgresql+psycopg://user@host/name.") from None


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise Unprocessable("fhir-pa keeps what it decides, so SQLite needs a file. Write sqlite:///path/to/file.")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(url.database, os.O_CREAT | os.O_RDWR, 0o600))  # patients' data: readable by the server's own account only
    engine = sa.create_engine(url, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW, connect_args={"factory": OneWriter, "timeout": BUSY_MILLISECONDS / 1000})
    turn = Turn(url.database)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MILLISECONDS}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.turn = turn

    sa.event.listen(engine, "engine_disposed", lambda _: turn.close())
    return engine
