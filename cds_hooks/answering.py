"""Answering: a case -> the payer's answer, now that the chart, who orders and who performs are at hand as far as they can be."""

from __future__ import annotations

from dataclasses import replace

from cds_hooks import authorized
from cds_hooks.allowance import Allowance
from cds_hooks.answer import CoverageAnswer
from cds_hooks.benefit import with_benefits
from cds_hooks.case import Case, exemption, or_nothing, with_what_is_on_file
from cds_hooks.circle import Circle
from cds_hooks.configuration import UNSOLICITED
from cds_hooks.decide import Asked, by_policy
from cds_hooks.given import Given
from cds_hooks.granting import Held, Ordered, may_grant, proven, why_not
from cds_hooks.performer import performer
from cds_hooks.reasons import Questions
from cds_hooks.request import HookRequest
from cds_hooks.settled import in_trouble
from cds_hooks.waiting import spared, waiting
from ig_profiles.outcome import Refusal
from questionnaires.criteria import Answers, Circumstances, Finding
from questionnaires.path_to_yes import shortest_paths
from questionnaires.policy import Edition


def answer_of(case: Case, request: HookRequest, house: Given) -> CoverageAnswer:
    """The answer, with what the plan's benefits add to it."""
    edition = case.edition
    if edition is None:
        nothing = f"No policy of {house.payer_name} is on file for the day of this service."
        return case.settled or in_trouble(replace(case.asked, troubles=request.troubles), nothing)
    circle = _circle(case, edition, request, house)
    asked = replace(case.asked, troubles=request.troubles, questions=_questions(edition, house), circle=circle)
    answer = case.settled or _answer(case, asked, edition, request, house)
    return with_benefits(answer, edition, asked)


def _answer(case: Case, asked: Asked, edition: Edition, request: HookRequest, house: Given) -> CoverageAnswer:
    if not edition.covered:
        return by_policy(asked, edition, ())
    if edition.authorization == "needed":
        exempt = exemption(case.subject, edition, request, asked, house)
        if exempt is not None:
            return authorized.exempted(asked, edition, exempt)
        if asked.on_file.elsewhere is not None:  # who orders may have become known since, and may be its very orderer
            asked = with_what_is_on_file(case.subject, asked, edition, request, house)
            if asked.on_file.standing is not None:
                return authorized.standing(asked, edition, asked.on_file.standing)
    return waiting(asked, edition) or spared(asked, edition) or _weighed(case, asked, edition, request, house)


def _weighed(case: Case, asked: Asked, edition: Edition, request: HookRequest, house: Given) -> CoverageAnswer:
    """The answer by what the chart says, where the edition weighs anything."""
    if edition.authorization != "needed":
        return by_policy(asked, edition, ())
    try:
        answers = house.facts(edition, [entry.resource for entry in request.index.entries]) if edition.criteria else {}
    except Refusal:
        answers, asked = {}, replace(asked, troubles=(*asked.troubles, "The chart could not be searched at the moment."))
    service = asked.order.service
    circumstances = Circumstances(service.on or house.today, house.today)
    findings = edition.weigh(service, answers, circumstances)
    more = authorized.besides(asked)
    if proven(edition, findings):
        granted = _granted(case, edition, asked, findings, more, request, house)
        if isinstance(granted, CoverageAnswer):
            return granted
        more = granted
    return by_policy(_timed(asked, edition, house), edition, findings, _paths(edition, asked, answers, circumstances), more)


def _granted(
    case: Case, edition: Edition, asked: Asked, findings: tuple[Finding, ...], more: str, request: HookRequest, house: Given
) -> CoverageAnswer | str:
    """The answer that grants, or what is to be said instead."""
    if not request.configuration.allows(UNSOLICITED):
        return more or "The criteria appear met; this call asks that nothing be granted with the answer."
    if more or asked.beyond or house.grant is None or not may_grant(request):
        return more
    if asked.in_several_ways:
        return "The order may be billed in several ways that end differently. Name the one code that will be billed."
    wanted = Ordered(request, case.subject, asked.order, asked.insured, edition, asked.assertion_id, asked.codes(edition))
    held = why_not(wanted)
    grant = Held(held) if held else house.grant(wanted)
    return grant.because if isinstance(grant, Held) else authorized.granted(asked, edition, findings, grant)


def _circle(case: Case, edition: Edition, request: HookRequest, house: Given) -> Circle:
    who = performer(case.subject, request)
    standing = house.network.standing(who, edition, case.asked.codes(edition))
    return Circle(standing, who.name, who.is_named, _allowance(case.asked, edition, house))


def _allowance(asked: Asked, edition: Edition, house: Given) -> Allowance | None:
    limit, on = edition.benefits.limit, asked.order.service.on or house.today
    if limit is None:
        return None
    return Allowance(limit, on, or_nothing(lambda: house.used(asked.insured, edition, on), None))


def _paths(edition: Edition, asked: Asked, answers: Answers, circumstances: Circumstances) -> tuple[tuple[str, ...], ...]:
    if edition.certifies is None:
        return ()
    return shortest_paths(edition.applying(asked.order.service), answers, circumstances)


def _questions(edition: Edition, house: Given) -> Questions:
    return house.shelf.volume(edition.topic, edition.version).questions


def _timed(asked: Asked, edition: Edition, house: Given) -> Asked:
    return replace(asked, turnaround=or_nothing(lambda: house.turnaround(edition, asked.codes(edition)), None))
