"""Response: answers and cards -> the body of a CDS Hooks answer; nothing null, nothing empty but ``cards`` (crd.md §1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cds_hooks.answer import CoverageAnswer
from cds_hooks.attaching import attach, system_action
from cds_hooks.coverage_information import write
from cds_hooks.dialect import Dialect
from ig_profiles.reading import Json, text

Answered = Sequence[tuple[Json, Sequence[CoverageAnswer]]]


def response(answered: Answered, cards: Sequence[Json], dialect: Dialect, payer_name: str, with_actions: bool) -> Json:
    """The body; one system action for every order whose coverage information is new, with every repetition of it.

    ``answered`` pairs each order, as received, with its answers. An order without an id cannot be addressed by a system
    action and gets none.
    """
    actions: list[Json] = []
    if with_actions:
        for order, answers in answered:
            updated = attach(order, [write(answer, dialect) for answer in answers]) if text(order, "id") else None
            if updated is not None:
                actions.append(system_action(updated, payer_name))
    return {"cards": list(cards)} | ({"systemActions": actions} if actions else {})


def by_carrier(pairs: Iterable[tuple[Json, CoverageAnswer]]) -> Answered:
    """The answers of each order together, in the order they came."""
    found: dict[int, tuple[Json, list[CoverageAnswer]]] = {}
    for order, answer in pairs:
        found.setdefault(id(order), (order, []))[1].append(answer)
    return list(found.values())
