"""Catalogue: one language's messages, with its plurals, and the way it writes days, moments and numbers.

English stands in the templates themselves; every other language has a gettext catalogue (``es.po``) beside this file, kept
with the tools of Babel (``pybabel extract``, ``update``) and read as it is: nothing compiled is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from fhir_pa.words.languages import ENGLISH

REGION = {"en": "en_US", "es": "es_US"}


@dataclass(frozen=True)
class Catalogue:
    """One language. ``messages`` answers gettext and ngettext."""

    language: str
    messages: NullTranslations

    @property
    def _locale(self) -> str:
        return REGION[self.language]

    def day(self, day: date) -> str:
        """A day as a letter writes it.

        >>> catalogue("en").day(date(2026, 11, 2)), catalogue("es").day(date(2026, 11, 2))
        ('November 2, 2026', '2 de noviembre de 2026')
        """
        return format_date(day, "long", locale=self._locale)

    def moment(self, moment: datetime, zone: ZoneInfo) -> str:
        """A moment as people say it, with the name of the time zone it is told in.

        >>> catalogue("en").moment(datetime.fromisoformat("2026-11-25T20:00:00+00:00"), ZoneInfo("America/New_York")).replace(chr(0x202f), " ")
        'November 25, 2026, 3:00 PM EST'
        """
        here = moment.astimezone(zone)
        named = get_timezone_name(here, width="short", locale=self._locale)
        return f"{format_date(here.date(), 'long', locale=self._locale)}, {format_time(here, 'short', locale=self._locale)} {named}"

    def left(self, until: datetime, at: datetime) -> str:
        """How far away a moment is, in words.

        >>> start = datetime.fromisoformat("2026-11-21T15:00:00+00:00")
        >>> catalogue("en").left(datetime.fromisoformat("2026-11-28T15:00:00+00:00"), start)
        'in 7 days'
        """
        whole = until - at
        unit: Literal["day", "hour", "minute"] = "day" if abs(whole) >= timedelta(days=2) else "hour" if abs(whole) >= timedelta(hours=2) else "minute"
        size = {"day": 86400, "hour": 3600, "minute": 60}[unit]
        rounded = timedelta(seconds=int(whole.total_seconds()) // size * size)
        return format_timedelta(rounded, granularity=unit, threshold=10**9, add_direction=True, locale=self._locale)

    def number(self, value: Decimal | int | str) -> str:
        """A number with the digits it has, grouped as the language does.

        >>> catalogue("en").number(Decimal("1200.50")), catalogue("es").number("90")
        ('1,200.5', '90')
        """
        return format_decimal(Decimal(value), locale=self._locale, decimal_quantization=False)


@lru_cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language we speak; English is its own."""
    if language == ENGLISH:
        return Catalogue(ENGLISH, NullTranslations())
    with files("fhir_pa.words").joinpath(f"{language}.po").open("rb") as file:
        found = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, found)
    compiled.seek(0)
    return Catalogue(language, GNUTranslations(compiled))
