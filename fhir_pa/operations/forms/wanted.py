"""The context under which a pended authorization asks for its policy's form, read like the assertion of an order.

Chapter: PAS, Request for Additional Information (102089-0: the trace number is the DTR context; pas.md rule 80).
"""

from __future__ import annotations

from contextlib import suppress

from fhir_pa.pas.information_request import form_asked_for
from fhir_pa.storage.assertions import Assertion
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.outcome import NotFound


def form_wanted(context: str, tx: Reading) -> Assertion | None:
    """What the payer asked for under this context, also after it was answered; None when it is no such context."""
    named = form_asked_for(context)
    if named is None:
        return None
    reference, sequence = named
    with suppress(NotFound):
        case = tx.authorization(reference)
        if case.reference == reference:
            return _asked(context, case, sequence)
    return None


def _asked(context: str, case: Authorization, sequence: int) -> Assertion | None:
    item = case.item(sequence)
    for determination in (item.determination, *reversed(item.earlier)):
        forms = tuple(request.questionnaire for request in determination.asks if request.questionnaire)
        if forms and determination.edition is not None:
            return Assertion(
                id=context,
                client=case.client,
                guide=case.request.guide,
                member=case.request.member.identifiers,
                coverage="",
                order="/".join((item.requested.order or "").split("/")[-2:]),
                fingerprint="",
                codes=item.requested.service.codes,
                at=determination.decided_at,
                topic=determination.edition.topic,
                version=determination.edition.version,
                questionnaires=forms,
            )
    return None
