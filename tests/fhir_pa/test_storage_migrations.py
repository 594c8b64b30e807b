"""Migrations make exactly the tables that are declared, once, however many servers start together."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from fhir_pa.storage.database import open_database
from fhir_pa.storage.migrate import is_ours
from fhir_pa.storage.store import Store, open_store
from fhir_pa.storage.tables import metadata
from ig_profiles.outcome import Unavailable, Unprocessable
from tests.fhir_pa.storage_fixtures import store

__all__ = ["store"]


def test_migrated_tables_are_the_declared_ones_and_the_queues_are_left_alone(store: Store) -> None:
    with store.engine.connect() as connection:
        options = {"include_name": lambda name, kind, _parents: is_ours(name, kind), "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert {"received", "authorizations", "notices"} < set(sa.inspect(connection).get_table_names())


def _open(url: str, folder: str) -> bool:
    opened = open_store(url, Path(folder))
    opened.close()
    return True


def test_several_servers_may_start_at_once_on_a_new_database(bare_database_url: str, tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.starmap(_open, [(bare_database_url, str(tmp_path))] * 4) == [True] * 4


def test_a_second_start_finds_everything_in_place(bare_database_url: str, tmp_path: Path) -> None:
    assert _open(bare_database_url, str(tmp_path))
    assert _open(bare_database_url, str(tmp_path))


def test_a_database_of_a_newer_fhir_pa_is_not_touched(store: Store, tmp_path: Path) -> None:
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    url = store.engine.url.render_as_string(hide_password=False)
    with pytest.raises(Unavailable, match="newer fhir-pa .to 9999.. Install that version"):
        open_store(url, tmp_path)


@pytest.mark.parametrize("url", ["mysql://host/name", "not a url", "sqlite://", "sqlite:///:memory:"])
def test_a_database_we_cannot_keep_things_in_is_refused_with_the_form_that_works(url: str, tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="sqlite:///path/to/file"):
        open_database(url, tmp_path)


def test_an_empty_url_means_a_file_in_the_data_directory_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    open_store("", folder).close()
    assert (folder / "fhir-pa.sqlite3").stat().st_mode & 0o777 == 0o600


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="try again in a moment"):
        open_store(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}", tmp_path)


def test_a_text_that_postgresql_cannot_keep_is_refused_with_advice(postgresql_url: str, tmp_path: Path) -> None:
    opened = open_store(postgresql_url, tmp_path)
    with pytest.raises(Unprocessable, match="Send text without control characters"), opened.transaction() as tx:
        tx.keep_secret("a\x00b", b"")
    opened.close()
