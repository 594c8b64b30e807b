"""The languages the plan speaks with its members, and which of them one reader gets."""

from __future__ import annotations

from collections.abc import Iterable

ENGLISH = "en"
LANGUAGES = {"en": "English", "es": "Español"}  # each by its own name, as whoever looks for it reads it


def chosen(*wanted: str | None) -> str:
    """The first of these wishes that is a language we speak, else English; a region (``es-MX``) is passed over.

    >>> chosen(None, "fr", "es-MX", "en")
    'es'
    >>> chosen("", "tlh")
    'en'
    """
    spoken = (_spoken(each) for each in wanted if each)
    return next((each for each in spoken if each), ENGLISH)


def accepted(header: str) -> Iterable[str]:
    """The languages an Accept-Language header names, the most wanted first (RFC 9110 §12.5.4); what is refused is left out.

    >>> list(accepted("fr;q=0.4, es-US, en;q=0.8, de;q=0, *;q=x"))
    ['es-US', 'en', 'fr']
    """
    named = [_weighed(part) for part in header[:400].split(",")]
    return [name for weight, name in sorted(named, key=lambda pair: -pair[0]) if name and weight > 0]


def _spoken(wanted: str) -> str:
    plain = wanted.strip().lower().replace("_", "-").partition("-")[0]
    return plain if plain in LANGUAGES else ""


def _weighed(part: str) -> tuple[float, str]:
    name, _, weight = part.strip().partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), name.strip()
    except ValueError:
        return 0.0, ""
