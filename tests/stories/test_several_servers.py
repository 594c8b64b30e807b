"""Several servers and a worker on one PostgreSQL are one payer: what one keeps the others know, and the worker tells."""

from __future__ import annotations

from pathlib import Path

from tests.fhir_pa.pas_bundles import bundle, claim, item
from tests.stories.servers import Process, Server, kinds, listening, subscribed, until
from tests.stories.test_killed_server import FOLLOWS


def test_what_one_server_keeps_the_other_answers_and_the_worker_tells(tmp_path: Path, postgresql_url: str) -> None:
    first = Server(tmp_path, postgresql_url, "--no-worker")
    second = Server(tmp_path, postgresql_url, "--no-worker")
    worker = Process(tmp_path, "worker", "--open", "--database-url", postgresql_url)
    try:
        with listening() as (endpoint, heard):
            subscribed(first, endpoint, heard)
            submitted = first.post("Claim/$submit", bundle(guide="2.0.1"))
            revised = second.post("Claim/$submit", bundle(claim(item(1), item(2, "E0431"), related=FOLLOWS), guide="2.0.1"))
            until(lambda: kinds(heard) == ["handshake", "event-notification"], "the worker told of the update")
            found = first.post("Claim/$inquire", bundle(claim(item(1), item(2, "E0431")), guide="2.0.1"))
        numbers = [each["entry"][0]["resource"]["identifier"][-1]["value"] for each in (submitted, revised, found)]
        assert len(set(numbers)) == 1
        assert [int(each["itemSequence"]) for each in found["entry"][0]["resource"]["item"]] == [1, 2]
    finally:
        for process in (first, second, worker):
            process.kill()
            process.log.close()
