"""Where an answer says it came from: the information-origin extension, and whose word it is.

Source: DTR profile information-origin (2.0.1, 2.2), invariant dtrx-1: an author is named exactly when a person answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from ig_profiles.names import INFORMATION_ORIGIN
from ig_profiles.outcome import Issue
from ig_profiles.reading import Json, extension_value, extensions
from questionnaires.package_request import Guide

SOURCES: dict[Guide, tuple[str, ...]] = {"2.0.1": ("auto", "override", "manual"), "2.2": ("auto-client", "auto-server", "override", "manual")}
BY_A_PERSON = ("override", "manual")


def check_origin(answer: Json, at: str, guide: Guide, name: str) -> Iterator[Issue]:
    """Every fault in what an answer says of its origin."""
    found = extensions(answer, INFORMATION_ORIGIN)
    where = f"{at}.extension.where(url='{INFORMATION_ORIGIN}')"
    if len(found) != 1:
        many_ = "does not say where its answer came from" if not found else f"says {len(found)} times where its answer came from"
        yield Issue(f"'{name}' {many_}. Give one information-origin with its source: {', '.join(SOURCES[guide])}.", "required", expression=at)
        return
    source = extension_value(found[0], "source")
    author = extensions(found[0], "author")
    if source not in SOURCES[guide]:
        yield Issue(f"'{name}' comes from '{source}', which DTR {guide} does not know. Write {', '.join(SOURCES[guide])}.", "code-invalid", expression=where)
    elif (source in BY_A_PERSON) is not bool(author):
        what = f"'{source}', so a person gave it: name the author" if not author else f"'{source}', so no person gave it: take the author out"
        yield Issue(f"'{name}' is {what} (dtrx-1).", "invariant", expression=where)
    elif author and not extension_value(author[0], "practitioner") and not extensions(author[0], "role"):
        yield Issue(f"'{name}' has an author without practitioner and role. Name one.", "required", expression=where)
