"""Attachments that wait for their request: found by number and member, and those of an older database too."""

from __future__ import annotations

import uuid
import zlib
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from fhir_pa import storage
from fhir_pa.storage.database import open_database
from fhir_pa.storage.ground import LONGEST
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Store, open_store
from fhir_pa.storage.tables import received
from ig_profiles.json import dump
from ig_profiles.reading import Json
from tests.builders import NOON
from tests.fhir_pa.storage_fixtures import store

__all__ = ["store"]


def message(client: str = "oakwood-ehr", **given: object) -> Received:
    return Received(str(uuid.uuid4()), "held attachment", client, "2.2", NOON, dump(given or {"a": 1}))


def parameters(tracking: str, member: str) -> Json:
    named = {"TrackingId": tracking, "MemberId": member}
    return {"resourceType": "Parameters", "parameter": [{"name": name, "valueIdentifier": {"value": value}} for name, value in named.items()]}


def test_it_is_found_by_its_number_for_its_member_and_its_sender_alone(store: Store) -> None:
    kept = message()
    with store.transaction() as tx:
        tx.keep_received(kept)
        tx.hold(kept, "SYN-01", "OAK-17")
    with store.reading() as tx:
        assert tx.held_for("oakwood-ehr", ["SYN-09", "SYN-01"], ["OAK-16", "OAK-17"], NOON) == [kept.id]
        assert tx.held_for("fernhill", ["SYN-01"], ["OAK-17"], NOON) == []
        assert tx.held_for("oakwood-ehr", ["SYN-02"], ["OAK-17"], NOON) == []
        assert tx.held_for("oakwood-ehr", ["SYN-01"], ["OAK-18"], NOON) == []
        assert tx.held_for("oakwood-ehr", ["SYN-01"], ["OAK-17"], NOON + timedelta(seconds=1)) == [], "too long ago"
        assert tx.held_for("oakwood-ehr", [], [], NOON) == []


def test_a_number_of_any_length_is_found_again(store: Store) -> None:
    kept, long = message(), "9" * (LONGEST + 1000)
    with store.transaction() as tx:
        tx.keep_received(kept)
        tx.hold(kept, long, long)
    with store.reading() as tx:
        assert tx.held_for("oakwood-ehr", [long], [long], NOON) == [kept.id]


def test_what_waited_before_there_was_an_index_is_in_it(bare_database_url: str, tmp_path: Path) -> None:
    waiting, odd = message(**parameters("OAK-17", "SYN-01")), message(resourceType="Parameters")
    migrations = Config()
    migrations.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    (mine,) = (each for each in ScriptDirectory.from_config(migrations).walk_revisions() if "waits_for_its_request" in each.path)
    engine = open_database(bare_database_url, tmp_path)
    with engine.begin() as connection:
        migrations.attributes["connection"] = connection
        command.upgrade(migrations, str(mine.down_revision))
        for each in (waiting, odd):
            kept = {"id": each.id, "kind": each.kind, "client": each.client, "guide": each.guide, "at": each.at, "sha256": each.sha256}
            connection.execute(sa.insert(received).values(**kept, body=zlib.compress(each.body)))
    engine.dispose()
    opened = open_store(bare_database_url, tmp_path)
    with opened.reading() as tx:
        assert tx.held_for("oakwood-ehr", ["SYN-01"], ["OAK-17"], NOON) == [waiting.id]
        assert tx.held_for("oakwood-ehr", [""], [""], NOON) == [odd.id]
    opened.close()
