"""Databases to test on: SQLite files, and a private PostgreSQL cluster that lives as long as the test session."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from sqlalchemy.engine import make_url

from fhir_pa import wiring
from fhir_pa.storage.store import open_store
from fhir_pa.web.address import Address
from tests.postgresql import Cluster, private_cluster, programs

# The check of a change says the same twice; elsewhere every run looks further. Nowhere does a test judge by the clock.
settings.register_profile("look further", deadline=None)
settings.register_profile("say the same", deadline=None, derandomize=True)
settings.load_profile("say the same" if os.environ.get("CI") else "look further")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", default="screenshots", metavar="FOLDER", help="Where the browser tests keep their pictures (default: %(default)s).")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: looking through it for garbage again and again took a quarter of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def shelf_read_once() -> Iterator[None]:
    """The policies that come with the server, read once for all payers of a test run; a payer's own are read each time."""
    read, built_in = wiring.open_shelf, cache(wiring.open_shelf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "open_shelf", lambda *folders: read(*folders) if folders else built_in())
        yield


@pytest.fixture(scope="session", autouse=True)
def addresses_written_when_asked_for() -> Iterator[None]:
    """The provider side's applications are made as quickly as the payer's; most stories make one of each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "url_rule_class", Address)
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A private PostgreSQL cluster; skips where no initdb is installed."""
    installed = programs()
    if installed is None:
        pytest.skip("PostgreSQL is not installed here (no initdb found), so what needs it was not tested")
    with private_cluster(installed) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def sqlite_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with all its tables, for copying."""
    folder = tmp_path_factory.mktemp("made")
    open_store(f"sqlite:///{folder}/store.sqlite", folder).close()
    return folder / "store.sqlite"


@pytest.fixture(scope="session")
def postgresql_made(postgresql: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database with all its tables, for copying."""
    url = postgresql.new_database()
    open_store(url, tmp_path_factory.mktemp("made")).close()
    return str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database of each kind, which holds nothing in its tables."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    shutil.copy(request.getfixturevalue("sqlite_made"), tmp_path / "store.sqlite")
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def postgresql_url(postgresql: Cluster, postgresql_made: str) -> str:
    """A new PostgreSQL database, which holds nothing in its tables."""
    return postgresql.new_database(postgresql_made)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database of each kind without any table."""
    return f"sqlite:///{tmp_path}/store.sqlite" if request.param == "sqlite" else request.getfixturevalue("postgresql").new_database()
