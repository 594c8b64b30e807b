"""The day that ``fhir-pa demo --keep`` leaves: something on every desk, brought about over HTTP, each with where to look and as whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from fhir_pa.provider.charts.of_the_day import ADMITTED, APPEALING, CALLED, DAYS_STAYED, ENDING, PENDED, QUESTIONED, STAYING
from fhir_pa.provider.charts.practice import CLINIC_NPI
from fhir_pa.provider.charts.surveillance import DAYS_SINCE_CT, DAYS_UNTIL_SCANS
from fhir_pa.provider.codes import AT_HOME, CERTIFIED, EQUIPMENT_RENTAL, OUTPATIENT_HOSPITAL, RESIDENTIAL_PLACE, SCAN, SUBSTANCE_USE_CARE
from fhir_pa.provider.codes import PENDED as PENDED_ACTION
from fhir_pa.provider.pas.submission import Line
from fhir_pa.provider.pas.update import appealing, with_documents
from fhir_pa.provider.play.asking import ask
from fhir_pa.provider.play.payer_file import CLERK, COORDINATOR, NURSE, ONCOLOGIST, PULMONOLOGIST, SECOND_ONCOLOGIST
from fhir_pa.provider.play.stage import Stage
from ig_profiles.reading import Json

RENTAL_DAYS, SHORT_RENTAL_DAYS, STAY_DAYS = 90, 10, 7
NOT_MET, DID_NOT_ARRIVE = "0F", "0P"
NO_SWELLING = {"heart_failure_edema": False, "pulmonary_hypertension": False}


@dataclass(frozen=True)
class Left:
    """One thing left: what it is, about whom, the number of its case, and at which address who finds it."""

    what: str
    patient: str
    number: str
    person: str
    path: str


def leave_a_day(stage: Stage) -> tuple[Left, ...]:
    """Everything of the day; what the payer refused is told as a failure, and the rest is there."""
    left = []
    for what, brought in DAY.items():
        try:
            left.append(brought(stage, what))
        except Exception as error:  # whatever one thing stumbles over, the others are worth leaving
            stage.narrator.fail(f"The day lacks this: {what}. {type(error).__name__}: {error}")
    return tuple(left)


def pended(stage: Stage, what: str) -> Left:
    """One percent above the line, documented in full: only a physician may say what follows."""
    number = _case(stage, ask(stage, PENDED, _rental(stage.today, RENTAL_DAYS), NO_SWELLING).must_be(PENDED_ACTION).number)
    return Left(what, PENDED, number, PULMONOLOGIST, f"/desk/cases/{number}")


def questioned(stage: Stage, what: str) -> Left:
    """An MRI asked for without its form: a nurse wants to know what was tried."""
    number = _case(stage, ask(stage, QUESTIONED, _scan(stage.today), None).must_be(PENDED_ACTION).number)
    words = "the notes of the guided exercise so far, with its first and last day"
    stage.desk.act(NURSE, f"authorizations/{number}/questions", {"items": [1], "words": words})
    return Left(what, QUESTIONED, number, NURSE, f"/desk/cases/{number}")


def to_be_called(stage: Stage, what: str) -> Left:
    """Three percent above the line: the physician intends a denial, and the treating clinician may call first."""
    number = _case(stage, ask(stage, CALLED, _rental(stage.today, RENTAL_DAYS), NO_SWELLING).must_be(PENDED_ACTION).number)
    because = "91 % at rest on room air is above the limit of 88 %, and no finding of heart or blood goes with it."
    decision = {"items": [1], "decision": "deny", "because": because, "reason_code": NOT_MET, "criteria": ["hypoxemia"], "phone": "555-555-0142"}
    stage.desk.decide(PULMONOLOGIST, number, decision)
    return Left(what, CALLED, number, COORDINATOR, "/practice/lists/calls")


def staying(stage: Stage, what: str) -> Left:
    """A week in residential treatment, certified some days ago: what the need is now is to be told by its seventh day."""
    from_day = stage.today - timedelta(days=DAYS_STAYED)
    until = from_day + timedelta(days=STAY_DAYS - 1)
    ratings = {"withdrawal": 1, "body": 1, "mind": 2, "engagement": 2, "return_to_use": 4, "home": 3}
    course = {"stage": "first", "lower_level": "failed_lately", "attends": True, "progress": "improving"}
    ending = {"discharge_on": stage.today + timedelta(days=24), "discharge_place_and_visit": True}

    def line(order: Json) -> Line:
        return Line(order, SUBSTANCE_USE_CARE, RESIDENTIAL_PLACE, from_day, until, STAY_DAYS, "days")

    asked = ask(stage, STAYING, line, {**ratings, **course, **ending}).must_be(CERTIFIED)
    return Left(what, STAYING, _case(stage, asked.number), COORDINATOR, "/practice/lists/stays")


def appealed(stage: Stage, what: str) -> Left:
    """A scan denied for want of the last report; the clinic appeals, and whoever denied it may not hear that."""
    said = {"chest_ct_on": stage.today - timedelta(days=DAYS_SINCE_CT)}
    asked = ask(stage, APPEALING, _scan(stage.today), said).must_be(PENDED_ACTION)
    number = _case(stage, asked.number)
    because = "The report of the last CT of the chest is not on file, so the result of the last scan is not known."
    decision: Json = {"items": [1], "decision": "deny", "because": because, "criteria": ["chest_ct_report"], "phone": "555-555-0143"}
    stage.desk.decide(ONCOLOGIST, number, {**decision, "reason_code": DID_NOT_ARRIVE})
    _, update = with_documents(asked.submission, stage.trace_number(), ())
    stage.pas.submit(appealing(update, "The scan was read as unchanged; the imaging centre sends its report again. Waiting longer puts her at risk."))
    return Left(what, APPEALING, number, SECOND_ONCOLOGIST, f"/desk/cases/{number}")


def ending(stage: Stage, what: str) -> Left:
    """Ten days of oxygen, certified at once: whoever needs it longer asks in time."""
    asked = ask(stage, ENDING, _rental(stage.today, SHORT_RENTAL_DAYS), {}).must_be(CERTIFIED)
    return Left(what, ENDING, _case(stage, asked.number), COORDINATOR, "/practice/lists/expiring")


def admitted(stage: Stage, what: str) -> Left:
    """The clinic's own ward tells of an emergency; its request is awaited."""
    patient, at = stage.charts.by_patient[ADMITTED], stage.at() - timedelta(hours=9)
    seen = {"what": "lactate 4.2 mmol/L, pressure 82/44", "at": at.isoformat(), "recorded_at": (at + timedelta(minutes=20)).isoformat()}
    notice = {"member": patient.coverage["subscriberId"], "facility_npi": CLINIC_NPI, "facility_name": "Oakwood Clinic", "admitted_at": at.isoformat()}
    number = stage.desk.admission({**notice, "diagnoses": ["A41.9"], "shown": [seen]}, stage.pas.token()).body["number"]
    return Left(what, ADMITTED, str(number), CLERK, f"/desk/admissions/{number}")


DAY: dict[str, Callable[[Stage, str], Left]] = {
    "a request pended for a physician": pended,
    "a nurse's question, not answered yet": questioned,
    "a call with the plan's physician, to be booked": to_be_called,
    "a stay whose review is due": staying,
    "an appeal, for another physician": appealed,
    "a certification that ends soon": ending,
    "an emergency admission, told of": admitted,
}


def _rental(today: date, days: int) -> Callable[[Json], Line]:
    return lambda order: Line(order, EQUIPMENT_RENTAL, AT_HOME, today, today + timedelta(days=days - 1))


def _scan(today: date) -> Callable[[Json], Line]:
    return lambda order: Line(order, SCAN, OUTPATIENT_HOSPITAL, today + timedelta(days=DAYS_UNTIL_SCANS))


def _case(stage: Stage, number: str) -> str:
    """The number by which the desk keeps the case."""
    return str(stage.desk.case(PULMONOLOGIST, number).body["number"])
