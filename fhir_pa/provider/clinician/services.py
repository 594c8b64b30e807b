"""What an order asks the payer for: its X12 service type and place, and the days it covers, to be looked over before sending."""

from __future__ import annotations

from datetime import date, timedelta

from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.codes import AT_HOME, EQUIPMENT_RENTAL, IN_OFFICE, MEDICAL_CARE, OUTPATIENT_HOSPITAL, PHARMACY, SCAN
from fhir_pa.provider.pas.submission import Line
from ig_profiles.reading import Json, many, one, text

RENTAL_DAYS = 90
IMAGING = "363679005"
REQUESTABLE = ("DeviceRequest", "MedicationRequest", "ServiceRequest")


def line_of(order: Json, today: date, starts: date | None = None, ends: date | None = None) -> Line:
    """The requested service of one order; the days are the order's own unless the clinician said otherwise. Raises Trouble.

    >>> line_of({"resourceType": "DeviceRequest"}, date(2026, 11, 22)).ends
    datetime.date(2027, 2, 19)
    """
    begins = starts or planned(order) or today
    match order["resourceType"]:
        case "DeviceRequest":
            return Line(order, EQUIPMENT_RENTAL, AT_HOME, begins, ends or begins + timedelta(days=RENTAL_DAYS - 1))
        case "MedicationRequest":
            return Line(order, PHARMACY, IN_OFFICE, begins, ends)
        case kind if kind not in REQUESTABLE:
            words = "Finish the form and send later; the plan tells how it takes this kind of order."
            raise Trouble(422, "app", "This cannot be sent as an authorization request from here.", words)
        case _ if any(coding.get("code") == IMAGING for coding in many(order, "category", "coding")):
            return Line(order, SCAN, OUTPATIENT_HOSPITAL, begins, ends)
        case _:
            return Line(order, MEDICAL_CARE, IN_OFFICE, begins, ends)


def planned(order: Json) -> date | None:
    """The day the order itself is for, when it tells one."""
    said = one(order, "occurrenceTiming", "event") or text(order, "occurrenceDateTime") or text(order, "occurrencePeriod", "start")
    return date.fromisoformat(str(said)[:10]) if said else None
