"""Case: one order of a call, in one way it may be billed, as its answer begins: the policy that speaks, and what is on file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from cds_hooks import authorized, orderer
from cds_hooks.answer import CoverageAnswer
from cds_hooks.attaching import carried_assertions
from cds_hooks.billed_as import ways
from cds_hooks.configuration import UNSOLICITED
from cds_hooks.decide import Asked
from cds_hooks.given import Exemption, Given
from cds_hooks.hook import Subject
from cds_hooks.membership import Insured
from cds_hooks.on_file import OnFile, known
from cds_hooks.orders import Order, order_of
from cds_hooks.performer import performer
from cds_hooks.request import HookRequest
from cds_hooks.settled import without_policy
from ig_profiles.outcome import Refusal
from ig_profiles.reading import text
from questionnaires.policy import Edition

Found = TypeVar("Found")


@dataclass(frozen=True)
class Case:
    """One order under the coverage chosen. ``settled`` is its answer when neither policy nor chart has to be asked.

    An order whose policy answers differently by billing code is a case for each way: same carrier, same assertion.
    """

    subject: Subject
    asked: Asked
    edition: Edition | None = None
    settled: CoverageAnswer | None = None

    @property
    def order(self) -> Order:
        """The order this is about."""
        return self.asked.order

    @property
    def needs_chart(self) -> bool:
        """Whether facts of the chart could still change the answer."""
        return self.settled is None and self.edition is not None and bool(self.edition.criteria) and self.edition.authorization == "needed"


def cases(request: HookRequest, chosen: Insured, house: Given) -> list[Case]:
    """Every order in scope, answered already where its policy, a gold card or an authorization on file settles it."""
    return _depending([case for subject in request.orders for case in _opened(subject, request, chosen, house)])


def exemption(subject: Subject, edition: Edition, request: HookRequest, asked: Asked, house: Given) -> Exemption | None:
    """The gold card of who orders or performs, for this edition."""
    orders, performs, service = orderer.npis(subject, request), performer(subject, request), asked.order.service
    numbers = (*orders, *performs.npis)
    found = house.exempt(edition, service, numbers, service.on or house.today) if numbers else None
    return replace(found, who=performs.name or "The performer") if found is not None and found.npi not in ("", *orders) else found


def with_what_is_on_file(subject: Subject, asked: Asked, edition: Edition, request: HookRequest, house: Given) -> Asked:
    """The order with the authorizations its member has for it; none while they cannot be looked up."""
    nothing: Sequence[OnFile] = ()
    listed = or_nothing(lambda: house.on_file(asked.insured, orderer.npis(subject, request)), nothing)
    if asked.order.sites:  # what was certified with another order may be for another site: the left knee does not answer for the right
        sites = set(asked.order.sites)
        listed = [each for each in listed if each.assertion == asked.assertion_id or (sites & set(each.sites) if each.sites else not each.assertion)]
    return replace(asked, on_file=known(asked.order.service, asked.codes(edition), asked.assertion_id, listed, house.today))


def or_nothing(look: Callable[[], Found], nothing: Found) -> Found:
    """What is found, or nothing when the house cannot look at the moment."""
    try:
        return look()
    except Refusal:
        return nothing


def _opened(subject: Subject, request: HookRequest, chosen: Insured, house: Given) -> Iterator[Case]:
    order = order_of(subject, request.index, request.patient_id)
    order = replace(order, service=house.billed(replace(order.service, line_of_business=chosen.standing.line_of_business)))
    asked = Asked(
        order=order,
        insured=chosen,
        assertion_id=house.assertion_for(order, chosen.reference, carried_assertions(order.carrier, chosen.reference)),
        on=house.today,
        payer=house.payer_name,
        documentation_may_be_asked=request.hook.primary,
        what_if=not request.configuration.allows(UNSOLICITED),
        troubles=request.troubles,
    )
    settled = without_policy(asked)
    edition = None if settled is not None else _edition(order, house)
    if edition is None:
        yield Case(subject, asked, None, settled)
        return
    speaking = ways(edition, order.service.codes)
    for way in speaking:
        yield _one_way(subject, _billed(asked, way, len(speaking)) if edition.benefits.billed_as else asked, way, request, house)


def _one_way(subject: Subject, asked: Asked, edition: Edition, request: HookRequest, house: Given) -> Case:
    if not edition.covered or edition.authorization != "needed":
        return Case(subject, asked, edition)
    asked = with_what_is_on_file(subject, asked, edition, request, house)
    exempt = exemption(subject, edition, request, asked, house)
    settled = None
    if exempt is not None:
        settled = authorized.exempted(asked, edition, exempt)
    elif asked.on_file.standing is not None:
        settled = authorized.standing(asked, edition, asked.on_file.standing)
    return Case(subject, asked, edition, settled)


def _billed(asked: Asked, way: Edition, of: int) -> Asked:
    """The order as billed in this way: the codes are the way's alone, the order itself stays as it is."""
    service = replace(asked.order.service, codes=way.services)
    return replace(asked, order=replace(asked.order, service=service), in_several_ways=of > 1)


def _edition(order: Order, house: Given) -> Edition | None:
    """The edition that speaks about this order on its day, or None when the day lies before them all."""
    return or_nothing(lambda: house.shelf.in_force(order.service, order.service.on or house.today), None)


def _depending(found: list[Case]) -> list[Case]:
    """The cases, each with the other orders of the call that its policy says it follows."""
    return [replace(case, asked=replace(case.asked, followed=tuple(_followed(case, found)))) for case in found]


def _followed(case: Case, found: list[Case]) -> Iterator[Order]:
    for other in found:
        follows = case.edition is not None and other.edition is not None and other.edition.topic in case.edition.benefits.depends_on
        if follows and other.order.carrier is not case.order.carrier and text(other.order.carrier, "id"):
            yield other.order
