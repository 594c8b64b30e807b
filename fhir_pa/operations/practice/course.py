"""The course of a request in a practice's words: of the trail what the practice did and heard; what the plan wrote for itself stays out."""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.um.case.appeal import Outcome
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.peer_to_peer import Stage
from fhir_pa.um.case.transitions import EventKind
from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.on_file.order_time import SIGNED
from fhir_pa.um.on_file.units import USED
from fhir_pa.um.reviewing.adverse import CONVERSATION, OFFERED
from fhir_pa.um.reviewing.deadlines import PASSED
from fhir_pa.um.reviewing.extension_of_time import EXTENDED
from fhir_pa.um.reviewing.information_life import NOT_RECEIVED
from fhir_pa.um.stays.stay import CONTINUED
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json

WORDS = {
    "received": "Request received",
    SIGNED: "Certified with the order",
    str(EventKind.CERTIFIED_BY_ENGINE): "Certified at once: every criterion is met",
    str(EventKind.REFERRED_TO_NURSE): "Given to a nurse of the plan",
    str(EventKind.REFERRED_TO_PHYSICIAN): "Given to a physician of the plan",
    str(EventKind.ASKED): "The plan asked for information",
    str(EventKind.EVIDENCE_RECEIVED): "Documents received",
    str(EventKind.REVISED): "Request updated",
    str(EventKind.CANCELLED): "Request withdrawn",
    str(EventKind.REOPENED): "Reopened by the plan",
    str(EventKind.APPEALED): "Appeal filed",
    str(EventKind.EXCLUDED): "Not covered by the plan",
    NOT_RECEIVED: "What was asked for did not come",
    OFFERED: "A call with the plan’s physician was offered",
    EXTENDED: "The plan took more time",
    PASSED: "The legal time passed",
    CONTINUED: "An extension was asked for",
    USED: "Used, as a claim tells",
    "appeal assigned": "Appeal given to a physician",
    "appeal extended": "The plan took more time for the appeal",
    "appeal forwarded": "Appeal sent on to the next level",
    **{str(action): f"Decided: {action}" for action in ReviewAction},
    str(ReviewAction.PENDED): "Pended: a person of the plan looks",
    **{f"appeal {outcome}": f"Appeal {outcome}" for outcome in Outcome},
    **{f"{CONVERSATION} {stage}": f"Call {stage}" for stage in Stage},
}
TOLD = frozenset({str(EventKind.ASKED), str(EventKind.EVIDENCE_RECEIVED), NOT_RECEIVED, CONTINUED, USED, OFFERED, str(EventKind.APPEALED)})


def course(case: Authorization, caller: Caller, payer: Payer) -> list[Json]:
    """What happened, in order, each with who did it: the practice's person, its system, or the plan."""
    return [_told(event, caller, payer) for event in case.trail if event.what in WORDS]


def _told(event: Event, caller: Caller, payer: Payer) -> Json:
    return {
        "at": event.at.isoformat(),
        "what": WORDS[event.what],
        "who": _who(event.by, caller, payer),
        "items": list(event.items),
        "because": event.because if event.what in TOLD else "",
    }


def _who(by: str, caller: Caller, payer: Payer) -> str:
    colleague, system = payer.directory.practice_person(by), payer.directory.client(by)
    if colleague is not None and colleague.practice == caller.must_be_of_a_practice().practice:
        return colleague.name
    return system.name if system else payer.directory.insurer.name
