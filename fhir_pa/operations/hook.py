"""A CDS Hooks call: the clinician orders, and hears what is covered, whether authorization is needed, and what to document.

Chapters: CRD, Foundational Requirements; CDS Hooks 2.0. Every call and answer is kept for disputes, without tokens.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import cast

from cds_hooks import feedback as feedback_body
from cds_hooks import request as hook_request
from cds_hooks import services
from cds_hooks.answer import CoverageAnswer
from cds_hooks.dialect import Dialect
from cds_hooks.given import Given
from cds_hooks.membership import MemberStanding, Standing
from cds_hooks.orders import Order
from cds_hooks.prefetch import one_by_one
from cds_hooks.request import HookRequest
from cds_hooks.respond import respond
from fhir_pa.auth.caller import Caller
from fhir_pa.operations.membership import standing
from fhir_pa.operations.weighing import Documentation, answers_of
from fhir_pa.outbound.ehr import Ehr
from fhir_pa.storage.assertions import Assertion
from fhir_pa.storage.hook_log import HookCall
from fhir_pa.storage.store import Transaction
from fhir_pa.um.request import Identifier
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.reading import Json, many, text
from questionnaires.criteria import Answers
from questionnaires.policy import Edition

BASE_DIALECT: dict[str, Dialect] = {"2.0.1": "2.0", "2.2": "2.2"}
GUIDE_OF: dict[Dialect, str] = {"2.0": "2.0.1", "2.1": "2.2", "2.2": "2.2"}
ASSERTION_SECRET = "assertion-ids"


def discovery(guide: str, payer: Payer) -> Json:
    """GET cds-services on the base of this generation."""
    return services.discovery(BASE_DIALECT[guide], payer.directory.insurer.name)


def hook(service_id: str, body: bytes, guide: str, caller: Caller, payer: Payer) -> Json:
    """The answer to one hook call. Raises Refusal for calls that cannot be read; trouble with data is told in the answer."""
    at = payer.clock()
    sent = parse(body, payer.settings.max_body_bytes)
    asked = hook_request.read(sent, services.service(service_id), BASE_DIALECT[guide])
    answer, answers = respond(asked, _given(asked, caller, payer, at))
    with payer.store.transaction() as tx:
        call = HookCall(str(uuid.uuid4()), caller.id, GUIDE_OF[asked.dialect], asked.hook.name, asked.instance, at, sent, answer)
        tx.keep_hook_call(call)
        for each in answers:
            _keep_assertion(each, call, tx)
    return answer


def feedback(service_id: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """What clinicians did with our cards; kept as it came, once for each outcome of a card."""
    services.service(service_id)
    sent = parse(body)
    told = feedback_body.read(sent)
    with payer.store.transaction() as tx:
        tx.keep_feedback(str(uuid.uuid4()), caller.id, service_id, payer.clock(), sent)
    return {"received": len(told)}


def _given(asked: HookRequest, caller: Caller, payer: Payer, at: datetime) -> Given:
    def facts(edition: Edition, resources: Sequence[Json]) -> Answers:
        responses = tuple(each for each in resources if each.get("resourceType") == "QuestionnaireResponse")
        return answers_of(edition, Documentation(responses, tuple(resources)), payer.shelf, payer.facts, at)

    def member_standing(coverage: Json, patient: Json | None, on: date) -> MemberStanding:
        found = standing(payer.directory, member_identifiers(coverage, patient), on)
        if not found.known:
            return MemberStanding(Standing.UNKNOWN_MEMBER)
        return MemberStanding(Standing.ACTIVE if found.covered else Standing.NOT_ACTIVE, found.line_of_business)

    insurer, ehr = payer.directory.insurer, _ehr(asked, caller, payer)
    return Given(
        shelf=payer.shelf,
        facts=facts,
        member_standing=member_standing,
        assertion_for=_assertion_ids(caller, payer),
        today=at.date(),
        payer_name=insurer.name,
        public_url=payer.public_url,
        payer_phone=insurer.phone or None,
        fetch=ehr.fetch if ehr else None,
        together=ehr.together if ehr else one_by_one,
    )


def _ehr(asked: HookRequest, caller: Caller, payer: Payer) -> Ehr | None:
    """The EHR behind the call, when it gave leave and the payer may query it."""
    client = caller.client
    if asked.fhir_server is None or asked.authorization is None or client is None:
        return None
    ehr = Ehr(asked.fhir_server, asked.authorization.token, client.fhir_bases, payer.settings.private_networks)
    return ehr if ehr.is_registered else None


def _assertion_ids(caller: Caller, payer: Payer) -> Callable[[Order, str, tuple[str, ...]], str]:
    """Assertion ids that are stable for an order and coverage of a client, and that nobody else can guess.

    An id of ours that the order already carries stays, even when the order was edited since: a new id would be read as
    an additional answer (DTR spec-47).
    """
    key = payer.memory.secret(ASSERTION_SECRET) or payer.memory.keep_secret(ASSERTION_SECRET, secrets.token_hex(32))

    def assertion_for(order: Order, coverage: str, carried: tuple[str, ...]) -> str:
        with payer.store.reading() as tx:
            for assertion_id in carried:
                known = tx.assertion(assertion_id)
                if known is not None and known.client == caller.id:
                    return assertion_id
        about = dump([caller.id, coverage, order.fingerprint])
        return str(uuid.UUID(bytes=hmac.new(key.encode(), about, hashlib.sha256).digest()[:16], version=4))

    return assertion_for


def _keep_assertion(answer: CoverageAnswer, call: HookCall, tx: Transaction) -> None:
    basis, edition = answer.basis, answer.basis.edition
    tx.keep_assertion(
        Assertion(
            id=answer.assertion_id,
            client=call.client,
            guide=call.guide,
            member=member_identifiers(basis.coverage or {}, basis.patient),
            coverage=answer.coverage,
            order=basis.order,
            fingerprint=basis.fingerprint,
            codes=basis.codes,
            at=call.at,
            topic=edition.topic if edition else "",
            version=edition.version if edition else "",
            questionnaires=answer.questionnaires,
            said={"covered": answer.covered, "authorization": answer.authorization, "reasons": [reason.text for reason in answer.reasons]},
        )
    )


def member_identifiers(coverage: Json, patient: Json | None) -> tuple[Identifier, ...]:
    """Every number by which a Coverage and its Patient name the member."""
    given = [Identifier(text(each, "system") or "", cast(str, text(each, "value"))) for each in many([coverage, patient], "identifier") if text(each, "value")]
    subscriber = text(coverage, "subscriberId")
    return tuple(dict.fromkeys((*given, *([Identifier("", subscriber)] if subscriber else []))))
