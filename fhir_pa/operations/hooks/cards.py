"""The cards of one hook answer as they are kept: codes and ids only, enough to tell later what became of which kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cds_hooks.answer import CoverageAnswer
from cds_hooks.quiet import edition_shared
from cds_hooks.request import HookRequest
from fhir_pa.storage.cards import CardGiven
from fhir_pa.storage.hook_log import HookCall
from ig_profiles.reading import Json, many, text

_USERS = frozenset({"Practitioner", "PractitionerRole", "Patient", "RelatedPerson"})


def cards_given(call: HookCall, asked: HookRequest, answers: Sequence[CoverageAnswer]) -> Iterator[CardGiven]:
    """A row for each card of the answer."""
    for card in many(call.answer, "cards"):
        edition = edition_shared(answers_about(card, answers))
        yield CardGiven(
            client=call.client,
            card=text(card, "uuid") or "",
            call=call.id,
            at=call.at,
            hook=call.hook,
            hook_instance=call.hook_instance,
            topic=text(card, "source", "topic", "code") or "",
            policy=edition.topic if edition else "",
            edition=edition.version if edition else "",
            role=_role(asked.user),
        )


def answers_about(card: Json, answers: Iterable[CoverageAnswer]) -> list[CoverageAnswer]:
    """The answers about the orders a card names (both dialects)."""
    named = orders_named(card)
    return [answer for answer in answers if answer.basis.order in named]


def orders_named(card: Json) -> list[str]:
    """The references to the orders a card is about."""
    extension = card.get("extension", {})
    listed = extension.get("davinci-crd.associated-resource") or extension.get("davinci-associated-resource") or []
    return [each if isinstance(each, str) else str(each.get("reference")) for each in listed]


def _role(user: str | None) -> str:
    """The kind of person who sees the card; never who it is."""
    kind = (user or "").rpartition("/")[0].rpartition("/")[2]
    return kind if kind in _USERS else ""
