"""Feedback: what clinicians did with our cards, read tolerantly; an unknown card is no reason to refuse (crd.md §1.10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Coding, codings, many, one, text

OUTCOMES = ("accepted", "overridden")


@dataclass(frozen=True)
class Feedback:
    """One outcome of one card; the same one may come several times.

    ``at`` is the client's moment, ISO 8601 as sent. ``comment`` may name a patient and is kept out of every log.
    """

    card: str
    outcome: str
    at: str
    suggestions: tuple[str, ...] = ()
    reason: Coding | None = None
    comment: str | None = field(default=None, repr=False)


def read(body: Any) -> tuple[Feedback, ...]:
    """Every readable outcome in the body; entries without a card or with an unknown outcome are passed over.

    Raises Unprocessable when the body holds no list of feedback at all.
    """
    entries = body.get("feedback") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        text_ = 'The body holds no feedback. Send {"feedback": [{"card": "<uuid>", "outcome": "accepted", "outcomeTimestamp": "…"}]}.'
        raise Unprocessable(Issue(text_, "structure", expression="feedback"))
    found = (_entry(entry) for entry in entries)
    return tuple(dict.fromkeys(entry for entry in found if entry is not None))


def _entry(entry: Any) -> Feedback | None:
    card, outcome = text(entry, "card"), text(entry, "outcome")
    if card is None or outcome not in OUTCOMES:
        return None
    return Feedback(
        card=card,
        outcome=outcome,
        at=text(entry, "outcomeTimestamp") or "",
        suggestions=tuple(name for name in many(entry, "acceptedSuggestions", "id") if isinstance(name, str)),
        reason=next(iter(codings(one(entry, "overrideReason", "reason"))), None),
        comment=text(entry, "overrideReason", "userComment"),
    )
