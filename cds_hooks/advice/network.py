"""Advice at dispatch: providers inside the network that give what is sent to somebody outside it, each with one click (crd.md §5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.answer import CoverageAnswer, Covered, PriorAuthorization
from cds_hooks.card import Action, Draft, Suggestion
from cds_hooks.case import Case
from cds_hooks.configuration import NETWORK
from cds_hooks.nearness import distance_in_words, home_of, nearest
from cds_hooks.network import InNetwork, Provider
from cds_hooks.redirecting import redirected

MOST = 3


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each order sent outside, with the three nearest that have room soonest."""
    for case, answers in outside(told):
        edition = case.edition
        if edition is None or not any(answer.covered is Covered.YES for answer in answers):
            continue
        home, network = home_of(told.request.patient), told.house.network
        inside = nearest(network.giving(edition, case.asked.codes(edition)), home, told.house.today)[:MOST]
        spares = edition.benefits.outside_network_only and any(answer.authorization is PriorAuthorization.NEEDED for answer in answers)
        words = {
            "order": case.order.label,
            "performer": answers[0].basis.circle.performer or "The performer",
            "payer": told.source.name,
            "inside": [(provider, _where(provider), distance_in_words(provider, home)) for provider in inside],
            "spares": spares,
            "tiers": len({provider.tier for provider in inside}) > 1,
        }
        suggestions = tuple(filter(None, (_suggestion(provider, case, told) for provider in inside)))
        yield Draft(NETWORK, "network.j2", words, answers, suggestions=suggestions)


def outside(told: Told) -> Iterator[tuple[Case, tuple[CoverageAnswer, ...]]]:
    """The orders dispatched to somebody outside the network, each once, with all that is said of them."""
    if told.request.hook.name != "order-dispatch":
        return
    seen: set[int] = set()
    for case, answer in zip(told.cases, told.answers, strict=True):
        if answer.basis.circle.network is InNetwork.NO and id(case.order.carrier) not in seen:
            seen.add(id(case.order.carrier))
            yield case, tuple(each for each in told.answers if each.basis.order == case.order.reference)


def _suggestion(provider: Provider, case: Case, told: Told) -> Suggestion | None:
    changed = redirected(case.order.carrier, provider, told.request, case.asked.insured.reference, case.asked.assertion_id)
    when = f", room from {provider.next_available}" if provider.next_available else ""
    return Suggestion(f"Send to {provider.name}{when}", (Action("update", f"Send the order to {provider.name}", changed),)) if changed else None


def _where(provider: Provider) -> str:
    place = provider.address
    return ", ".join(filter(None, [place.line, place.city, f"{place.state} {place.postal_code}".strip()]))
