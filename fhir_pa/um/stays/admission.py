"""Admission: a facility tells that a member was admitted as an emergency, and its notice opens a case of its own at once (F50).

The clock runs from the notice, because the plan knows from then on; the request that follows joins the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.retrospective import EMERGENCY, Reason, Retro, Shown, refuse_late, window
from fhir_pa.um.clocks.clock import Clock
from fhir_pa.um.clocks.time_limits import Asked
from fhir_pa.um.deciding.determination import Refer
from fhir_pa.um.deciding.exclusion import Answer
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, MemberReference, Party
from fhir_pa.um.on_file.rendered import HOSPITAL
from ig_profiles.outcome import Unprocessable
from ig_profiles.reading import Coding
from questionnaires.policy import Edition

NOTICE = "admission notice"
REQUESTED = "request for the admission"


@dataclass(frozen=True)
class Admission:
    """What the notice tells. ``bed`` is the service as the policy knows it; ``shown`` what made it an emergency, each with its times.

    ``stabilized``: the emergency is over, and the facility asks whether care there may go on; the law answers that in an hour.
    """

    member: MemberReference
    facility: Party
    began_at: datetime
    bed: Coding
    diagnoses: tuple[Coding, ...]
    shown: tuple[Shown, ...]
    late_because: str = ""
    stabilized: bool = False


def open_case(
    number: str, reference: str, told: Admission, request: AuthorizationRequest, answer: Answer, edition: Edition, received: str, by: str, at: datetime
) -> Authorization:
    """The case a notice opens, with the engine's ``answer`` to what is known so far: mostly pended, asking for what the policy accepts.

    A notice that comes late, and a call about care after the emergency, are a physician's to look at. Raises Unprocessable
    when nothing shows the urgency, or it comes after the window without a reason.
    """
    if not told.shown:
        raise Unprocessable("Say what made it an emergency, with the time it was so and the time it was written down (shown).", expression="shown")
    refuse_late(told.began_at, at, edition, told.late_because)
    reason = Reason.STABILIZED if told.stabilized else Reason.EMERGENCY
    retro = Retro(reason, told.began_at, at, by, told.began_at + window(edition), told.shown, told.late_because.strip())
    if isinstance(answer, Refer) and (retro.is_late or told.stabilized):
        answer = replace(answer, to="physician")
    opened = Authorization.open(number, reference, request, {1: answer}, received, by, at)
    asked = Asked.POST_STABILIZATION if told.stabilized else Asked.CONCURRENT
    clock = Clock.start(at, request.line_of_business, urgent=True, asked=asked)
    late = f" It was told late: {retro.late_because}" if retro.is_late else ""
    notice = Event(at, NOTICE, by, (1,), f"{reason.capitalize()}, begun {told.began_at.isoformat(timespec='minutes')}.{late}")
    return replace(opened, clock=clock, retro=retro, trail=(notice, *opened.trail[1:]))


def joins(request: AuthorizationRequest, on_file: Iterable[Authorization], client: str) -> Authorization | None:
    """The notice's case this request is for: of the same member, begun on a day it names, told by the same system or for the same facility.

    ``on_file`` is read only where the request is about a hospital stay.
    """
    if request.certification_type not in (CertificationType.INITIAL, CertificationType.OTHER) or not _is_a_stay(request):
        return None
    days = {item.service.on for item in request.items} | ({request.admission[0]} if request.admission else set())
    for case in on_file:
        retro = case.retro
        if retro is not None and retro.requested_at is None and not retro.claim and _begun(retro) in days and _same_asker(case, request, client):
            return case
    return None


def requested(authorization: Authorization, at: datetime) -> Authorization:
    """The case with its request come: part of the revision that brought it."""
    if authorization.retro is None:
        return authorization
    event = Event(at, REQUESTED, authorization.client, tuple(item.sequence for item in authorization.items))
    return replace(authorization, retro=replace(authorization.retro, requested_at=at), trail=(*authorization.trail, event))


def _is_a_stay(request: AuthorizationRequest) -> bool:
    return request.admission is not None or request.level_of_service == EMERGENCY or any(item.service.place == HOSPITAL for item in request.items)


def _begun(retro: Retro) -> date:
    return retro.began_at.date()


def _same_asker(case: Authorization, request: AuthorizationRequest, client: str) -> bool:
    facility = case.request.requestor.npi
    named = {party.npi for party in (request.requestor, *request.providers, *(each for item in request.items for each in item.providers))}
    return case.client == client or (facility is not None and facility in named)
