"""Authorizations for tests of the PAS writers: one case with every kind of determination, and its request Bundle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from fhir_pa.pas import extensions as ext
from fhir_pa.pas.intake import read
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import Authorized, Certify, Refer
from fhir_pa.um.deciding.information_request import InformationRequest
from ig_profiles.reading import Json
from questionnaires.criteria import Evidence, Truth
from tests.builders import NOON, certify, finding, physician, refer
from tests.fhir_pa.pas_bundles import bundle, claim, extension, item

PAYER_BASE = "https://payer.example/fhir"
LATER = NOON + timedelta(hours=3)
SEEN = Evidence("spo2", "89", "Observation/spo2", "valueQuantity.value", "2026-11-18")
REPORT = InformationRequest("52053-6", ("the report of the oximetry",), ("saturation",))
FORM = InformationRequest("102089-0", ("Lowest oxygen saturation, in percent",), ("saturation",), "http://larkfield.example/Questionnaire/oxygen|1")
OPEN = refer(finding(truth=Truth.UNKNOWN, missing=("spo2",)), to="nurse")
MISSING = replace(OPEN, asks=(REPORT,))
UNMET = refer(finding(truth=Truth.NOT_MET, evidence=(SEEN,)))


def opened(asked: Json, guide: str, *answers: Certify | Refer) -> Authorization:
    """The case of this request; item 1 gets the first answer, and so on."""
    return Authorization.open("PA0001", "PR0001", read(asked, guide).request, dict(enumerate(answers, 1)), "received-1", "oakwood-ehr", NOON)


def every_decision(guide: str) -> tuple[Authorization, Json]:
    """Item 1 certified by the engine, 2 pended for a fact, 3 denied, 4 modified, 5 cancelled; and the update that cancelled."""
    before = bundle(claim(*map(item, range(1, 6))), guide=guide)
    cancelled = item(5, modifierExtension=[extension(ext.INFO_CANCELLED, valueBoolean=True)])
    update = bundle(claim(*map(item, range(1, 5)), cancelled), guide=guide)
    case = opened(before, guide, certify(), MISSING, UNMET, UNMET, UNMET)
    case = case.revise(read(update, guide).request, {}, "received-2", "oakwood-ehr", LATER)
    denial = Decision((3,), Verdict.DENY, "Saturation of 89 % is above the limit.", ("saturation",), ("0F",), "555-555-0142")
    reduced = Authorized(date(2026, 11, 22), date(2026, 12, 21), Decimal("1.0"), "month")
    change = Decision((4,), Verdict.MODIFY, "One month, then measured again.", ("saturation",), ("0L",), "555-555-0142", reduced)
    return case.decide(denial, physician(), LATER).decide(change, physician(), LATER + timedelta(minutes=1)), update
