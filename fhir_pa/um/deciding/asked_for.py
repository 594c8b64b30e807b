"""What kind of decision a request asks for, because the law gives each kind its own time (domain §2.3-2.5)."""

from __future__ import annotations

from datetime import date

from fhir_pa.um.clocks.time_limits import Asked
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, RequestedItem
from ig_profiles.names import HCPCS, NDC, RXNORM, code_system
from ig_profiles.reading import Coding

_DRUG_CODES = ("J", "Q51")  # HCPCS level II: drugs that are not taken by mouth, and biosimilars


def asked_for(request: AuthorizationRequest, on: date) -> Asked:
    """The kind of this request, received on this day.

    A request with a drug among its services is one for a drug: the shorter time goes for all of it. One whose services are
    all over is retrospective. Care after an emergency cannot be told from a request; whoever hears such a call says so.
    """
    live = [item for item in request.items if not item.cancelled]
    if any(is_drug(coding) for item in live for coding in item.service.codes):
        return Asked.DRUG
    if live and all(_is_over(item, on) for item in live):
        return Asked.RETROSPECTIVE
    types = {request.certification_type, *(item.certification_type for item in live)}
    return Asked.CONCURRENT if CertificationType.EXTENSION in types else Asked.SERVICE


def is_drug(coding: Coding) -> bool:
    """Whether this code names a drug.

    >>> is_drug(Coding(HCPCS, "J1745")), is_drug(Coding(HCPCS, "E1390"))
    (True, False)
    """
    system = code_system(coding.system)
    return system in (RXNORM, NDC) or (system == HCPCS and coding.code.upper().startswith(_DRUG_CODES))


def _is_over(item: RequestedItem, on: date) -> bool:
    last = item.service.until or item.service.on
    return last is not None and last < on
