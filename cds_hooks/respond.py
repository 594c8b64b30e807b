"""Respond: one hook call -> the answer the clinician's system gets, and the answers we must keep and honour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cds_hooks.answer import CoverageAnswer
from cds_hooks.attaching import carried_assertions
from cds_hooks.cards import Source, cards
from cds_hooks.configuration import COVERAGE_INFO
from cds_hooks.decide import Asked, by_policy, in_trouble, without_policy
from cds_hooks.evidence import searches
from cds_hooks.given import Given
from cds_hooks.membership import Insured, LookUp, MemberStanding, Standing, insured
from cds_hooks.orders import Order, order_of
from cds_hooks.prefetch import ask, complete
from cds_hooks.request import HookRequest
from cds_hooks.response import response
from ig_profiles.outcome import Issue, PreconditionFailed, Refusal
from ig_profiles.reading import Json
from questionnaires.criteria import Circumstances
from questionnaires.policy import Edition


def respond(request: HookRequest, house: Given) -> tuple[Json, tuple[CoverageAnswer, ...]]:
    """The body to answer with, and one CoverageAnswer for every order in scope, sent or switched off.

    Raises PreconditionFailed when what the call is about neither came nor can be fetched, and Unprocessable for a call
    about no coverage of ours (2.1 on). Trouble on our side or the EHR's becomes a reason in the answer.
    """
    if house.fetch is not None:
        request = complete(request, house.fetch, house.together)
    chosen = insured(request, _never_down(house.member_standing), house.today)
    if chosen is None:
        return {"cards": []}, ()
    _refuse_nothing_at_hand(request)
    orders = _orders(request, chosen)
    request = _with_evidence(request, orders, house)
    answers = tuple(_answer(order, chosen, request, house) for order in orders)
    source = Source(house.payer_name, house.public_url, house.payer_phone)
    worded = cards(answers, request.configuration, source, request.dialect, request.instance)
    answered = [(order.carrier, answer) for order, answer in zip(orders, answers, strict=True)]
    return response(answered, worded, request.dialect, house.payer_name, request.configuration.allows(COVERAGE_INFO)), answers


def _orders(request: HookRequest, chosen: Insured) -> list[Order]:
    found = (order_of(subject, request.index, request.patient_id) for subject in request.orders)
    line = chosen.standing.line_of_business
    return [replace(order, service=replace(order.service, line_of_business=line)) for order in found]


def _refuse_nothing_at_hand(request: HookRequest) -> None:
    wanted = request.hook.wanted(request.context, request.index)
    if request.hook.primary and wanted and not request.orders:
        named = ", ".join(wanted)
        text = f"{named} did not come with the call and could not be fetched. Send it as prefetch, or fhirServer and fhirAuthorization that may read it."
        raise PreconditionFailed(Issue(text, "required", expression="prefetch"))


def _with_evidence(request: HookRequest, orders: list[Order], house: Given) -> HookRequest:
    """The call with what the policies of its orders read in the chart; asked for at once, whatever the number of orders."""
    if house.fetch is None:
        return request
    queries: dict[str, None] = {}
    for order in orders:
        edition = _edition(order, house)
        elm = house.shelf.elm(edition.topic, edition.version) if edition is not None and edition.criteria else None
        queries |= dict.fromkeys(searches(elm, request) if elm else ())
    return ask(request, tuple(queries), house.fetch, house.together) if queries else request


def _edition(order: Order, house: Given) -> Edition | None:
    """The edition that speaks about this order on its day, or None when there is nothing to look up."""
    if not order.service.codes or order.do_not_perform:
        return None
    try:
        return house.shelf.in_force(order.service, order.service.on or house.today)
    except Refusal:
        return None


def _answer(order: Order, chosen: Insured, request: HookRequest, house: Given) -> CoverageAnswer:
    asked = Asked(
        order=order,
        insured=chosen,
        assertion_id=house.assertion_for(order, chosen.reference, carried_assertions(order.carrier, chosen.reference)),
        on=house.today,
        payer=house.payer_name,
        documentation_may_be_asked=request.hook.primary,
        troubles=request.troubles,
    )
    settled = without_policy(asked)
    if settled is not None:
        return settled
    edition = _edition(order, house)
    if edition is None:
        return in_trouble(asked, f"No policy of {house.payer_name} is on file for the day of this service.")
    try:
        known = house.facts(edition, [entry.resource for entry in request.index.entries]) if edition.criteria else {}
    except Refusal:
        known, asked = {}, replace(asked, troubles=(*asked.troubles, "The chart could not be searched at the moment."))
    circumstances = Circumstances(order.service.on or house.today, house.today)
    return by_policy(asked, edition, edition.weigh(order.service, known, circumstances))


def _never_down(look_up: LookUp) -> LookUp:
    """The look-up with an outage told as a standing, so that the clinician hears of it in the answer."""

    def looked_up(coverage: Json, patient: Json | None, on: date) -> MemberStanding:
        try:
            return look_up(coverage, patient, on)
        except Refusal:
            return MemberStanding(Standing.UNREACHABLE)

    return looked_up
