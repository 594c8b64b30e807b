"""What a reviewer filled in on a page of the desk, as the JSON the operations read; an empty field says nothing."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from ig_profiles.json import dump
from ig_profiles.reading import without_empty

Filled = MultiDict[str, str]


def body_of(act: str, filled: Filled) -> bytes:
    """The body of this act (``decide``, ``ask``, …), with the revision the page showed."""
    said = {**_ACTS[act](filled), "revision": _number(filled, "revision")}
    return dump(without_empty(said))


def decide(filled: Filled) -> dict[str, Any]:
    """A decision; a reason code and criteria belong to one against the member, an amount to a reduced one."""
    verdict = filled.get("decision", "")
    against = verdict != "certify"
    return {
        "items": _items(filled),
        "decision": verdict,
        "because": filled.get("because", ""),
        "reason_code": filled.get("reason_code", "") if against else "",
        "criteria": filled.getlist("criteria") if against else [],
        "phone": filled.get("phone", "") if against else "",
        "authorized": _authorized(filled) if verdict == "modify" else None,
        "step_down": _step_down(filled) if verdict == "modify" else None,
    }


def ask(filled: Filled) -> dict[str, Any]:
    """A question to the provider."""
    said = {name: filled.get(name, "") for name in ("words", "document", "second_because")}
    return {"items": _items(filled), **said}


def because(filled: Filled) -> dict[str, Any]:
    """An act that needs items, where there are any, and a reason."""
    return {"items": _items(filled), "because": filled.get("because", "")}


def extend(filled: Filled) -> dict[str, Any]:
    """More time."""
    return {"reason": filled.get("reason", ""), "because": filled.get("because", "")}


def converse(filled: Filled) -> dict[str, Any]:
    """What became of a conversation; the page asks for day and time in UTC."""
    day, hour = filled.get("call_on", ""), filled.get("call_hour", "")
    return {
        "stage": filled.get("stage", ""),
        "call_at": f"{day}T{hour}:00+00:00" if day or hour else "",
        "clinician": {name: filled.get(f"clinician_{name}", "") for name in ("name", "credentials", "npi", "phone")},
        "reviewer": filled.get("reviewer", ""),
        "outcome": filled.get("outcome", ""),
        "note": filled.get("note", ""),
    }


def appeal(filled: Filled) -> dict[str, Any]:
    """An appeal to be put on file."""
    marks = ("expedited", "consent", "continue_benefits")
    words = ("by", "name", "because", "good_cause")
    return {"items": _items(filled), **{name: filled.get(name, "") for name in words}, **{name: name in filled for name in marks}}


def hear(filled: Filled) -> dict[str, Any]:
    """An act on an appeal: to whom it goes, more time, or its outcome."""
    partly = filled.get("outcome") == "partly overturned"
    names = ("act", "reviewer", "because", "outcome")
    return {**{name: filled.get(name, "") for name in names}, "authorized": _authorized(filled) if partly else None, "new_evidence": "new_evidence" in filled}


def owner(filled: Filled) -> dict[str, Any]:
    """In whose hands the case goes, and in whose it was as the page showed it."""
    return {"owner": filled.get("owner", ""), "before": filled.get("before", "")}


def several(filled: Filled) -> dict[str, Any]:
    """The chosen cases, each with who had it as the page showed it, and in whose hands they go."""
    chosen = (each.partition(":") for each in filled.getlist("chosen"))
    return {"owner": filled.get("to", ""), "cases": [{"number": number, "before": before} for number, _, before in chosen]}


def _authorized(filled: Filled) -> dict[str, Any] | None:
    told = {name: filled.get(f"authorized_{name}", "").strip() for name in ("from", "until", "quantity", "unit")}
    return {name: value for name, value in told.items() if value} or None


def _step_down(filled: Filled) -> dict[str, Any] | None:
    """Less intense care to follow; nothing when no service is named."""
    told = {name: filled.get(f"step_down_{name}", "").strip() for name in ("code", "from", "until", "quantity", "unit")}
    if not told["code"]:
        return None
    amount = {name: told[name] for name in ("from", "until", "quantity", "unit") if told[name]}
    return {"service": {"code": told["code"]}, **amount}


def _items(filled: Filled) -> list[int]:
    return [int(each) for each in filled.getlist("items") if each.isascii() and each.isdigit() and len(each) < 7]


def _number(filled: Filled, name: str) -> int | None:
    written = filled.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None


_ACTS = {
    "decide": decide,
    "ask": ask,
    "extend": extend,
    "reopen": because,
    "stand": because,
    "converse": converse,
    "appeal": appeal,
    "hear": hear,
    "owner": owner,
    "several": several,
}
