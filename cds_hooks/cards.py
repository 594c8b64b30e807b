"""Cards: which advice a call gets, the most important first; never what the system action already says (crd.md §1.6).

Cards about one policy are one card, however many orders it concerns; a card about another authorization is about one.
"""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice import (
    ahead,
    alternatives,
    apps,
    companions,
    cost,
    coverage_record,
    evidence,
    form_task,
    insurance,
    network,
    on_file,
    policy_page,
    remaining,
)
from cds_hooks.advice.told import Advice, Told
from cds_hooks.card import Draft, worded
from cds_hooks.quiet import edition_shared
from ig_profiles.reading import Json

GIVEN: tuple[Advice, ...] = (  # the most important first
    insurance.drafts,
    coverage_record.drafts,
    on_file.drafts,
    network.drafts,
    remaining.drafts,
    alternatives.drafts,
    form_task.drafts,
    evidence.drafts,
    companions.drafts,
    cost.drafts,
    ahead.drafts,
    apps.drafts,
    policy_page.drafts,
)


def cards(told: Told) -> list[Json]:
    """The cards for this call, as far as its configuration wants them."""
    request = told.request
    wanted = [draft for draft in _drafts(told) if request.configuration.allows(draft.topic) and not _is_quiet(draft, told)]
    return [worded(draft, told.source, request.dialect, request.instance) for draft in wanted[: request.configuration.max_cards]]


def _is_quiet(draft: Draft, told: Told) -> bool:
    """Whether the caller is spared this kind of card for having turned it down so often; never when the call itself asks for it."""
    asked_for = told.request.configuration.given.get(draft.topic.code) is True
    return not asked_for and told.house.quiet(draft.topic.code, edition_shared(draft.about))


def _drafts(told: Told) -> Iterator[Draft]:
    for advice in GIVEN:
        yield from advice(told)
