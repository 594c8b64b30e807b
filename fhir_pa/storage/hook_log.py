"""The log of hook calls and of feedback, kept for disputes about what a clinician was told; tokens are never kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground, packed, short, unpacked
from ig_profiles import json
from ig_profiles.reading import Json

_TOKENS = "fhirAuthorization"
_LOOKED_THROUGH = 100
_call = tables.hook_calls.c


@dataclass(frozen=True)
class HookCall:
    """One CDS Hooks call with its answer."""

    id: str
    client: str
    guide: str
    hook: str
    hook_instance: str
    at: datetime
    request: Json
    answer: Json


def _call_of(row: sa.Row[Any]) -> HookCall:
    return HookCall(**{**row._asdict(), "request": json.parse(unpacked(row.request)), "answer": json.parse(unpacked(row.answer))})


class HookReading(Ground):
    """Reading the log."""

    def hook_calls(self, client: str, hook_instance: str) -> list[HookCall]:
        """The calls of this client under one hookInstance, in the order they came."""
        rows = self.rows(sa.select(tables.hook_calls).where(_call.client == client, _call.hook_instance == short(hook_instance)).order_by(_call.at))
        return [_call_of(row) for row in rows]

    def hook_call_telling(self, client: str, assertion: str, since: datetime, hook: str) -> HookCall | None:
        """The newest call of this hook since then whose answer names the assertion, among the client's last hundred."""
        mine = sa.and_(_call.client == client, _call.hook == hook, _call.at >= since)
        rows = self.rows(sa.select(tables.hook_calls).where(mine).order_by(_call.at.desc()).limit(_LOOKED_THROUGH))
        return next((_call_of(row) for row in rows if assertion.encode() in unpacked(row.answer)), None)


class HookWriting(HookReading):
    """Writing the log."""

    def keep_hook_call(self, call: HookCall) -> None:
        """Keep the call; the access token it carried is left out."""
        request = {key: value for key, value in call.request.items() if key != _TOKENS}
        values = {"id": call.id, "client": call.client, "guide": call.guide, "hook": call.hook, "hook_instance": short(call.hook_instance), "at": call.at}
        self.insert(tables.hook_calls, {**values, "request": packed(json.dump(request)), "answer": packed(json.dump(call.answer))})

    def keep_feedback(self, feedback_id: str, client: str, service: str, at: datetime, said: Json) -> None:
        """Keep what a clinician did with a card (CDS Hooks feedback)."""
        self.insert(tables.feedback, {"id": feedback_id, "client": client, "service": service, "at": at, "document": json.dump(said).decode()})
