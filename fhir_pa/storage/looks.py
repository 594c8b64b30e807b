"""Looking at what was kept of hook calls, and who did: the dispute log as auditors read it, every look itself on record and chained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import look_tables, tables
from fhir_pa.storage.ground import Ground, short, unpacked
from fhir_pa.storage.hook_log import HookCall
from fhir_pa.um.proving.looked_chain import KeptLook, link
from ig_profiles import json
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json

_call = tables.hook_calls.c
_about = look_tables.hook_call_assertions.c
_look = look_tables.looks.c
_LAST = sa.select(_look.place, _look.sha256).where(_look.place.is_not(None)).order_by(_look.place.desc()).limit(1)


@dataclass(frozen=True)
class Look:
    """One look: ``what`` was done, ``about`` which id or search, and how many calls it ``found``."""

    id: str
    at: datetime
    person: str
    how: str
    what: str
    about: str
    found: int


@dataclass(frozen=True)
class Wanted:
    """Which calls are searched for; what is empty is not asked about. ``until`` is the first moment no longer meant."""

    client: str = ""
    hook: str = ""
    hook_instance: str = ""
    since: datetime | None = None
    until: datetime | None = None


class LookReading(Ground):
    """Finding kept calls."""

    def hook_call(self, call_id: str) -> HookCall:
        """The call with this id. Raises NotFound."""
        return next(iter(self._calls(_call.id == call_id, 1)), None) or _gone(call_id)

    def hook_calls_wanted(self, wanted: Wanted, most: int) -> list[HookCall]:
        """The newest calls that are wanted, the newest first."""
        conditions = [
            _call.client == wanted.client if wanted.client else None,
            _call.hook == wanted.hook if wanted.hook else None,
            _call.hook_instance == short(wanted.hook_instance) if wanted.hook_instance else None,
            _call.at >= wanted.since if wanted.since else None,
            _call.at < wanted.until if wanted.until else None,
        ]
        return self._calls(sa.and_(sa.true(), *(each for each in conditions if each is not None)), most)

    def hook_calls_about(self, assertion: str) -> list[HookCall]:
        """Every call whose answer rests on this assertion, in the order they came."""
        told = sa.select(_about.call).where(_about.assertion == assertion)
        return sorted(self._calls(_call.id.in_(told), None), key=lambda call: call.at)

    def looks(self, most: int, about: str = "") -> list[Look]:
        """The newest looks, at this one thing where named."""
        chosen = sa.select(look_tables.looks).order_by(_look.at.desc(), _look.id).limit(most)
        return [_as_kept(row) for row in self.rows(chosen.where(_look.about == about) if about else chosen)]

    def looks_in_order(self) -> Iterator[KeptLook]:
        """The whole chain of looks, the first first; read as it is walked, because there may be many."""
        chained = sa.select(look_tables.looks).where(_look.place.is_not(None)).order_by(_look.place)
        for row in self.connection.execution_options(yield_per=1000).execute(chained):
            yield KeptLook(row.place, row.sha256, _said(_as_kept(row)))

    def _calls(self, condition: sa.ColumnElement[bool], most: int | None) -> list[HookCall]:
        rows = self.rows(sa.select(tables.hook_calls).where(condition).order_by(_call.at.desc(), _call.id).limit(most))
        return [HookCall(**{**row._asdict(), "request": json.parse(unpacked(row.request)), "answer": json.parse(unpacked(row.answer))}) for row in rows]


class LookWriting(LookReading):
    """Keeping looks, and by what a call is found."""

    def keep_look(self, *looks: Look) -> None:
        """Keep that somebody looked, at one thing or at several, each chained to the one before; others who keep looks wait until this ends."""
        if not looks:
            return
        self.one_at_a_time("looks")
        last = self.row(_LAST)
        before, previous = (last.place, last.sha256) if last else (0, "")
        for place, look in enumerate(looks, before + 1):
            previous = link(_said(look), place, previous)
            self.insert(look_tables.looks, {**asdict(look), "place": place, "sha256": previous})

    def keep_told(self, call_id: str, assertions: Iterable[str]) -> None:
        """Keep on which assertions the answer to this call rests."""
        self.insert_missing(look_tables.hook_call_assertions, [{"assertion": each, "call": call_id} for each in dict.fromkeys(assertions)])


def _as_kept(row: Any) -> Look:
    return Look(*(getattr(row, each.name) for each in fields(Look)))


def _said(look: Look) -> Json:
    return {**asdict(look), "at": look.at.astimezone(UTC).isoformat()}


def _gone(call_id: str) -> HookCall:
    raise NotFound(f"No hook call {call_id} is on file. Search for it by client, hook and day.", expression="id")
