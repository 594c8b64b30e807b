"""Looking back: whether a case asks for something that was over when it came, and why (domain §1E, F47).

♥ Pure: the moment a case came in is its own clock's.
"""

from __future__ import annotations

from datetime import date

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.retrospective import EMERGENCY, Reason
from fhir_pa.um.clocks.time_limits import Asked
from fhir_pa.um.deciding.asked_for import is_drug
from fhir_pa.um.deciding.request import AuthorizationRequest


def reason_of(authorization: Authorization) -> Reason | None:
    """Why this case looks back; None when it does not."""
    if authorization.retro is not None:
        return authorization.retro.reason
    request, on = authorization.request, authorization.opening_clock.received_at.date()
    if not _is_over(request, on):
        return None
    if authorization.opening_clock.asked is Asked.DRUG or any(is_drug(code) for item in request.items for code in item.service.codes):
        return Reason.DRUG
    if request.level_of_service == EMERGENCY:
        return Reason.EMERGENCY
    return Reason.URGENT if request.urgent else Reason.UNTOLD


def _is_over(request: AuthorizationRequest, on: date) -> bool:
    live = [item.service for item in request.items if not item.cancelled]
    return bool(live) and all((last := service.until or service.on) is not None and last < on for service in live)
