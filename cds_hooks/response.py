"""Response: answers and cards -> the body of a CDS Hooks answer; nothing null, nothing empty but ``cards`` (crd.md §1.6)."""

from __future__ import annotations

from collections.abc import Sequence

from cds_hooks.answer import CoverageAnswer
from cds_hooks.attaching import attach, system_action
from cds_hooks.coverage_information import write
from cds_hooks.dialect import Dialect
from ig_profiles.reading import Json


def response(answered: Sequence[tuple[Json, CoverageAnswer]], cards: Sequence[Json], dialect: Dialect, payer_name: str, with_actions: bool) -> Json:
    """The body; one system action for every order whose coverage information is new.

    ``answered`` pairs each order, as received, with its answer. An order without an id cannot be addressed by a system
    action and gets none.
    """
    actions: list[Json] = []
    if with_actions:
        for order, answer in answered:
            updated = attach(order, [write(answer, dialect)]) if order.get("id") else None
            if updated is not None:
                actions.append(system_action(updated, payer_name))
    return {"cards": list(cards)} | ({"systemActions": actions} if actions else {})
