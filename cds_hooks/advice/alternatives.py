"""Advice to order something else: what the policy pays for first, or what would do as well, each with one click (Propose Alternate Request).

CRD 2.0.1 and 2.2, cards: one ``update`` where only the code changes, ``delete`` and ``create`` where the order does.
"""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks import overrides
from cds_hooks.advice.told import Told
from cds_hooks.answer import CoverageAnswer, PriorAuthorization
from cds_hooks.card import Action, Draft, Suggestion
from cds_hooks.case import Case
from cds_hooks.configuration import ALTERNATIVE_OPTIONAL, ALTERNATIVE_REQUIRED
from cds_hooks.granting import proven
from cds_hooks.new_order import new_order
from cds_hooks.proposing import drafted, named, proposable
from cds_hooks.rewriting import rewritten
from ig_profiles.reading import Json
from questionnaires.offers import ORDER_KINDS, Alternative, due
from questionnaires.policy import met


def drafts(told: Told) -> Iterator[Draft]:
    """For each order at most one card of what comes first, and one of what would do as well."""
    for case, answer, edition in proposable(told):
        if not edition.alternatives:
            continue
        if answer.authorization is PriorAuthorization.SATISFIED or (edition.criteria and proven(edition, answer.basis.findings)):
            continue
        offers = due(edition.alternatives, case.order.service.codes, met(answer.basis.findings))
        already = drafted(told) if offers else frozenset()
        offers = tuple(each for each in offers if named(each.coding) not in already)
        for required in (True, False):
            suggested = [(each, made) for each in offers if each.required is required and (made := _suggestion(each, case, answer, told)) is not None]
            if suggested:
                yield _draft(required, suggested, answer, told)


def _draft(required: bool, suggested: list[tuple[Alternative, Suggestion]], answer: CoverageAnswer, told: Told) -> Draft:
    words = {"order": answer.basis.label, "payer": told.source.name, "required": required, "offers": [offer for offer, _ in suggested]}
    return Draft(
        ALTERNATIVE_REQUIRED if required else ALTERNATIVE_OPTIONAL,
        "alternatives.j2",
        words,
        (answer,),
        indicator="warning" if required else "info",
        suggestions=tuple(suggestion for _, suggestion in suggested),
        overrides=overrides.instead(told.house.public_url),
        key="required" if required else "optional",
    )


def _suggestion(offer: Alternative, case: Case, answer: CoverageAnswer, told: Told) -> Suggestion | None:
    order = case.order.carrier
    changed = rewritten(order, offer.coding, answer.coverage, answer.assertion_id) if offer.order is None else None
    if changed is not None:
        return Suggestion(offer.words, (Action("update", f"Order {offer.words} instead of {answer.basis.label}", changed),))
    made = _anew(offer, order, told)
    if made is None or order.get("status") != "draft":  # an order in force is revoked by its clinician, never deleted by a card
        return None
    gone = Action("delete", f"Take {answer.basis.label} out of the draft orders", resource_id=case.order.reference)
    return Suggestion(offer.words, (gone, Action("create", f"Draft an order for {offer.words}", made)))


def _anew(offer: Alternative, order: Json, told: Told) -> Json | None:
    request = told.request
    kind = offer.order or ORDER_KINDS[ORDER_KINDS.index(order["resourceType"])]
    return new_order(kind, offer.coding, order, told.house.today, beside=False, patient=f"Patient/{request.patient_id}", user=request.user)
