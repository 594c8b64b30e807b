"""Benefit: what an answer adds of network, the member's share, what is left of a limit, and reviews to come (crd.md §1.7).

Nothing here changes whether a service is covered or must be asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cds_hooks.answer import Amount, CoverageAnswer, Covered, Detail, Particular, PriorAuthorization, Reason
from cds_hooks.circle import Circle
from cds_hooks.decide import Asked
from cds_hooks.network import InNetwork
from questionnaires.benefits import Share
from questionnaires.policy import Edition

ESTIMATE = "an estimate; deductible and maximum are not included"
_ASKED_FOR = frozenset({PriorAuthorization.NEEDED, PriorAuthorization.BY_PERFORMER, PriorAuthorization.SATISFIED})


def with_benefits(answer: CoverageAnswer, edition: Edition, asked: Asked) -> CoverageAnswer:
    """The answer with what its edition's benefits say here, and with the orders of the call it hangs together with."""
    circle, reasons = asked.circle, answer.reasons
    answer = replace(answer, basis=replace(answer.basis, circle=circle))
    if answer.covered is not Covered.YES:
        return answer
    if circle.network is InNetwork.NO and not edition.benefits.outside_network_only:
        reasons = (*reasons, Reason(f"{circle.performer or 'The performer'} is not in the network of {asked.payer}."))
    if asked.followed:
        labels = " and ".join(dict.fromkeys(order.label for order in asked.followed))
        reasons = (*reasons, Reason(f"This follows {labels}, ordered with it, and holds when that is done."))
    dependencies = tuple(dict.fromkeys(order.reference for order in asked.followed))
    return replace(answer, details=(*answer.details, *_details(answer, edition, circle)), reasons=reasons, dependencies=dependencies)


def _details(answer: CoverageAnswer, edition: Edition, circle: Circle) -> Iterator[Detail]:
    benefits, said = edition.benefits, {detail.about for detail in answer.details}
    if benefits.share is not None:
        yield from _shares(benefits.share, circle.network)
    if circle.allowance is not None and Particular.ALLOWED_QUANTITY not in said:
        left = circle.allowance
        yield Detail(Particular.ALLOWED_QUANTITY, Amount(left.remaining, left.limit.unit), left.in_words())
    if benefits.ahead.concurrent_review_every_days and answer.authorization in _ASKED_FOR:
        days = benefits.ahead.concurrent_review_every_days
        yield Detail(Particular.CONCURRENT_REVIEW, True, f"every {days} days while it goes on" if days > 1 else "every day while it goes on")
    if benefits.ahead.appropriate_use:
        yield Detail(Particular.APPROPRIATE_USE_NEEDED, True)


def _shares(share: Share, network: InNetwork) -> Iterator[Detail]:
    """Both shares, unless the performer is in the network: then the other one is no news."""
    yield Detail(Particular.IN_NETWORK_COPAY, Amount(share.in_network, "%"), ESTIMATE)
    if network is not InNetwork.YES:
        yield Detail(Particular.OUT_NETWORK_COPAY, Amount(share.out_of_network, "%"), ESTIMATE)
