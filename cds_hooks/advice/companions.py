"""Advice to order something besides: what the policy will ask about, or what goes with the service (Additional Orders).

CRD 2.0.1 and 2.2, cards: every action creates a complete draft; any of them may be taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cds_hooks import overrides
from cds_hooks.advice.told import Told
from cds_hooks.answer import CoverageAnswer
from cds_hooks.card import Action, Draft, Suggestion
from cds_hooks.case import Case
from cds_hooks.configuration import REMINDER
from cds_hooks.lately import asked_quietly, is_on_file, search_for
from cds_hooks.new_order import new_order
from cds_hooks.proposing import drafted, named, proposable
from questionnaires.offers import Companion, due
from questionnaires.policy import met


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each order that something goes with."""
    if not told.request.configuration.allows(REMINDER):
        return
    wanted = {case.order.reference: (case, answer, _wanted(case, answer, told)) for case, answer, edition in proposable(told) if edition.companions}
    lacking = _not_on_file([each for _, _, offers in wanted.values() for each in offers], told)
    for case, answer, offers in wanted.values():
        suggested = [(each, made) for each in offers if each in lacking and (made := _suggestion(each, case, told)) is not None]
        if suggested:
            words = {"order": answer.basis.label, "offers": [offer for offer, _ in suggested]}
            suggestions = tuple(suggestion for _, suggestion in suggested)
            reasons = overrides.beside(told.house.public_url)
            yield Draft(REMINDER, "companions.j2", words, (answer,), suggestions=suggestions, pick="any", overrides=reasons)


def _wanted(case: Case, answer: CoverageAnswer, told: Told) -> list[Companion]:
    edition = answer.basis.edition
    offers = due(edition.companions, case.order.service.codes, met(answer.basis.findings)) if edition else ()
    already = drafted(told) if offers else frozenset()
    return [each for each in offers if named(each.coding) not in already]


def _not_on_file(offers: list[Companion], told: Told) -> list[Companion]:
    """Those that were not ordered or done lately, as far as the chart at hand and one look at the EHR's orders tell."""
    request, today = told.request, told.house.today
    drafted = [id(each) for each in request.drafts]
    at_hand = [entry.resource for entry in request.index.entries if id(entry.resource) not in drafted]
    at_hand += asked_quietly([search_for(each.order, each.coding, request.patient_id) for each in offers], told.house)
    since = {each: today - timedelta(each.within_days) if each.within_days is not None else None for each in offers}
    return [each for each in offers if not is_on_file(at_hand, each.coding, since[each], request.patient_id)]


def _suggestion(offer: Companion, case: Case, told: Told) -> Suggestion | None:
    request = told.request
    made = new_order(
        offer.order,
        offer.coding,
        case.order.carrier,
        told.house.today,
        beside=True,
        patient=f"Patient/{request.patient_id}",
        user=request.user,
    )
    return Suggestion(offer.words, (Action("create", f"Draft an order for {offer.words}", made),)) if made is not None else None
