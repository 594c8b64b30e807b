"""Respond: one hook call -> the answer the clinician's system gets, and the answers we must keep and honour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cds_hooks import orderer, performer
from cds_hooks.advice.told import Told
from cds_hooks.answer import CoverageAnswer
from cds_hooks.answering import answer_of
from cds_hooks.card import Source
from cds_hooks.cards import cards
from cds_hooks.case import Case, cases
from cds_hooks.configuration import COVERAGE_INFO
from cds_hooks.evidence import searches
from cds_hooks.given import Given
from cds_hooks.hooks import order_dispatch
from cds_hooks.membership import LookUp, MemberStanding, Standing, insured
from cds_hooks.prefetch import ask, complete, readable
from cds_hooks.request import HookRequest
from cds_hooks.response import by_carrier, response
from ig_profiles.outcome import Issue, PreconditionFailed, Refusal
from ig_profiles.reading import Json

ROUNDS = 2  # a role leads to the organization behind it


def respond(request: HookRequest, house: Given) -> tuple[Json, tuple[CoverageAnswer, ...]]:
    """The body to answer with, and one CoverageAnswer for every order in scope and way it is billed, sent or switched off.

    Raises PreconditionFailed when what the call is about neither came nor can be fetched, and Unprocessable for a call
    about no coverage of ours (2.1 on). Trouble on our side or the EHR's becomes a reason in the answer.
    """
    if house.fetch is not None:
        request = complete(request, house.fetch, house.together)
    chosen = insured(request, _never_down(house.member_standing), house.today)
    source = Source(house.payer_name, house.public_url, house.payer_phone)
    if chosen is None:
        return response((), cards(Told(request, (), (), house, source)), request.dialect, house.payer_name, False), ()
    _refuse_nothing_at_hand(request)
    asked = cases(request, chosen, house)
    request = _with_evidence(request, asked, house)
    answers = tuple(answer_of(case, request, house) for case in asked)
    answered = by_carrier(zip((case.order.carrier for case in asked), answers, strict=True))
    worded = cards(Told(request, tuple(asked), answers, house, source, chosen))
    return response(answered, worded, request.dialect, house.payer_name, request.configuration.allows(COVERAGE_INFO)), answers


def _refuse_nothing_at_hand(request: HookRequest) -> None:
    wanted = request.hook.wanted(request.context, request.index)
    if request.hook.primary and wanted and not request.orders:
        named = ", ".join(wanted)
        text = f"{named} did not come with the call and could not be fetched. Send it as prefetch, or fhirServer and fhirAuthorization that may read it."
        raise PreconditionFailed(Issue(text, "required", expression="prefetch"))


def _with_evidence(request: HookRequest, asked: list[Case], house: Given) -> HookRequest:
    """The call with what the policies of its open orders read in the chart, and with who orders and performs; asked for at once."""
    if house.fetch is None:
        return request
    before: set[str] = set()
    for _ in range(ROUNDS):
        queries = [query for query in dict.fromkeys(_wanted(request, asked, house)) if query not in before]
        if not queries:
            break
        before.update(queries)
        request = ask(request, queries, house.fetch, house.together)
    return request


def _wanted(request: HookRequest, asked: list[Case], house: Given) -> Iterator[str]:
    """The queries for what these cases lack. A performer is read where one is chosen just now, and where the network has a say."""
    for case in asked:
        if case.edition is None:
            continue
        if case.needs_chart:
            elm = house.shelf.elm(case.edition.topic, case.edition.version)
            yield from searches(elm, request) if elm else ()
            yield from readable(orderer.wanted(case.subject, request), request.fhir_server)
        if request.hook is order_dispatch.HOOK or house.network.giving(case.edition, case.asked.codes(case.edition)):
            yield from readable(performer.wanted(case.subject, request), request.fhir_server)


def _never_down(look_up: LookUp) -> LookUp:
    """The look-up with an outage told as a standing, so that the clinician hears of it in the answer."""

    def looked_up(coverage: Json, patient: Json | None, on: date) -> MemberStanding:
        try:
            return look_up(coverage, patient, on)
        except Refusal:
            return MemberStanding(Standing.UNREACHABLE)

    return looked_up
