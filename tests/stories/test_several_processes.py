"""Several processes of one server on the embedded database are one payer: each answers, they write in turn, one tells subscribers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fhir_pa.settings import read
from fhir_pa.wiring import open_payer
from ig_profiles.reading import Json
from tests.fhir_pa.pas_bundles import bundle, claim, item
from tests.stories.servers import Server, kinds, listening, subscribed, until
from tests.stories.test_killed_server import FOLLOWS

AT_ONCE = 40


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path, "sqlite", "--processes", "2")
    yield started
    started.kill()
    started.log.close()


def asked(number: int) -> Json:
    """A request under a claim number of its own."""
    return bundle(claim(item(1), identifier=[{"system": "http://oakwood.example/trace", "value": f"C-{number}"}]), guide="2.0.1")


def number_of(answer: Json) -> str:
    return str(answer["entry"][0]["resource"]["identifier"][-1]["value"])


def test_all_that_was_answered_is_on_file_whichever_process_answered(server: Server, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as callers:
        numbers = [number_of(answer) for answer in callers.map(lambda number: server.post("Claim/$submit", asked(number)), range(AT_ONCE))]
    assert len(set(numbers)) == AT_ONCE
    server.kill()
    payer = open_payer(read({"data_directory": tmp_path, "open": True}, {}))
    with payer.store.reading() as tx:
        assert all(tx.authorization(number) for number in numbers)
    payer.close()


def test_one_of_them_tells_what_any_of_them_decided_also_after_they_were_killed(server: Server) -> None:
    with listening() as (endpoint, heard):
        subscribed(server, endpoint, heard)
        server.post("Claim/$submit", bundle(guide="2.0.1"))
        server.post("Claim/$submit", bundle(claim(item(1), item(2, "E0431"), related=FOLLOWS), guide="2.0.1"))
        server.kill()
        server.start()
        until(lambda: kinds(heard)[-1] == "event-notification", "the worker told of the update")
