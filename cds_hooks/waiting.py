"""Waiting: the answers that hinge on what an order does not say yet: who performs it, inside or outside the network, where, when."""

from __future__ import annotations

from cds_hooks.answer import AnsweredBy, CoverageAnswer, Covered, Need, PriorAuthorization, Purpose, Reason, Why
from cds_hooks.decide import Asked, purpose_of, under
from cds_hooks.network import InNetwork
from questionnaires.policy import Edition

_NEEDS = {"performer": Need.PERFORMER, "place": Need.LOCATION, "time": Need.TIMEFRAME}
_WORDS = {Need.PERFORMER: "who performs it", Need.LOCATION: "where it is done", Need.TIMEFRAME: "when it is done"}


def waiting(asked: Asked, edition: Edition) -> CoverageAnswer | None:
    """The conditional answer where something must become known first, or None where nothing must."""
    service, circle = asked.order.service, asked.circle
    known = {"performer": circle.performer_is_named, "place": bool(service.place), "time": service.on is not None}
    needs = tuple(_NEEDS[each] for each in edition.benefits.awaits if not known[each])
    if needs:
        what = " and ".join(_WORDS[need] for need in needs)
        text = f"What {asked.payer} needs for {asked.order.label} ({edition.title}) depends on {what}, which the order does not say yet."
        return _depending(asked, edition, Reason(text), needs)
    if not (edition.authorization == "needed" and edition.benefits.outside_network_only):
        return None
    told = f"{asked.payer} needs prior authorization for {asked.order.label} ({edition.title}) only from a performer outside its network."
    if circle.network in (InNetwork.UNKNOWN, InNetwork.UNSAID) and not circle.performer_is_named:
        return _depending(asked, edition, Reason(f"{told} It is not known yet who performs it.", Why.OUT_OF_NETWORK), (Need.PERFORMER,))
    if circle.network is InNetwork.UNKNOWN:
        missing = f"The number (NPI) of {circle.performer or 'the performer'} is not at hand."
        return _depending(asked, edition, Reason(f"{told} {missing}", Why.OUT_OF_NETWORK), (Need.PERFORMER,))
    if circle.network is InNetwork.UNSAID:
        return _depending(asked, edition, Reason(f"{told} Ask {asked.payer} who is inside it.", Why.OUT_OF_NETWORK), (Need.OTHER,))
    return None


def spared(asked: Asked, edition: Edition) -> CoverageAnswer | None:
    """The answer where a performer inside the network spares everybody the asking, or None."""
    if not edition.benefits.outside_network_only or asked.circle.network is not InNetwork.YES or asked.beyond:
        return None
    who = asked.circle.performer or "The performer"
    text = f"{who} is in the network of {asked.payer}, where {edition.title} needs no prior authorization."
    return under(asked, edition, (), Covered.YES, PriorAuthorization.NOT_NEEDED, Reason(text))


def _depending(asked: Asked, edition: Edition, reason: Reason, needs: tuple[Need, ...]) -> CoverageAnswer:
    if edition.authorization != "needed":
        return under(asked, edition, (), Covered.CONDITIONAL, PriorAuthorization.NOT_NEEDED, reason, needs=needs)
    who = (AnsweredBy.CONDITIONAL,) if edition.documentation and asked.documentation_may_be_asked else ()
    purpose = purpose_of(edition, Purpose.WITH_AUTHORIZATION)
    return under(asked, edition, (), Covered.YES, PriorAuthorization.CONDITIONAL, reason, who=who, purpose=purpose, needs=needs)
