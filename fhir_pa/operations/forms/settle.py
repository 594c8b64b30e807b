"""Settle: the payer's determination at the end of an adaptive form, as the order's hook would give it with these answers.

Chapter: DTR §determinations-from-adaptive-forms (2.0.1 R50-56; 2.2 spec-33, spec-41 to spec-48). The signed order is read
from the log of hook calls; the completed form is one more piece of its evidence, and is kept only with the authorization
that rests on it (R49). A number is given only to somebody who asked for it, and the same order never gets two; whether to
ask is found out by the same way, so that nobody is offered a number that the call, or the order, does not allow.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from cds_hooks import coverage_information, services
from cds_hooks import request as hook_request
from cds_hooks.answer import CoverageAnswer
from cds_hooks.dialect import Dialect
from cds_hooks.granting import MOMENT, Granted, Held, Ordered
from cds_hooks.respond import respond
from fhir_pa.auth.caller import Caller
from fhir_pa.operations.hooks.given import given
from fhir_pa.operations.hooks.grant import Granting
from fhir_pa.storage.hook_log import HookCall
from fhir_pa.wiring import Payer
from ig_profiles.names import COVERAGE_INFORMATION, INTENDED_USE
from ig_profiles.outcome import Conflict, PreconditionFailed, Unprocessable
from ig_profiles.reading import Json, many
from questionnaires.adaptive import Interview
from questionnaires.draft import intended
from questionnaires.next_question import Turn
from questionnaires.package_request import Guide

DIALECT: dict[Guide, Dialect] = {"2.0.1": "2.0", "2.2": "2.2"}
_NOT_WISHED = Held("The number was not asked for. Submit the prior authorization request, with this form, when it is wanted.")


@dataclass(frozen=True)
class Settlement:
    """One interview that may end in a determination, at a moment."""

    interview: Interview
    guide: Guide
    caller: Caller
    payer: Payer
    at: datetime

    def of(self, turn: Turn) -> Json:
        """The completed response, with the payer's coverage information on its root where the signed order is on file.

        The number of an authorization is on it only when the last question was answered with yes, and then is kept first.
        """
        call = self._call()
        if call is None:
            return turn.response
        for _ in range(2):
            with suppress(Conflict):
                return self._told(turn.response, self._kept(turn, call))
        return turn.response

    def could_issue(self, turn: Turn) -> bool:
        """Whether a yes would bring a number: the call allows one unasked, none is on file yet, and the order can be granted."""
        call = self._call()
        return call is not None and bool(self._asked_again(turn, call, wished=True)[1].opened)

    def _call(self) -> HookCall | None:
        """The call in which the order was signed."""
        with self.payer.store.reading() as tx:
            assertion = tx.assertion(self.interview.assertion)
            if assertion is None or assertion.client != self.caller.id:
                return None
            return tx.hook_call_telling(self.caller.id, self.interview.assertion, assertion.at, MOMENT)

    def _kept(self, turn: Turn, call: HookCall) -> CoverageAnswer | None:
        """What the hook answers; what it granted is kept. Raises Conflict when another call came between."""
        answer, granting = self._asked_again(turn, call, wished=turn.issue is True)
        with self.payer.store.transaction() as tx:
            granting.keep(tx)
        return answer

    def _asked_again(self, turn: Turn, call: HookCall, wished: bool) -> tuple[CoverageAnswer | None, Granting]:
        """What the hook answers of this order when the completed form is at hand, and what is granted if a number is wished."""
        service = next(each for each in services.HOOKS if each.name == call.hook)
        asked = hook_request.read(call.request, service, DIALECT[self.guide])
        completed = {key: value for key, value in turn.response.items() if key != "resourceType"}
        asked = asked.with_material([("prefetch.completedForm", {"resourceType": "QuestionnaireResponse", **completed})])
        granting = Granting(self.payer, self.caller.id, call.guide, self.at)

        def grant(wanted: Ordered) -> Granted | Held:
            return granting(wanted) if wished and wanted.assertion_id == self.interview.assertion else _NOT_WISHED

        try:
            _, answers = respond(asked, given(asked, self.caller, self.payer, self.at, grant))
        except (PreconditionFailed, Unprocessable):
            return None, granting
        return next((answer for answer in answers if answer.assertion_id == self.interview.assertion), None), granting

    def _told(self, response: Json, answer: CoverageAnswer | None) -> Json:
        """The response with this answer on its root, in place of an earlier one; with a number, the form need only be kept."""
        if answer is None:
            return response
        kept = [each for each in many(response, "extension") if each.get("url") != COVERAGE_INFORMATION]
        if answer.authorization_number:
            kept = [intended("retain-doc", self.guide) if each.get("url") == INTENDED_USE else each for each in kept]
        return {**response, "extension": [*kept, coverage_information.write(answer, DIALECT[self.guide])]}
