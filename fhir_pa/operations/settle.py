"""Settle: the payer's determination at the end of an adaptive form, as the order's hook would give it with these answers.

Chapter: DTR §determinations-from-adaptive-forms (2.0.1 R50-56; 2.2 spec-33, spec-41 to spec-48). The signed order is read
from the log of hook calls; the completed form is one more piece of its evidence, and is kept only with the authorization
that rests on it (R49). A number is given only to somebody who asked for it, and the same order never gets two.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from cds_hooks import coverage_information, services
from cds_hooks import request as hook_request
from cds_hooks.answer import CoverageAnswer
from cds_hooks.dialect import Dialect
from cds_hooks.granting import MOMENT, Granted, Held, Ordered
from cds_hooks.respond import respond
from fhir_pa.auth.caller import Caller
from fhir_pa.operations.hook_given import given
from fhir_pa.operations.hook_grant import Granting
from fhir_pa.storage.hook_log import HookCall
from fhir_pa.wiring import Payer
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.outcome import Conflict, PreconditionFailed, Unprocessable
from ig_profiles.reading import Json, many
from questionnaires.adaptive import Interview
from questionnaires.library import Volume
from questionnaires.next_question import Turn
from questionnaires.package_request import Guide

DIALECT: dict[Guide, Dialect] = {"2.0.1": "2.0", "2.2": "2.2"}
_NOT_WISHED = Held("The number was not asked for. Submit the prior authorization request, with this form, when it is wanted.")


def settle(turn: Turn, volume: Volume, interview: Interview, guide: Guide, caller: Caller, payer: Payer, at: datetime) -> Json:
    """The completed response, with the payer's coverage information on its root where the signed order is on file.

    The number of an authorization is on it only when the last question was answered with yes, and then is kept first.
    """
    with payer.store.reading() as tx:
        assertion = tx.assertion(interview.assertion)
        call = tx.hook_call_telling(caller.id, interview.assertion, assertion.at, MOMENT) if assertion and assertion.client == caller.id else None
    if call is None:
        return turn.response
    for _ in range(2):
        with suppress(Conflict):
            return _told(turn.response, _answer(turn, call, interview, guide, caller, payer, at), guide)
    return turn.response


def _answer(turn: Turn, call: HookCall, interview: Interview, guide: Guide, caller: Caller, payer: Payer, at: datetime) -> CoverageAnswer | None:
    """What the hook answers of this order when the completed form is at hand. Raises Conflict when another call came between."""
    service = next(each for each in services.HOOKS if each.name == call.hook)
    asked = hook_request.read(call.request, service, DIALECT[guide])
    completed = {key: value for key, value in turn.response.items() if key != "resourceType"}
    asked = asked.with_material([("prefetch.completedForm", {"resourceType": "QuestionnaireResponse", **completed})])
    granting = Granting(payer, caller.id, call.guide, at)

    def grant(wanted: Ordered) -> Granted | Held:
        return granting(wanted) if turn.issue and wanted.assertion_id == interview.assertion else _NOT_WISHED

    try:
        _, answers = respond(asked, given(asked, caller, payer, at, grant))
    except (PreconditionFailed, Unprocessable):
        return None
    with payer.store.transaction() as tx:
        granting.keep(tx)
    return next((answer for answer in answers if answer.assertion_id == interview.assertion), None)


def _told(response: Json, answer: CoverageAnswer | None, guide: Guide) -> Json:
    """The response with this answer on its root, in place of an earlier one of the same assertion."""
    if answer is None:
        return response
    kept = [each for each in many(response, "extension") if each.get("url") != COVERAGE_INFORMATION]
    return {**response, "extension": [*kept, coverage_information.write(answer, DIALECT[guide])]}
