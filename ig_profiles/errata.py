"""Known faults of what HL7 published, and what we read instead, each with its reason: the one place that departs from the text."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

# (key, expression as published) -> (expression we compile, because)
EXPRESSIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("que-12", "enableWhen.count() > 2 implies enableBehavior.exists()"): (
        "enableWhen.count() > 1 implies enableBehavior.exists()",
        "its words ask for enableBehavior with more than one enableWhen; corrected so in R4B",
    ),
    ("tim-9", "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))"): (
        "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())",
        "'in' takes one item, but Timing.repeat.when repeats; corrected so in R4B",
    ),
}

# extension url -> (contexts allowed besides those published, because)
CONTEXTS: dict[str, tuple[tuple[str, ...], str]] = {}

# The regular expressions of primitive types that run in linear time on hostile input. The one of base64Binary does not.
REVIEWED_REGEXES = frozenset(
    {
        "true|false",
        "-?([0]|([1-9][0-9]*))",
        "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?",
        "[0]|([1-9][0-9]*)",
        "[1-9][0-9]*",
        "\\S*",
        "[^\\s]+(\\s[^\\s]+)*",
        "[A-Za-z0-9\\-\\.]{1,64}",
        "urn:oid:[0-2](\\.(0|[1-9][0-9]*))+",
        "urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?",
    }
)


def expression(key: str, published: str) -> str:
    """The expression to compile for this constraint."""
    return EXPRESSIONS.get((key, published), (published, ""))[0]


def contexts(url: str, published: list[Json]) -> list[Json]:
    """Where this extension may stand: as published, and where its own guide puts it besides."""
    more, _ = CONTEXTS.get(url, ((), ""))
    return published + [each for place in more if (each := {"type": "element", "expression": place}) not in published]
