"""Looking at what was kept of hook calls, and who did: the dispute log as auditors read it, every look itself on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fhir_pa.storage import look_tables, tables
from fhir_pa.storage.ground import Ground, short, unpacked
from fhir_pa.storage.hook_log import HookCall
from ig_profiles import json
from ig_profiles.outcome import NotFound

_call = tables.hook_calls.c
_about = look_tables.hook_call_assertions.c
_look = look_tables.looks.c


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
        return [Look(**row._asdict()) for row in self.rows(chosen.where(_look.about == about) if about else chosen)]

    def _calls(self, condition: sa.ColumnElement[bool], most: int | None) -> list[HookCall]:
        rows = self.rows(sa.select(tables.hook_calls).where(condition).order_by(_call.at.desc(), _call.id).limit(most))
        return [HookCall(**{**row._asdict(), "request": json.parse(unpacked(row.request)), "answer": json.parse(unpacked(row.answer))}) for row in rows]


class LookWriting(LookReading):
    """Keeping looks, and by what a call is found."""

    def keep_look(self, look: Look) -> None:
        """Keep that somebody looked."""
        self.insert(look_tables.looks, {name: getattr(look, name) for name in Look.__dataclass_fields__})

    def keep_told(self, call_id: str, assertions: Iterable[str]) -> None:
        """Keep on which assertions the answer to this call rests."""
        self.insert_missing(look_tables.hook_call_assertions, [{"assertion": each, "call": call_id} for each in dict.fromkeys(assertions)])


def _gone(call_id: str) -> HookCall:
    raise NotFound(f"No hook call {call_id} is on file. Search for it by client, hook and day.", expression="id")
