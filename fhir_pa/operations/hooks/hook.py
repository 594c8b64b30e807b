"""A CDS Hooks call: the clinician orders, and hears what is covered, whether authorization is needed, and what to document.

Chapters: CRD, Foundational Requirements; CDS Hooks 2.0. Every call and answer is kept for disputes, without tokens.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any

from cds_hooks import feedback as feedback_body
from cds_hooks import request as hook_request
from cds_hooks import services
from cds_hooks.dialect import Dialect, dialect_of
from cds_hooks.request import HookRequest
from cds_hooks.respond import respond
from fhir_pa.auth.caller import Caller
from fhir_pa.operations.hooks.assertion import assertions
from fhir_pa.operations.hooks.cards import cards_given
from fhir_pa.operations.hooks.chart import chart_of
from fhir_pa.operations.hooks.findings import findings_of
from fhir_pa.operations.hooks.gaps import gaps
from fhir_pa.operations.hooks.given import given
from fhir_pa.operations.hooks.grant import Granting
from fhir_pa.operations.hooks.metrics import Witness, measured, refused
from fhir_pa.storage.hook_log import HookCall
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Conflict, Issue, Refusal, Unavailable, operation_outcome
from ig_profiles.reading import Json, text

BASE_DIALECT: dict[str, Dialect] = {"2.0.1": "2.0", "2.2": "2.2"}
GUIDE_OF: dict[Dialect, str] = {"2.0": "2.0.1", "2.1": "2.2", "2.2": "2.2"}
FINDINGS = "fhir-pa.findings"  # beside the answer, for technical staff: what validation found in the orders
ATTEMPTS = 3  # times a call is answered anew when another one about the same order came between


def discovery(guide: str, payer: Payer) -> Json:
    """GET cds-services on the base of this generation."""
    return services.discovery(BASE_DIALECT[guide], payer.directory.insurer.name)


def hook(service_id: str, body: bytes, guide: str, caller: Caller, payer: Payer) -> Json:
    """The answer to one hook call. Raises Refusal for calls that cannot be read; trouble with data is told in the answer."""
    at, sent = payer.clock(), None
    try:
        sent = parse(body, payer.settings.max_body_bytes)
        asked = hook_request.read(sent, services.service(service_id), BASE_DIALECT[guide])
        told = findings_of(asked, GUIDE_OF[asked.dialect], caller, payer)
        for _ in range(ATTEMPTS - 1):
            with suppress(Conflict):
                return _answer(asked, sent, told, caller, payer, at)
        return _answer(asked, sent, told, caller, payer, at)
    except Refusal as refusal:
        with suppress(Unavailable), payer.store.transaction() as tx:
            spoken = _guide_spoken(sent, guide)
            tx.keep_crd_metric(refused(str(uuid.uuid4()), _hook_named(service_id), _instance(sent), spoken, caller.id, at, refusal, payer))
        raise


def feedback(service_id: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """What clinicians did with our cards: kept as it came, and counted once for each outcome of a card, whoever's card it is."""
    services.service(service_id)
    sent, at = parse(body), payer.clock()
    told = feedback_body.read(sent)
    with payer.store.transaction() as tx:
        tx.keep_feedback(str(uuid.uuid4()), caller.id, service_id, at, sent)
        tx.keep_outcomes(caller.id, service_id, told, at)
    return {"received": len(told)}


def _hook_named(service_id: str) -> str:
    """The hook of a service of ours; whatever else stands in an address is not kept."""
    return next((each.name for each in services.HOOKS if each.service_id == service_id), "unknown")


def _guide_spoken(sent: Any, guide: str) -> str:
    """The guide a refused call is answered in: the one it asks for, else that of the base."""
    try:
        return GUIDE_OF[dialect_of(sent, BASE_DIALECT[guide])]
    except Refusal:
        return guide


def _instance(sent: Any) -> str:
    """The hookInstance of a refused call, when it is the UUID it must be; nothing else of such a call is kept."""
    try:
        return str(uuid.UUID(text(sent, "hookInstance")))
    except (TypeError, ValueError):
        return ""


def _answer(asked: HookRequest, sent: Json, told: list[Issue], caller: Caller, payer: Payer, at: datetime) -> Json:
    """The answer, kept with the call, its assertions and the authorizations it opens, in one transaction."""
    guide, witness = GUIDE_OF[asked.dialect], Witness()
    granting, chart = Granting(payer, caller.id, guide, at), chart_of(asked, caller, payer, at, witness.watching)
    answer, answers = respond(asked, given(asked, caller, payer, at, granting, chart))
    if chart:
        chart.read_ahead()
        chart.leave()
    if told:
        answer = {**answer, "extension": {FINDINGS: operation_outcome(told)}}
    call = HookCall(str(uuid.uuid4()), caller.id, guide, asked.hook.name, asked.instance, at, sent, answer)
    row = measured(call, asked, answers, witness, payer)
    with payer.store.transaction("the machine" if granting.opened else "the process") as tx:
        granting.keep(tx)
        tx.keep_hook_call(call)
        tx.keep_told(call.id, (each.assertion_id for each in answers))
        for each in assertions(answers, call):
            tx.keep_assertion(each)
        tx.keep_cards(cards_given(call, asked, answers))
        tx.keep_crd_metric(row)
        tx.keep_gaps(gaps(call, asked, witness))
    return answer
