"""Databases to test on: SQLite files, and a private PostgreSQL cluster that lives as long as the test session."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import settings

# The check of a change says the same twice; elsewhere every run looks further. Nowhere does a test judge by the clock.
settings.register_profile("look further", deadline=None)
settings.register_profile("say the same", deadline=None, derandomize=True)
settings.load_profile("say the same" if os.environ.get("CI") else "look further")

_SETTINGS = "fsync = off\nsynchronous_commit = on\nmax_connections = 200\nlisten_addresses = ''\n"


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL on a unix socket in this folder."""

    folder: Path
    account: str

    def url(self, database: str) -> str:
        """The URL of a database in this cluster."""
        return f"postgresql+psycopg://{self.account}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{uuid4().hex}"
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A private PostgreSQL cluster; skips where no initdb is installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed here (no initdb found), so what needs it was not tested")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="fhir-pa-pg-"))  # short: a socket's path has 107 characters at most
    shutil.chown(folder, account)
    data = folder / "data"
    cluster = Cluster(folder, account)
    server = None
    try:
        _run(account, programs / "initdb", "--pgdata", data, "--auth", "trust", "--encoding", "UTF8", "--username", account, "--no-sync")
        with (data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"{_SETTINGS}unix_socket_directories = '{folder}'\n")
        _run(account, programs / "pg_ctl", "--pgdata", data, "--wait", "--log", data / "log", "start")
        server = data
        yield cluster
    finally:
        if server is not None:
            _run(account, programs / "pg_ctl", "--pgdata", data, "--mode", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    cluster: Cluster = request.getfixturevalue("postgresql")
    return cluster.new_database()


@pytest.fixture
def postgresql_url(postgresql: Cluster) -> str:
    """A new, empty PostgreSQL database."""
    return postgresql.new_database()


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parent.parent.name))
    return installed[-1].parent if installed else None


def _account() -> str:
    """Whom PostgreSQL runs as: it refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(account: str, *command: object) -> None:
    user = account if os.geteuid() == 0 else None
    done = subprocess.run([str(part) for part in command], user=user, cwd="/", capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")
