"""What was filled in on the pages beside reviews, as the JSON the operations read; an empty field says nothing."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from ig_profiles.reading import without_empty

Filled = MultiDict[str, str]
FIELDS = frozenset(
    {"member", "birth_date", "facility_npi", "facility_name", "admitted_at", "diagnoses", "shown", "late_because", "items", "claim", "amount"}
    | {"because", "stage", "note", "work", "number", "about", "says"}
)
SIGNS = ("1", "2")  # what showed the emergency: so many lines has the form


def admission(filled: Filled) -> dict[str, Any]:
    """A notice of admission, as somebody heard it on the phone; days and times are in UTC."""
    shown = [
        {"what": filled.get(f"what_{each}", ""), "at": _moment(filled, f"seen_{each}"), "recorded_at": _moment(filled, f"written_{each}")} for each in SIGNS
    ]
    told = {name: filled.get(name, "").strip() for name in ("member", "birth_date", "facility_npi", "facility_name", "late_because")}
    told |= {"admitted_at": _moment(filled, "admitted")}
    said: dict[str, Any] = without_empty({**told, "diagnoses": filled.get("diagnoses", "").replace(",", " ").split()})
    return {**said, "shown": [without_empty(each) for each in shown if any(each.values())], "stabilized": "stabilized" in filled}


def demand(filled: Filled) -> dict[str, Any]:
    """A demand for money back."""
    items = [int(each) for each in filled.getlist("items") if each.isascii() and each.isdigit() and len(each) < 7]
    return {**_said(filled, "claim", "amount", "because"), "items": items, **_revision(filled)}


def became(filled: Filled) -> dict[str, Any]:
    """What became of a demand."""
    return {**_said(filled, "stage", "note"), **_revision(filled)}


def follow_up(filled: Filled) -> dict[str, Any]:
    """A new follow-up."""
    return _said(filled, "work", "because", "number", "about")


def carry(filled: Filled) -> dict[str, Any]:
    """What is done with a follow-up."""
    return _said(filled, "act", "says")


def look(filled: Filled) -> dict[str, Any]:
    """What came up in a case that somebody should look at again."""
    return _said(filled, "because")


def _said(filled: Filled, *names: str) -> dict[str, Any]:
    return {name: filled.get(name, "").strip() for name in names}


def _revision(filled: Filled) -> dict[str, int]:
    written = filled.get("revision", "")
    return {"revision": int(written)} if written.isascii() and written.isdigit() and len(written) < 10 else {}


def _moment(filled: Filled, name: str) -> str:
    day, hour = filled.get(f"{name}_on", ""), filled.get(f"{name}_hour", "")
    return f"{day}T{hour}:00+00:00" if day or hour else ""
