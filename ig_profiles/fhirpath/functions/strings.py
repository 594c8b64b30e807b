"""Work on text (FHIRPath N1 §5.6)."""

from __future__ import annotations

import re
from typing import Any

from ig_profiles.fhirpath.arithmetic import bounded_text
from ig_profiles.fhirpath.closures import Closure, from_many, from_truth
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.functions.registry import Site, asks_text, builds, on_items, on_one
from ig_profiles.fhirpath.nodes import EMPTY
from ig_profiles.fhirpath.patterns import checked, pattern
from ig_profiles.fhirpath.values import one, text_of


@on_one("indexOf", "text", "text")
def index_of(text: str, part: str) -> int:
    return text.find(part)


@on_one("lastIndexOf", "text", "text")
def last_index_of(text: str, part: str) -> int:
    return text.rfind(part)


@on_one("substring", "text", "integer", "integer", optional=1)
def substring(text: str, start: int, length: int | None = None) -> str | None:
    """Empty where the start lies outside the text."""
    if not 0 <= start < len(text):
        return None
    return text[start:] if length is None else text[start : start + max(length, 0)]


@asks_text("startsWith")
def starts_with(text: str, part: str) -> bool:
    return text.startswith(part)


@asks_text("endsWith")
def ends_with(text: str, part: str) -> bool:
    return text.endswith(part)


@asks_text("contains")
def contains(text: str, part: str) -> bool:
    return part in text


@on_one("upper", "text")
def upper(text: str) -> str:
    return text.upper()


@on_one("lower", "text")
def lower(text: str) -> str:
    return text.lower()


@on_one("trim", "text")
def trim(text: str) -> str:
    return text.strip()


@on_one("length", "text")
def length(text: str) -> int:
    return len(text)


@on_one("replace", "text", "text", "text")
def replace(text: str, part: str, by: str) -> str:
    if part and len(by) > len(part):
        bounded_text("x" * min(len(text) + text.count(part) * (len(by) - len(part)), 1_000_001))
    elif not part:
        bounded_text("x" * min(len(text) + (len(text) + 1) * len(by), 1_000_001))
    return text.replace(part, by)


@on_items("toChars")
def to_chars(items: list[Any]) -> list[Any]:
    return list(text_of(one(items, "toChars()"), "toChars()") or "")


@on_items("split", 1)
def split(items: list[Any], separators: list[Any]) -> list[Any]:
    text, separator = text_of(one(items, "split()"), "split()"), text_of(one(separators, "split()"), "split()")
    if text is None or separator is None:
        return EMPTY
    return text.split(separator) if separator else list(text)


@builds("join", 0, 1)
def join(site: Site, source: Closure, separator: Closure | None = None) -> Closure:
    """The texts as one, with the separator between them; empty for none."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        between = text_of(one(separator.many(scope, state), "join()"), "join()") if separator else ""
        texts = [text_of(item, "join()") or "" for item in source.many(scope, state)]
        return [bounded_text((between or "").join(texts))] if texts else EMPTY

    return from_many(many)


def _matching(site: Site, source: Closure, wanted: Closure, whole: bool) -> Closure:
    _check(site, wanted)

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        text = text_of(one(source.many(scope, state), "matches()"), "matches()")
        written = text_of(one(wanted.many(scope, state), "matches()"), "matches()")
        if text is None or written is None:
            return None
        compiled, limit = pattern(written)
        return (compiled.fullmatch if whole else compiled.search)(checked(text, limit)) is not None

    return from_truth(truth)


def _check(site: Site, wanted: Closure) -> None:
    """Refuses a pattern known at compile time that is wrong or could run away."""
    if wanted.constant and isinstance(wanted.constant[0], str):
        try:
            pattern(wanted.constant[0])
        except EvaluationError as error:
            site.refuse(str(error), site.call.arguments[0])


@builds("matches", 1)
def matches(site: Site, source: Closure, wanted: Closure) -> Closure:
    """Whether the pattern is found anywhere in the text; ``^`` and ``$`` tie it to the ends."""
    return _matching(site, source, wanted, whole=False)


@builds("matchesFull", 1)
def matches_full(site: Site, source: Closure, wanted: Closure) -> Closure:
    """Whether the pattern describes the whole text."""
    return _matching(site, source, wanted, whole=True)


@builds("replaceMatches", 2)
def replace_matches(site: Site, source: Closure, wanted: Closure, by: Closure) -> Closure:
    """The text with each match replaced; ``$1`` or ``${name}`` stand for groups."""
    _check(site, wanted)

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        texts = [text_of(one(part.many(scope, state), "replaceMatches()"), "replaceMatches()") for part in (source, wanted, by)]
        text, written, new = texts
        if text is None or written is None or new is None:
            return EMPTY
        compiled, limit = pattern(written)
        if len(new) * (len(text) + 1) > 10_000_000:
            raise EvaluationError("replaceMatches() would build too long a text")
        template = re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", new.replace("\\", "\\\\"))
        try:
            return [bounded_text(compiled.sub(template, checked(text, limit)))]
        except (re.error, IndexError) as error:
            raise EvaluationError(f"replaceMatches() cannot use the replacement: {error}") from None

    return from_many(many)
