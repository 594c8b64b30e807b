"""How a page of the provider desk is made: its frame, and moments told in the plan's own time zone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, g, request

from fhir_pa.web import fragment, telling
from fhir_pa.web import page as pages
from fhir_pa.web.offered import Payer

AT = "/practice"
_MOMENT = re.compile(r"\b\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)")


def page(template: str, status: int = 200, **words: Any) -> Response:
    """The page of this template of the provider desk."""
    return pages.page(f"practice/{template}", status, **words)


def part(template: str, status: int = 200, **words: Any) -> Response:
    """The part of a page that this template of the provider desk makes."""
    return pages.part(f"practice/{template}", status, **words)


def fresh(told: Mapping[str, Any], here_at: str, show: Callable[[str], Response]) -> Response:
    """The page that ``show`` makes, given the tag of what is told on it; to one that looks for news, whether that has changed."""
    tag = fragment.tag_of(told)
    if fragment.wanted() == fragment.NEWS:
        return fragment.news(tag, lambda: part("news", here_at=here_at))
    return show(tag)


def framed(payer: Payer, here: str) -> dict[str, Any]:
    """What every page needs: the plan, who is signed in, which part of the desk this is, how moments are told."""
    session, zone = g.get("session"), ZoneInfo(payer.settings.time_zone)
    person = session and session.caller.practice

    def when(written: str) -> str:
        return told(written, zone)

    words = {"here": here, "plan": payer.directory.insurer.name, "session": session, "me": person}
    return {**words, "when": when, "on": telling.day, "plainly": partial(plainly, zone=zone), "zone": zone_name(zone, payer.clock())}


def told(written: str, zone: ZoneInfo) -> str:
    """A moment as people at the plan's place read it.

    >>> told("2026-11-24T15:00:00+00:00", ZoneInfo("America/New_York"))
    '24 Nov 2026, 10:00 EST'
    """
    return datetime.fromisoformat(written).astimezone(zone).strftime("%-d %b %Y, %H:%M %Z")


def plainly(words: str, zone: ZoneInfo) -> str:
    """A sentence with the moments and days in it told as people read them.

    >>> plainly("Call before 2026-11-24T15:00+00:00; planned for 2026-11-30.", ZoneInfo("America/New_York"))
    'Call before 24 Nov 2026, 10:00 EST; planned for 30 Nov 2026.'
    """
    return telling.plainly(_MOMENT.sub(lambda found: told(found[0], zone), words))


def zone_name(zone: ZoneInfo, at: datetime) -> str:
    """What this zone is called at this moment.

    >>> zone_name(ZoneInfo("UTC"), datetime.fromisoformat("2026-11-24T15:00:00+00:00"))
    'UTC'
    """
    return at.astimezone(zone).tzname() or str(zone)


def moment_of(day: str, hour: str, zone: ZoneInfo) -> str:
    """The moment of this day and time in this zone, for an operation; what cannot be read goes through as it is, to be named there.

    >>> moment_of("2026-11-24", "10:00", ZoneInfo("America/New_York")), moment_of("", "", ZoneInfo("UTC")), moment_of("soon", "", ZoneInfo("UTC"))
    ('2026-11-24T10:00:00-05:00', '', 'soon')
    """
    try:
        return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=zone).isoformat()
    except ValueError:
        return f"{day} {hour}".strip()


def turned(path: str, **changed: str) -> str:
    """The address with what was asked for here, changed so; what is empty and the first page are left out."""
    asked = {**{name: request.args[name] for name in ("q", "since", "page") if request.args.get(name)}, **changed}
    told_ = {name: value for name, value in asked.items() if value and (name, value) != ("page", "1")}
    return f"{path}?{urlencode(told_)}" if told_ else path
