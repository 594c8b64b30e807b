"""kill -9 of the server right after it answered: neither the authorization nor its notification is lost."""

from __future__ import annotations

from pathlib import Path

from tests.fhir_pa.pas_bundles import bundle, claim, item
from tests.stories.servers import Server, kinds, listening, subscribed, until

FOLLOWS = [{"claim": {"identifier": {"system": "http://oakwood.example/trace", "value": "C-1"}}}]


def test_neither_the_authorization_nor_its_notification_is_lost(tmp_path: Path, database_url: str) -> None:
    server = Server(tmp_path, database_url)
    try:
        with listening() as (endpoint, heard):
            subscribed(server, endpoint, heard)
            server.post("Claim/$submit", bundle(guide="2.0.1"))
            answered = server.post("Claim/$submit", bundle(claim(item(1), item(2, "E0431"), related=FOLLOWS), guide="2.0.1"))
            server.kill()

            server.start()
            until(lambda: "event-notification" in kinds(heard), "the notification arrived after the restart")
            found = server.post("Claim/$inquire", bundle(claim(item(1), item(2, "E0431")), guide="2.0.1"))
        before, after = (each["entry"][0]["resource"] for each in (answered, found))
        assert after["identifier"][-1] == before["identifier"][-1]
        assert [int(each["itemSequence"]) for each in after["item"]] == [1, 2]
    finally:
        server.kill()
        server.log.close()
