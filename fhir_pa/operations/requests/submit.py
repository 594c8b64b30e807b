"""Claim/$submit: a request bundle comes in; certified, pended or turned-down items go out in the same exchange.

Chapter: PAS, Prior Authorization Request (https://hl7.org/fhir/us/davinci-pas/STU2/specification.html).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from fhir_pa.auth.caller import Caller
from fhir_pa.numbers import new_number
from fhir_pa.operations.requests.acting_for import by_whose_word
from fhir_pa.operations.requests.acting_for import told as with_word
from fhir_pa.operations.requests.appeal_submitted import appeal
from fhir_pa.operations.requests.certified_before import certified_before
from fhir_pa.operations.requests.held_attachments import waiting_for
from fhir_pa.operations.requests.stays import earlier_evidence, link
from fhir_pa.operations.validate import findings
from fhir_pa.operations.weighing.billed import with_billing_codes
from fhir_pa.operations.weighing.in_time import Exchange
from fhir_pa.operations.weighing.membership import Standing, standing
from fhir_pa.operations.weighing.weighing import Documentation, documentation_of
from fhir_pa.pas import business_error, intake, response, update
from fhir_pa.pas.business_error import BusinessError
from fhir_pa.pas.findings import beside
from fhir_pa.pas.intake import Submission
from fhir_pa.pas.response_error import write_error
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Transaction
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Certify
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType
from fhir_pa.um.on_file.order_time import carried, certifies_all, taken_up
from fhir_pa.um.on_file.series import answers_all, next_in_series
from fhir_pa.um.stays.admission import joins, requested
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Conflict, Issue
from ig_profiles.reading import Json
from ig_profiles.resource_text import read_resource

ATTEMPTS = 3  # times an update is worked out anew when a reviewer's act came between


def submit(body: bytes, guide: str, caller: Caller, payer: Payer) -> Json:
    """The PAS Response Bundle for this request bundle.

    Bytes, authorization, trail, answer, notices and the work they cause are one database transaction; everything slow
    happens before it. Raises Refusal when the bundle cannot be processed at all; what the payer's business objects to is
    told inside the ClaimResponse.
    """
    at, exchange = payer.clock(), Exchange.begin(payer)
    bundle = read_resource(body, guide, payer.settings.max_body_bytes)
    submission = intake.read(bundle, guide)
    told = (*findings(bundle, guide, caller, payer), *submission.set_aside)
    received = Received(str(uuid.uuid4()), "submit", caller.id, guide, at, body)
    asked = submission.request.member
    word = by_whose_word(submission.request, caller, at.date())
    member = standing(payer.directory, asked.identifiers, _first_day(submission.request, at), asked.birth_date)
    for _ in range(ATTEMPTS - 1):
        with suppress(Conflict):
            return _keep(_outcome(submission, member, received, payer, exchange), told, received, bundle, payer, word)
    return _keep(_outcome(submission, member, received, payer, exchange), told, received, bundle, payer, word)


@dataclass(frozen=True)
class Outcome:
    """What a submission comes to: a new case, the next revision of one, or what the payer's business objects to.

    ``news`` is why subscribers must hear of a revision; empty when it answers nothing differently. ``shown`` is the case as
    the answer shows it, where that is not as it stands.
    """

    opened: Authorization | None = None
    revised: Authorization | None = None
    errors: tuple[BusinessError, ...] = ()
    news: str = ""
    shown: Authorization | None = None


def _outcome(submission: Submission, member: Standing, received: Received, payer: Payer, exchange: Exchange) -> Outcome:
    errors = business_error.business_errors(submission) or _not_a_member(submission, member)
    if errors:
        return Outcome(errors=errors)
    request = replace(with_billing_codes(submission.request, payer.code_map), line_of_business=member.line_of_business, plan=member.plan)
    if request.is_appeal:
        appealed = appeal(submission, received, payer)
        return Outcome(revised=appealed.case, errors=appealed.errors, news="appeal filed", shown=appealed.shown)
    documentation = Documentation.of(submission)
    before, known = _on_file(request, received.client, payer) if request.is_update else (None, Documentation())
    if before is not None:
        return _revise(before, request, known.with_more(documentation), received, payer, exchange)
    if request.certification_type is CertificationType.CANCEL or all(item.cancelled for item in request.items):
        return Outcome(errors=(business_error.update_of_nothing(),))
    noticed = _noticed(request, received.client, payer)
    if noticed is not None:
        return _requested(_revise(noticed, request, documentation, received, payer, exchange), received)
    with payer.store.reading() as tx:
        on_file = certified_before(submission, received.client, tx)
    ordered = certifies_all(request, on_file, received.at.date())
    if ordered is not None:
        return Outcome(revised=taken_up(ordered, request, received.id, received.client, received.at))
    series = answers_all(request, on_file, received.at.date())
    if series is not None:
        kept, shown = next_in_series(series, request, received.id, received.client, received.at)
        return Outcome(revised=kept, shown=shown)
    request, already = carried(request, on_file, received.at.date())
    waiting = waiting_for(submission, received.client, received.at, payer)
    over, earlier = earlier_evidence(request, received.client, payer)
    opened = _opened(request, already, earlier.with_more(waiting.documentation).with_more(documentation), received, payer, exchange)
    return Outcome(opened=waiting.joined(replace(opened, brought_over=over), received.at))


def _opened(
    request: AuthorizationRequest, already: Mapping[int, Certify], documentation: Documentation, received: Received, payer: Payer, exchange: Exchange
) -> Authorization:
    wanted = [item for item in request.items if not item.cancelled and item.sequence not in already]
    weighed = exchange.weigh(wanted, request, documentation, payer, received.at)
    answers = {**weighed, **already}
    number = new_number()
    return Authorization.open(f"PA{number}", f"PR{number}", request, answers, received.id, received.client, received.at)


def _revise(
    before: Authorization, request: AuthorizationRequest, documentation: Documentation, received: Received, payer: Payer, exchange: Exchange
) -> Outcome:
    answers = exchange.weigh(before.to_weigh(request), request, documentation, payer, received.at, before.number)
    try:
        revised = before.revise(request, answers, received.id, received.client, received.at)
    except Conflict as conflict:
        return Outcome(errors=(business_error.update_not_allowed(str(conflict)),))
    return Outcome(revised=revised, news="revised" if revised.answers_differently(before) else "")


def _noticed(request: AuthorizationRequest, client: str, payer: Payer) -> Authorization | None:
    """The case that a notice of admission opened for what this asks for; None when there is none."""

    def on_file() -> Iterator[Authorization]:
        with payer.store.reading() as tx:
            yield from tx.of_member(request.member.identifiers)

    return joins(request, on_file(), client)


def _requested(outcome: Outcome, received: Received) -> Outcome:
    """The same, the notice's case knowing that its request came; its sender owns the case from then on."""
    if outcome.revised is None:
        return outcome
    return replace(outcome, revised=replace(requested(outcome.revised, received.at), client=received.client), news=outcome.news or "request came")


def _not_a_member(submission: Submission, member: Standing) -> tuple[BusinessError, ...]:
    if not member.known:
        return (business_error.member_not_found(submission.request.member),)
    return () if member.covered else (business_error.member_not_covered(submission.request.member),)


def _on_file(request: AuthorizationRequest, client: str, payer: Payer) -> tuple[Authorization | None, Documentation]:
    with payer.store.reading() as tx:
        before = update.which(request, tx.of_member(request.member.identifiers), client)
        return before, documentation_of(before, tx) if before else Documentation()


def _keep(outcome: Outcome, told: Sequence[Issue], received: Received, bundle: Json, payer: Payer, word: str) -> Json:
    base = payer.fhir_base(received.guide)
    with payer.store.transaction() as tx:
        earlier = tx.replay(received.client, received.sha256, received.kind, received.at - timedelta(seconds=payer.settings.replay_seconds))
        if earlier is not None:
            return _answer_given(earlier, tx)
        tx.keep_received(received)
        authorization = outcome.opened or outcome.revised
        if authorization is None:
            answer = write_error(bundle, outcome.errors, received.guide, at=received.at)
        else:
            if outcome.opened:
                authorization = link(with_word(authorization, word), tx, received.at)
                tx.add(authorization)
            else:
                tx.save(authorization)
            tx.weigh_later(authorization)
            if outcome.news:
                tx.notify(authorization, why=outcome.news, at=received.at)
            answer = response.write(outcome.shown or authorization, bundle, received.guide, at=received.at, base_url=base)
        answer = beside(answer, told)
        tx.keep_answer(received.id, dump(answer))
    return answer


def _answer_given(received_id: str, tx: Transaction) -> Json:
    answer: Json = parse(tx.answer(received_id) or b"{}")
    return answer


def _first_day(request: AuthorizationRequest, at: datetime) -> date:
    days: Iterable[date] = (item.service.on for item in request.items if item.service.on)
    return min(days, default=at.date())
