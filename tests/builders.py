"""Builders for the values tests speak about; every argument that matters to a story can be given, nothing else must."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Reviewer
from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference, Refer
from fhir_pa.um.deciding.request import AuthorizationRequest, Identifier, MemberReference, Party, RequestedItem
from ig_profiles.names import HCPCS, NPI
from ig_profiles.reading import Coding
from questionnaires.criteria import Finding, Truth
from questionnaires.policy import RequestedService

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOON.date()
EDITION = EditionReference("home_oxygen", "2026.1", "0" * 64)
MEMBER = Identifier("http://larkfield.example/members", "SYN-01")


def service(code: str = "E1390", **given: Any) -> RequestedService:
    """A requested service with one HCPCS code."""
    return RequestedService(**{"codes": (Coding(HCPCS, code),), "line_of_business": "medicare-advantage", **given})


def item(sequence: int = 1, code: str = "E1390", **given: Any) -> RequestedItem:
    """A requested service under its sequence; ``service`` may be given whole."""
    return RequestedItem(**{"sequence": sequence, "service": service(code), **given})


def request(*items: RequestedItem, **given: Any) -> AuthorizationRequest:
    """A request of the fictional member SYN-01 from a fictional clinic."""
    told: dict[str, Any] = {
        "guide": "2.2",
        "trace_numbers": (Identifier("http://oakwood.example/trace", "T-1"),),
        "transaction": Identifier("http://oakwood.example/message", "M-1"),
        "member": MemberReference((MEMBER,), "Orla Penhallow", date(1955, 3, 2), "http://oakwood.example/fhir/Patient/orla"),
        "payer": Party("Larkfield Health Plan", (Identifier(NPI, "9000000015"),)),
        "requestor": Party("Oakwood Clinic", (Identifier(NPI, "9000000023"),)),
        "items": items or (item(),),
        "line_of_business": "medicare-advantage",
    }
    return AuthorizationRequest(**{**told, **given})


def finding(criterion: str = "saturation", truth: Truth = Truth.MET, **given: Any) -> Finding:
    """A finding that says the truth in one sentence."""
    return Finding(criterion, truth, f"{criterion}: {truth.value}.", **given)


def certify(*findings: Finding) -> Certify:
    """The engine's yes for ninety days."""
    return Certify("Every criterion is met.", findings or (finding(),), EDITION, Authorized(TODAY, date(2027, 2, 17), Decimal(1), "unit"))


def refer(*findings: Finding, to: str = "physician") -> Refer:
    """The engine's referral, by default because the saturation is not low enough."""
    said = findings or (finding(truth=Truth.NOT_MET),)
    return Refer(said[0].because, said, EDITION, to, phone="555-555-0100")


def authorization(*answers: Certify | Refer, **given: Any) -> Authorization:
    """A case whose items got these answers from the engine, item 1 first."""
    told = answers or (refer(),)
    asked = given.pop("request", None) or request(*(item(number) for number in range(1, len(told) + 1)))
    opened = Authorization.open("PA0001", "PR0001", asked, dict(enumerate(told, 1)), "received-1", "oakwood-ehr", NOON)
    return replace(opened, **given)


def physician(**given: Any) -> Reviewer:
    """A licensed physician reviewer."""
    told: dict[str, Any] = {
        "person": "quill",
        "name": "Ada Quill, MD",
        "roles": ("physician",),
        "npi": "9000000031",
        "licence": "OH MD-0142",
        "licence_until": date(2028, 6, 30),
        "specialties": ("207RP1001X",),
        "phone": "555-555-0142",
    }
    return Reviewer(**{**told, **given})


def nurse(**given: Any) -> Reviewer:
    """A UM nurse, who may certify and must refer the rest."""
    return physician(**{"person": "marsh", "name": "Bea Marsh, RN", "roles": ("nurse",), "licence": None, "licence_until": None, **given})
