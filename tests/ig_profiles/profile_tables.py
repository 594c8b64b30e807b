"""Small profiles made for a test, in the form compiled tables have, laid over the shipped set."""

from __future__ import annotations

from typing import Any

from ig_profiles.reading import Json
from ig_profiles.registry import Registry, open_set
from ig_profiles.terminology import ValueSetTable

MADE = "http://a.example/StructureDefinition/made"


class Overlaid:
    """The shipped definitions with some tables and value sets of the test's own."""

    def __init__(self, *tables: Json, value_sets: dict[str, ValueSetTable] | None = None) -> None:
        self.shipped: Registry = open_set("2.0.1")
        self.tables = {table["url"]: table for table in tables}
        self.value_sets = value_sets or {}

    def profile(self, canonical: str) -> Json | None:
        return self.tables.get(canonical) or self.shipped.profile(canonical)

    def type(self, name: str) -> Json | None:
        return self.shipped.type(name)

    def extension(self, url: str) -> Json | None:
        table = self.profile(url)
        return table if table and table["type"] == "Extension" else None

    def value_set(self, canonical: str) -> ValueSetTable | None:
        return self.value_sets.get(canonical) or self.shipped.value_set(canonical)


def table(kind: str, *rows: Json, url: str = MADE, **more: Any) -> Json:
    """A profile table of a type from its rows: each has at least an ``id`` below the type, path and slice are told by it."""
    elements: list[Json] = [{"id": kind, "path": kind, "min": 0, "max": "*"}]
    for row in rows:
        identity = f"{kind}.{row['id']}"
        last = identity.rsplit(".", 1)[-1]
        path = ".".join(step.partition(":")[0] for step in identity.split("."))
        named = {"slice": last.partition(":")[2]} if ":" in last else {}
        elements.append({"min": 0, "max": "*", "path": path, **named, **row, "id": identity})
    return {"url": url, "version": "1", "type": kind, "kind": "resource", "derivation": "constraint", "elements": elements, **more}


def made(kind: str, *rows: Json, **more: Any) -> Overlaid:
    """The shipped set with one profile, ``MADE``, of these rows."""
    return Overlaid(table(kind, *rows, **more))
