"""Questionnaire task: the Task that asks for a form to be completed, as each generation of CRD profiles it (taskquestionnaire)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cds_hooks.answer import CoverageAnswer, Purpose
from cds_hooks.request import HookRequest
from cds_hooks.touchpoints import names
from ig_profiles.names import CRD_TEMP_CODES, SDC_TEMP_CODES
from ig_profiles.reading import Json, without_empty

_AFTERWARDS = {Purpose.WITH_AUTHORIZATION: "prior-auth-include", Purpose.WITH_CLAIM: "initial-claim-include"}


def questionnaire_task(canonical: str, requester: Json, about: Sequence[CoverageAnswer], request: HookRequest, today: date) -> Json:
    """The Task for the form of this canonical, asked for by the payer (a Reference) because of these answers."""
    older = request.dialect != "2.2"
    purposes = dict.fromkeys(purpose for answer in about for purpose in answer.purposes)
    why = f"Documentation {' and '.join(purposes)}"
    reason = {"coding": [{"system": CRD_TEMP_CODES, "code": "reason-prior-auth"}]} if older and Purpose.WITH_AUTHORIZATION in purposes else {}
    return without_empty(
        {
            "resourceType": "Task",
            "basedOn": [{"reference": answer.basis.order} for answer in about if "/" in answer.basis.order],
            "status": "ready",
            "intent": "order",
            "code": _sdc("complete-questionnaire"),
            "description": f"Complete the form for {', '.join(names(about))}",
            "for": {"reference": f"Patient/{request.patient_id}"},
            "encounter": {"reference": f"Encounter/{request.encounter_id}"} if request.encounter_id else None,
            "authoredOn": today.isoformat(),
            "requester": requester,
            "owner": {"reference": request.user} if (request.user or "").startswith("Practitioner/") else None,
            "reasonCode": {**reason, "text": why},
            "input": [{"type": _sdc("questionnaire"), "valueCanonical": canonical}, *(_afterwards(purpose) for purpose in purposes if older)],
        }
    )


def _sdc(code: str) -> Json:
    return {"coding": [{"system": SDC_TEMP_CODES, "code": code}], "text": code}


def _afterwards(purpose: Purpose) -> Json:
    """What to do with the completed form; 2.2 leaves that to the coverage information."""
    code = _AFTERWARDS.get(purpose)
    kind = {"coding": [{"system": CRD_TEMP_CODES, "code": "after-completion-action"}]}
    what = {"coding": [{"system": CRD_TEMP_CODES, "code": code}]} if code else {}
    return {"type": kind, "valueCodeableConcept": {**what, "text": purpose.value}}
