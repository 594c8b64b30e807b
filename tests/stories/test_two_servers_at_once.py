"""Two servers and a worker on one PostgreSQL, and everybody at the same moment: no case twice, no decision twice, every notice once and in order."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from fhir_pa.operations.proofs.audit import verified
from fhir_pa.pas import extensions as ext
from fhir_pa.provider.play.payer_file import inline
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.web.app import authenticator_for
from fhir_pa.wiring import Payer
from ig_profiles import json
from ig_profiles.names import X12_CERTIFICATION_TYPE
from ig_profiles.reading import Json
from tests.fhir_pa.pas_bundles import MEMBERS, TRACE, bundle, claim, concept, extension, item
from tests.stories.servers import FHIR, Process, Server, kinds, listening, subscribed, until
from tests.stories.test_killed_again_and_again import PHYSICIAN, YES, asked, numbers_of, port_nobody_is_lent, records, untold

ROUNDS = 8
CANCEL = "3"
AFTERWARDS = "does not follow from that"


@dataclass
class Servers:
    """Two servers that share a database, the physician's token, and how to look at the records from outside."""

    first: Server
    second: Server
    token: str
    payer: Payer

    def submit(self, server: Server, body: bytes) -> requests.Response:
        return requests.post(f"{server.url}/Claim/$submit", data=body, headers=FHIR, timeout=30)

    def decide(self, server: Server, number: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return requests.post(f"{server.root}/um/authorizations/{number}/decisions", data=json.dump(YES), headers=headers, timeout=30)


@pytest.fixture
def servers(tmp_path: Path, postgresql_url: str) -> Iterator[Servers]:
    config, chance = tmp_path / "fhir-pa.toml", random.Random(20261122)
    port, public = port_nobody_is_lent(chance), f"http://127.0.0.1:{port_nobody_is_lent(chance)}"  # one payer, whichever server is called
    tables = ["[payer]", f"public_url = {inline(public)}", "[[person]]", *(f"{name} = {inline(value)}" for name, value in PHYSICIAN.items())]
    config.write_text("\n".join(tables))
    flags = ("--config", str(config))
    processes: list[Process] = []
    try:
        first = Server(tmp_path, postgresql_url, "--no-worker", *flags, port=port)
        processes.append(first)
        second = Server(tmp_path, postgresql_url, "--no-worker", *flags)
        processes.append(second)
        processes.append(Process(tmp_path, "worker", "--open", "--database-url", postgresql_url, *flags))
        with records(config, tmp_path, postgresql_url, port) as payer:
            yield Servers(first, second, authenticator_for(payer).mint.person_token("quill"), payer)
    finally:
        for process in processes:
            process.kill()
            process.log.close()


def at_once(*acts: Callable[[], requests.Response]) -> list[requests.Response]:
    """What each act came to when all began together."""
    start, found = threading.Barrier(len(acts)), [requests.Response()] * len(acts)

    def begin(position: int) -> None:
        start.wait()
        found[position] = acts[position]()

    threads = [threading.Thread(target=begin, args=(position,)) for position in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def withdrawn(number: int) -> bytes:
    """The cancellation of the request that ``asked`` makes for this number."""
    related = [{"claim": {"identifier": {"system": TRACE, "value": f"C-{number}"}}}]
    cancels = [extension(ext.CERTIFICATION_TYPE, valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, CANCEL))]
    told = bundle(claim(item(1, "E0431"), identifier=[{"system": TRACE, "value": f"C-{number}-2"}], related=related, extension=cancels), guide="2.0.1")
    return json.dump(told).replace(b'"SYN-01"', f'"SYN-{number}"'.encode()).replace(b'"S-900"', f'"S-{number}"'.encode())


def answered(response: requests.Response) -> Json:
    assert response.status_code == 200, response.text
    found: Any = json.parse(response.content)
    return dict(found["entry"][0]["resource"])


@pytest.mark.pas_trap(37, 45)
def test_submissions_decisions_and_cancellations_meet_at_two_servers_and_each_counts_once(servers: Servers) -> None:
    first, second = servers.first, servers.second
    overtaken = 0
    with listening() as (endpoint, heard):
        subscribed(first, endpoint, heard)
        for number in range(ROUNDS):
            body = asked(number)
            same = [answered(each) for each in at_once(*(lambda at=at, body=body: servers.submit(at, body) for at in (first, second, first, second)))]  # type: ignore[misc]
            (reference,) = {each["identifier"][-1]["value"] for each in same}
            case = f"PA{reference[2:]}"
            here, there = (first, second) if number % 2 else (second, first)
            gone, decided, again = at_once(
                lambda number=number, there=there: servers.submit(there, withdrawn(number)),  # type: ignore[misc]
                lambda case=case, here=here: servers.decide(here, case),  # type: ignore[misc]
                lambda case=case, there=there: servers.decide(there, case),  # type: ignore[misc]
            )
            assert answered(gone)["outcome"] != "error", gone.text
            assert {decided.status_code, again.status_code} <= {200, 409} and not decided.status_code == again.status_code == 200
            for refused in (each for each in (decided, again) if each.status_code == 409):
                assert AFTERWARDS in refused.text or "Read it again" in refused.text, refused.text
            overtaken += {decided.status_code, again.status_code} == {409}
            _holds(servers, number, case, signed=200 in (decided.status_code, again.status_code))
        until(lambda: untold(servers.payer) == [], "every notice is settled")
        events = [numbers_of(each) for each in heard if kinds([each]) == ["event-notification"]]
    assert events == list(range(1, len(events) + 1)) and ROUNDS <= len(events) <= 2 * ROUNDS, "each once and in order"
    assert len(events) == 2 * ROUNDS - overtaken, "one for each decision and one for each cancellation"


def _holds(servers: Servers, number: int, case: str, signed: bool) -> None:
    """One case, cancelled; decided before that at most once; its chain of proofs whole."""
    with servers.payer.store.reading() as tx:
        (found,) = tx.of_member((Identifier(MEMBERS, f"SYN-{number}"),))
        assert found.number == case and verified(case, tx).broken is None
        (one,) = found.items
        actions = [made.action for made in (*one.earlier, one.determination)]
        assert actions == (["pended", "certified in total", "cancelled"] if signed else ["pended", "cancelled"])
