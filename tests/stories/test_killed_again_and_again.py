"""kill -9 again and again, in the middle of submissions, decisions and notices: what was answered is there, once, and told in order."""

from __future__ import annotations

import itertools
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import requests

from fhir_pa.operations.proofs.audit import verified
from fhir_pa.pas.notice import NoticeKind
from fhir_pa.provider.play.payer_file import inline
from fhir_pa.settings import read
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.web.app import authenticator_for
from fhir_pa.wiring import Payer, open_payer
from ig_profiles import json
from ig_profiles.reading import Json
from tests.fhir_pa.pas_bundles import MEMBERS, TRACE, bundle, claim, item
from tests.stories.servers import FHIR, Server, kinds, listening, subscribed, until

KILLS = 4
PHYSICIAN = {
    "id": "quill",
    "name": "Ada Quill, MD",
    "roles": ["physician"],
    "npi": "9000000031",
    "phone": "555-555-0142",
    "licence": {"state": "OH", "number": "MD-0142", "until": date(2030, 6, 30)},
}
YES = {"items": [1], "decision": "certify", "because": "The record shows the need."}


def asked(number: int) -> bytes:
    """A request about a member of its own: a service no policy mentions, which a person decides."""
    told = bundle(claim(item(1, "E0431"), identifier=[{"system": TRACE, "value": f"C-{number}"}]), guide="2.0.1")
    return json.dump(told).replace(b'"SYN-01"', f'"SYN-{number}"'.encode()).replace(b'"S-900"', f'"S-{number}"'.encode())


@dataclass
class Provider:
    """Whoever asks and decides without rest, and does everything again that was not answered; ``said`` is what was answered."""

    server: Server
    token: str
    submitted: dict[int, str] = field(default_factory=dict)
    decided: set[str] = field(default_factory=set)
    unexpected: list[str] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Submit one request after the other, and decide each at once, until it is enough."""
        for number in itertools.count():
            if self.enough.is_set():
                return
            reference = self._until_answered("v2.0/fhir/Claim/$submit", asked(number), FHIR)["entry"][0]["resource"]["identifier"][-1]["value"]
            self.submitted[number] = reference
            self._decide(f"PA{reference[2:]}")

    def _decide(self, number: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        answer = self._until_answered(f"um/authorizations/{number}/decisions", json.dump(YES), headers, also=409)
        if answer.get("resourceType") == "OperationOutcome":
            text = answer["issue"][0]["details"]["text"]
            if "does not follow" not in text:
                self.unexpected.append(text)
        self.decided.add(number)

    def _until_answered(self, path: str, body: bytes, headers: dict[str, str], also: int = 200) -> Json:
        while True:
            try:
                answer = requests.post(f"{self.server.root}/{path}", data=body, headers=headers, timeout=20)
            except requests.RequestException:
                time.sleep(0.05)
                continue
            if answer.status_code in (502, 503):
                continue
            if answer.status_code not in (200, also):
                self.unexpected.append(f"{path}: {answer.status_code} {answer.text[:300]}")
            found: Json = json.parse(answer.content)
            return found


@contextmanager
def records(config: Path, folder: Path, database_url: str, port: int) -> Iterator[Payer]:
    """The payer's records, looked at from outside the server."""
    opened = open_payer(read({"config": str(config), "data_directory": folder, "database_url": database_url, "open": True, "port": port}, {}))
    try:
        yield opened
    finally:
        opened.close()


@pytest.mark.parametrize("seed", [20261122])
def test_everything_answered_is_there_once_and_every_notice_is_heard_in_order(tmp_path: Path, database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    config = tmp_path / "fhir-pa.toml"
    config.write_text("\n".join(["[[person]]", *(f"{name} = {inline(value)}" for name, value in PHYSICIAN.items())]))
    address = "" if database_url.startswith("sqlite") else database_url
    server = Server(tmp_path, database_url, "--config", str(config), port=port_nobody_is_lent(chance))
    try:
        with records(config, tmp_path, address, server.port) as payer:
            token = authenticator_for(payer).mint.person_token("quill")
        with listening() as (endpoint, heard):
            subscribed(server, endpoint, heard)
            provider = Provider(server, token)
            working = threading.Thread(target=provider.work)
            working.start()
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.1, 0.9))
                server.kill()
                server.start()
            provider.enough.set()
            working.join(120)
            assert not working.is_alive() and provider.unexpected == []
            with records(config, tmp_path, address, server.port) as payer:
                until(lambda: untold(payer) == [], "every notice is settled")
                _holds(provider, payer)
            events = [numbers_of(each) for each in heard if kinds([each]) == ["event-notification"]]
        assert list(dict.fromkeys(events)) == list(range(1, len(provider.submitted) + 1)), "each at least once, and none before an earlier one"
    finally:
        server.kill()
        server.log.close()


def _holds(provider: Provider, payer: Payer) -> None:
    """What was answered is on file, once, and its chain of proofs is whole."""
    with payer.store.reading() as tx:
        assert len(provider.submitted) == len(provider.decided) == len(tx.numbers()) > KILLS
        for number in provider.decided:
            case = tx.authorization(number)
            assert case.reference in provider.submitted.values()
            (one,) = case.items
            assert [made.action for made in (*one.earlier, one.determination)] == ["pended", "certified in total"], "decided once"
            assert verified(number, tx).broken is None
        for each, reference in provider.submitted.items():
            (case,) = tx.of_member((Identifier(MEMBERS, f"SYN-{each}"),))
            assert case.reference == reference


def port_nobody_is_lent(chance: random.Random) -> int:
    """A free port below those the system lends to callers: one who knocks at a closed port of those may end up talking to himself."""
    while True:
        port = chance.randint(20_000, 32_000)
        with socket.socket() as free:
            if free.connect_ex(("127.0.0.1", port)) != 0:
                return port


def untold(payer: Payer) -> list[int]:
    """The numbers of events nobody has heard yet."""
    with payer.store.reading() as tx:
        return [each.event_number for each in tx.notices() if each.kind is NoticeKind.EVENT and each.state != "delivered"]


def numbers_of(notice: Json) -> int:
    """The number of the one event a notification tells."""
    parameters = notice["entry"][0]["resource"]["parameter"]
    (part,) = [each["part"] for each in parameters if each["name"] == "notification-event"]
    return int(next(each["valueString"] for each in part if each["name"] == "event-number"))
