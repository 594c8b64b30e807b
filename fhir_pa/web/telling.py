"""How a page for people who sign in tells things: what is left of a time, days, kinds, names; the filters of its templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from fhir_pa.web.public import LINES

SOON = timedelta(hours=24)
WITHIN = re.compile(r"(?<!^)(?=[A-Z])")
DAY = re.compile(r"\b\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b(?!T)")


def left(due: str, at: str) -> str:
    """What is left of the time, in words.

    >>> left("2026-11-24T15:00:00+00:00", "2026-11-21T11:30:00+00:00"), left("2026-11-21T10:00:00+00:00", "2026-11-21T11:30:00+00:00")
    ('3 days 3 hours left', '1 hour 30 minutes over')
    """
    away = datetime.fromisoformat(due) - datetime.fromisoformat(at)
    minutes = int(abs(away).total_seconds() // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    parts = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes % 60, "minute")]
    said = " ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts if count)
    return f"{said or 'less than a minute'} {'left' if away > timedelta(0) else 'over'}"


def pressing(due: str, at: str) -> str:
    """How much it presses: ``over``, ``soon`` (within a day), or ``calm``."""
    away = datetime.fromisoformat(due) - datetime.fromisoformat(at)
    return "over" if away <= timedelta(0) else "soon" if away <= SOON else "calm"


def moment(written: str) -> str:
    """A moment as people read it, in UTC.

    >>> moment("2026-11-24T15:00:00+00:00")
    '24 Nov 2026, 15:00 UTC'
    """
    return f"{datetime.fromisoformat(written).strftime('%-d %b %Y, %H:%M')} UTC"


def day(written: str) -> str:
    """A day as people read it, of a day or of a moment that stands for one.

    >>> day("2026-11-04"), day("2026-11-04T00:00:00+00:00")
    ('4 Nov 2026', '4 Nov 2026')
    """
    return date.fromisoformat(written[:10]).strftime("%-d %b %Y")


def plainly(words: str) -> str:
    """A sentence with the days in it told as people read them; a moment stays as it is.

    >>> plainly("Planned for 2026-11-30, asked at 2026-11-24T15:00+00:00.")
    'Planned for 30 Nov 2026, asked at 2026-11-24T15:00+00:00.'
    """
    return DAY.sub(lambda found: day(found[0]), words)


def kind(resource: str) -> str:
    """A kind of resource as people read it.

    >>> kind("DiagnosticReport"), kind("Observation")
    ('Diagnostic report', 'Observation')
    """
    return capital(WITHIN.sub(" ", resource).lower())


def took(milliseconds: float) -> str:
    """How long something took, no finer than it matters.

    >>> took(7.46), took(137.5), took(2425.0)
    ('7.5 ms', '138 ms', '2.4 s')
    """
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def capital(words: str) -> str:
    """The words with a capital to begin with, the rest as written."""
    return words[:1].upper() + words[1:]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "line": lambda line: LINES.get(line, line or "Unknown line"),
    "moment": moment,
    "day": day,
    "plainly": plainly,
    "kind": kind,
    "took": took,
    "capital": capital,
    "trusted": Markup,
    "named": lambda item: (item["sequence"], f"{item['sequence']}. {item['title']} {' '.join(code['code'] for code in item['codes'])}"),
    "coded": lambda reason: (reason["code"], f"{capital(reason['says'])} ({reason['code']})"),
    "person": lambda person: (person["id"], person["name"]),
    "same": lambda word: (word, capital(word.replace("-", " "))),
}
