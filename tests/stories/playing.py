"""The demonstration's scenes in this one process: the provider's own code, a payer behind its HTTP interface, and what was sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from fhir_pa.provider.cds_client import CdsClient
from fhir_pa.provider.dtr_app import DtrApp
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.play.desk import Desk
from fhir_pa.provider.play.narrator import Narrator
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.provider.play.stage import Stage
from fhir_pa.provider.scenes import SCENES, unsubscribe
from fhir_pa.provider.wire import Call, Reply, Wire
from fhir_pa.wiring import GENERATIONS
from ig_profiles.json import parse
from ig_profiles.reading import Json
from tests.stories.parties import NOW, PAYER_URL, SECRET, Plan, Staff

Sent = list[tuple[str, Json]]


class DeskOfStory(Desk):
    """The reviewers' desk where no command line is at hand: everything is decided over HTTP."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(PAYER_URL, ())
        self._plan = plan

    def token(self, person: str) -> str:
        return Staff(self._plan, person).proof()["Authorization"].removeprefix("Bearer ")

    def decide_by_command(self, person: str, number: str, decision: Json) -> tuple[Json, float]:
        reply = self.decide(person, number, decision)
        return reply.body, reply.took_ms


class StageOfStory(Stage):
    """The stage under the story's clock."""

    def at(self) -> datetime:
        return NOW


def play(plan: Plan, guide: str) -> tuple[Sent, list[str]]:
    """Play every scene in this guide: each JSON body sent to the payer with its path, and what did not come out."""
    with set_stage(plan, guide) as (stage, sent):
        for scene in (*SCENES, unsubscribe):
            scene(stage)
    return sent, stage.narrator.failures


@contextmanager
def set_stage(plan: Plan, guide: str) -> Iterator[tuple[Stage, Sent]]:
    """The stage of this guide, and what is sent to the payer from it."""
    keys, base, narrator = plan.keys[CLIENT_ID], f"{PAYER_URL}/{GENERATIONS[guide]}", Narrator(lambda _: None)
    with everything_sent(plan) as sent, patch.object(time, "time", lambda: plan.clock().timestamp()):
        pas = PasClient(f"{base}/fhir", CLIENT_ID, keys)
        cds = CdsClient(base, guide, plan.ehr_url, CLIENT_ID, keys)
        dtr = DtrApp(pas, plan.payer.facts)
        yield StageOfStory(guide, plan.ehr_url, plan.charts, cds, pas, dtr, DeskOfStory(plan), narrator, NOW.date(), SECRET), sent


@contextmanager
def everything_sent(plan: Plan) -> Iterator[Sent]:
    """Calls to the payer go straight to its application, after each of which its background work is done; others over HTTP."""
    http, over_http = plan.http(), Wire._call
    sent: Sent = []
    subscriptions: set[str] = set()

    def call(wire: Wire, method: str, path: str, token: str | None, headers: dict[str, str], **rest: Any) -> Reply:
        url = path if "://" in path else f"{wire.base}/{path.lstrip('/')}"
        if not url.startswith(PAYER_URL):
            return over_http(wire, method, path, token, headers, **rest)
        path, data = url.removeprefix(PAYER_URL), rest.get("data")
        if isinstance(data, bytes):
            sent.append((path, parse(data)))
        proof = {"Authorization": f"Bearer {token}"} if token else {}
        answer = http.open(path, method=method, data=data, query_string=rest.get("params"), headers={**headers, **proof})
        body: Any = parse(answer.data) if answer.data else None
        if wire._watch:
            told, kind = (*headers.items(), *proof.items()), data if isinstance(data, bytes) else urlencode(data or {}).encode()
            wire._watch(Call(method, url, told, kind, answer.status_code, tuple(answer.headers.items()), answer.data, plan.clock(), 0.0))
        if answer.status_code == 201 and path.endswith("/Subscription"):
            subscriptions.add(body["id"])
        subscriptions.difference_update([path.rpartition("/")[2]] if method == "DELETE" else [])
        for subscription in subscriptions:
            plan.tell(subscription)
        return Reply(method, url, answer.status_code, body, 0.0, dict(answer.headers))

    with patch.object(Wire, "_call", call):
        yield sent
