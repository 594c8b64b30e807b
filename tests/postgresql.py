"""A private PostgreSQL cluster on this machine: started, used for tests or measurements, and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

_SETTINGS = "synchronous_commit = on\nmax_connections = 200\nlisten_addresses = ''\n"


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL on a unix socket in this folder."""

    folder: Path
    account: str

    def url(self, database: str) -> str:
        """The URL of a database in this cluster."""
        return f"postgresql+psycopg://{self.account}@/{database}?host={self.folder}"

    def new_database(self, like: str = "template1") -> str:
        """The URL of a new database: an empty one, or a copy of one that nobody is connected to."""
        name = f"t{uuid4().hex}"
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {like}"))
        engine.dispose()
        return self.url(name)


@contextmanager
def private_cluster(programs: Path, durable: bool = False) -> Iterator[Cluster]:
    """A cluster run by the ``initdb`` and ``pg_ctl`` in this folder; ``durable`` waits for the disk at every commit, as in earnest."""
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="fhir-pa-pg-"))  # short: a socket's path has 107 characters at most
    shutil.chown(folder, account)
    data = folder / "data"
    server = None
    try:
        _run(account, programs / "initdb", "--pgdata", data, "--auth", "trust", "--encoding", "UTF8", "--username", account, "--no-sync")
        with (data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"fsync = {'on' if durable else 'off'}\n{_SETTINGS}unix_socket_directories = '{folder}'\n")
        _run(account, programs / "pg_ctl", "--pgdata", data, "--wait", "--log", data / "log", "start")
        server = data
        yield Cluster(folder, account)
    finally:
        if server is not None:
            _run(account, programs / "pg_ctl", "--pgdata", data, "--mode", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> Path | None:
    """Where PostgreSQL is installed here, if it is."""
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
