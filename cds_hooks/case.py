"""Case: one order of a call on its way to its answer: the policy that speaks, what is on file, then what the chart says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from cds_hooks import authorized, orderer
from cds_hooks.answer import CoverageAnswer
from cds_hooks.attaching import carried_assertions
from cds_hooks.configuration import UNSOLICITED
from cds_hooks.decide import Asked, by_policy, in_trouble, without_policy
from cds_hooks.given import Exemption, Given
from cds_hooks.granting import Held, Ordered, may_grant, proven, why_not
from cds_hooks.hook import Subject
from cds_hooks.membership import Insured
from cds_hooks.on_file import OnFile, known
from cds_hooks.orders import Order, order_of
from cds_hooks.reasons import Questions
from cds_hooks.request import HookRequest
from ig_profiles.outcome import Refusal
from questionnaires.criteria import Answers, Circumstances, Finding
from questionnaires.form import questions
from questionnaires.path_to_yes import shortest_paths
from questionnaires.policy import Edition

Found = TypeVar("Found")


@dataclass(frozen=True)
class Case:
    """One order under the coverage chosen. ``settled`` is its answer when neither policy nor chart has to be asked."""

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
    return [_opened(subject, request, chosen, house) for subject in request.orders]


def answer_of(case: Case, request: HookRequest, house: Given) -> CoverageAnswer:
    """The answer, now that the chart is at hand."""
    if case.settled is not None:
        return case.settled
    edition, service = case.edition, case.order.service
    asked = replace(case.asked, troubles=request.troubles, questions=_questions(edition, house) if edition else {})
    if edition is None:
        return in_trouble(asked, f"No policy of {house.payer_name} is on file for the day of this service.")
    if not edition.covered or edition.authorization != "needed":
        return by_policy(asked, edition, ())
    exempt = _exemption(case.subject, edition, request, asked, house)
    if exempt is not None:
        return authorized.exempted(asked, edition, exempt)
    if asked.on_file.elsewhere is not None:  # who orders may have become known since, and may be its very orderer
        asked = _with_what_is_on_file(case.subject, asked, edition, request, house)
        if asked.on_file.standing is not None:
            return authorized.standing(asked, edition, asked.on_file.standing)
    try:
        answers = house.facts(edition, [entry.resource for entry in request.index.entries]) if edition.criteria else {}
    except Refusal:
        answers, asked = {}, replace(asked, troubles=(*asked.troubles, "The chart could not be searched at the moment."))
    circumstances = Circumstances(service.on or house.today, house.today)
    findings = edition.weigh(service, answers, circumstances)
    more = authorized.besides(asked)
    if proven(edition, findings):
        granted = _granted(case, edition, asked, findings, more, request, house)
        if isinstance(granted, CoverageAnswer):
            return granted
        more = granted
    return by_policy(_timed(asked, edition, house), edition, findings, _paths(edition, asked, answers, circumstances), more)


def _opened(subject: Subject, request: HookRequest, chosen: Insured, house: Given) -> Case:
    order = order_of(subject, request.index, request.patient_id)
    order = replace(order, service=replace(order.service, line_of_business=chosen.standing.line_of_business))
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
    if edition is None or not edition.covered or edition.authorization != "needed":
        return Case(subject, asked, edition, settled)
    asked = _with_what_is_on_file(subject, asked, edition, request, house)
    exempt = _exemption(subject, edition, request, asked, house)
    if exempt is not None:
        settled = authorized.exempted(asked, edition, exempt)
    elif asked.on_file.standing is not None:
        settled = authorized.standing(asked, edition, asked.on_file.standing)
    return Case(subject, asked, edition, settled)


def _edition(order: Order, house: Given) -> Edition | None:
    """The edition that speaks about this order on its day, or None when the day lies before them all."""
    return _or_nothing(lambda: house.shelf.in_force(order.service, order.service.on or house.today), None)


def _with_what_is_on_file(subject: Subject, asked: Asked, edition: Edition, request: HookRequest, house: Given) -> Asked:
    nothing: Sequence[OnFile] = ()
    listed = _or_nothing(lambda: house.on_file(asked.insured, orderer.npis(subject, request)), nothing)
    return replace(asked, on_file=known(asked.order.service, asked.codes(edition), asked.assertion_id, listed, house.today))


def _exemption(subject: Subject, edition: Edition, request: HookRequest, asked: Asked, house: Given) -> Exemption | None:
    numbers = orderer.npis(subject, request)
    return house.exempt(edition, numbers, asked.order.service.on or house.today) if numbers else None


def _granted(
    case: Case, edition: Edition, asked: Asked, findings: tuple[Finding, ...], more: str, request: HookRequest, house: Given
) -> CoverageAnswer | str:
    """The answer that grants, or what is to be said instead."""
    if not request.configuration.allows(UNSOLICITED):
        return more or "The criteria appear met; nothing is granted in a what-if call."
    if more or house.grant is None or not may_grant(request):
        return more
    wanted = Ordered(request, case.subject, asked.order, asked.insured, edition, asked.assertion_id, asked.codes(edition))
    held = why_not(wanted)
    grant = Held(held) if held else house.grant(wanted)
    return grant.because if isinstance(grant, Held) else authorized.granted(asked, edition, findings, grant)


def _paths(edition: Edition, asked: Asked, answers: Answers, circumstances: Circumstances) -> tuple[tuple[str, ...], ...]:
    if edition.certifies is None:
        return ()
    return shortest_paths(edition.applying(asked.order.service), answers, circumstances)


def _questions(edition: Edition, house: Given) -> Questions:
    form = house.shelf.volume(edition.topic, edition.version).questionnaire
    return questions(form) if form else {}


def _timed(asked: Asked, edition: Edition, house: Given) -> Asked:
    return replace(asked, turnaround=_or_nothing(lambda: house.turnaround(edition, asked.codes(edition)), None))


def _or_nothing(look: Callable[[], Found], nothing: Found) -> Found:
    """What is found, or nothing when the house cannot look at the moment."""
    try:
        return look()
    except Refusal:
        return nothing
