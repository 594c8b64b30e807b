"""What the clinic asks for: home oxygen and surveillance scans, from the synthetic charts, built as a provider builds them."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

from fhir_pa.pas.extensions import INFO_CANCELLED
from fhir_pa.provider.charts.practice import CLINIC_NPI, PAYER_NPI
from fhir_pa.provider.codes import AT_HOME, EQUIPMENT_RENTAL, OUTPATIENT_HOSPITAL, REVISED, SCAN
from fhir_pa.provider.elements import concept, pas_extension
from fhir_pa.provider.pas.claim_response import PasAnswer, read_bundle, read_inquiry
from fhir_pa.provider.pas.inquiry import inquiry_of
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Line, Submission, sign
from fhir_pa.provider.pas.update import with_documents
from ig_profiles.names import X12_CERTIFICATION_TYPE
from ig_profiles.reading import Json
from tests.stories.parties import NOW, System, trace

SHORT_OF_OXYGEN, BORDERLINE, CANCER = "orla-penhallow", "teodric-amble", "ilsabet-crane"
CANCEL = "3"
# A physician's denial of the borderline request.
DENIAL: dict[str, Any] = {
    "items": [1],
    "decision": "deny",
    "because": "89 % is above the limit.",
    "reason_code": "0F",
    "criteria": ["hypoxemia"],
    "phone": "555-555-0142",
}


def oxygen(clinic: System, who: str = SHORT_OF_OXYGEN) -> Submission:
    """A concentrator for ninety days, with everything found in the chart."""
    return _submission(clinic, who, lambda order: Line(order, EQUIPMENT_RENTAL, AT_HOME, NOW.date(), NOW.date() + timedelta(days=89)))


def scans(clinic: System) -> Submission:
    """An MRI of the brain and CTs of chest and neck; the reports of the last CTs are still held elsewhere."""
    return _submission(clinic, CANCER, lambda order: Line(order, SCAN, OUTPATIENT_HOSPITAL, NOW.date() + timedelta(days=9)))


def submit(clinic: System, asked: Submission) -> PasAnswer:
    """POST the request; the answer in words."""
    return read_bundle(clinic.post("Claim/$submit", request_of(asked)))


def inquire(clinic: System, asked: Submission, **narrowed: Any) -> tuple[PasAnswer, ...]:
    """POST an inquiry about these services; ``narrowed`` are extensions of the Claim such as ``authorizationNumber="PA…"``."""
    return read_inquiry(clinic.post("Claim/$inquire", inquiry(asked, **narrowed)))


def inquiry(asked: Submission, **narrowed: Any) -> Json:
    """The inquiry Bundle; with a number, the number alone tells what is meant."""
    bundle = inquiry_of(asked, trace())
    if narrowed:
        claim = bundle["entry"][0]["resource"]
        claim["extension"] = [pas_extension(name, valueString=value) for name, value in narrowed.items()]
        claim.pop("item")
    return bundle


def update(asked: Submission, *added: Json) -> tuple[Submission, Json]:
    """The next version of the request, under a number of its own, with more documents."""
    return with_documents(asked, trace(), added)


def without_item(bundle: Json, sequence: int) -> Json:
    """The update with one item withdrawn the way the guides ask: it stays, flagged, of certification type 3."""
    changed = deepcopy(bundle)
    item = changed["entry"][0]["resource"]["item"][sequence - 1]
    item["modifierExtension"] = [{"url": INFO_CANCELLED, "valueBoolean": True}]
    item["extension"] = [each for each in item["extension"] if not each["url"].endswith("certificationType")] + [certification(CANCEL)]
    return changed


def withdrawn(bundle: Json) -> Json:
    """The update that cancels the whole request: certification type 3 on the Claim, and nothing asked for any more."""
    changed = deepcopy(bundle)
    claim = changed["entry"][0]["resource"]
    claim["extension"] = [*claim.get("extension", []), certification(CANCEL)]
    return changed


def certification(code: str = REVISED) -> Json:
    """The certification type extension."""
    return pas_extension("certificationType", valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, code))


def _submission(clinic: System, who: str, as_line: Any) -> Submission:
    plan = clinic.plan
    chart = plan.charts.by_patient[who]
    orders = [sign(order, chart.coverage, clinic.guide) for order in chart.orders]
    documents = tuple(each for each in chart.findings if each["resourceType"] != "Condition")
    base = f"{plan.ehr_url}/fhir"
    lines = tuple(as_line(order) for order in orders)
    return Submission(clinic.guide, trace(), chart, plan.charts.practice, lines, documents, NOW, base, sender=CLINIC_NPI, receiver=PAYER_NPI)
