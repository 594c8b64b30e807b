"""Questionnaire/$next-question: an adaptive form asks what can still change the outcome, and says when nothing can.

Chapter: SDC Questionnaire-next-question; DTR §adaptive-form-considerations, §determinations-from-adaptive-forms (2.0.1 and
2.2). What comes is used to answer and not kept (R49, sec-10), but for the completed form behind an authorization; how
long it took is.
"""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.forms.interviews import unseal
from fhir_pa.operations.forms.measured import Measured, measured
from fhir_pa.operations.forms.settle import Settlement
from fhir_pa.storage.dtr_metrics import FIRST_QUESTION, NEXT_QUESTION
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, Unreadable
from ig_profiles.reading import Json
from ig_profiles.resource_text import read_resource
from questionnaires.adaptive_form import Address
from questionnaires.next_question import read_asked, take_turn
from questionnaires.package_request import Guide


def next_question(body: bytes, guide: Guide, caller: Caller, payer: Payer) -> Json:
    """The response with what is asked next; completed, with the payer's determination where it may give one.

    Raises Unreadable with every fault of the response (HTTP 400).
    """
    with measured(NEXT_QUESTION, guide, caller, payer) as told:
        return _turn(body, guide, caller, payer, told)


def _turn(body: bytes, guide: Guide, caller: Caller, payer: Payer, told: Measured) -> Json:
    at = payer.clock()
    came = read_asked(read_resource(body, guide, payer.settings.max_body_bytes))
    volume = payer.shelf.asking(came.derived_from)
    if volume is None:
        what = f"No form '{came.derived_from}' is on the shelf. Ask for the present one with $questionnaire-package."
        raise Unreadable(Issue(what, "not-found", expression=f"{came.at}.derivedFrom"))
    told.action = NEXT_QUESTION if came.shown else FIRST_QUESTION
    told.forms = (came.derived_from,)
    interview = unseal(came.seal, caller.id, payer, came.at)
    address = Address(payer.fhir_base(guide), came.seal)
    settlement = Settlement(interview, guide, caller, payer, at)
    turn = take_turn(came, volume, interview, address, guide, at.date(), payer.shelf.value_sets.expansions(), settlement.could_issue)
    told.asked, told.completed = len(turn.page.asks), turn.done
    return settlement.of(turn) if turn.done and interview.may_settle else turn.response
