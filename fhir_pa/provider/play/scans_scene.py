"""Scene 3: three scans; one certified, two denied for want of a report, reversed by another physician when it arrived."""

from __future__ import annotations

from datetime import timedelta

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.charts.surveillance import DAYS_SINCE_CT, DAYS_UNTIL_SCANS
from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, OUTPATIENT_HOSPITAL, PENDED, SCAN
from fhir_pa.provider.elements import identifier
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import PasAnswer
from fhir_pa.provider.pas.submission import TRACES, Line, Submission
from fhir_pa.provider.play.journey import ask_at_signing, document, hear, in_order, inquire, on_worklist, submit
from fhir_pa.provider.play.payer_file import ONCOLOGIST, SECOND_ONCOLOGIST
from fhir_pa.provider.play.stage import Stage
from fhir_pa.provider.play.telling import findings
from fhir_pa.provider.wire import Wire
from ig_profiles.reading import Json

DID_NOT_ARRIVE = "0P"
PHONE = "555-555-0143"


def denied_then_reversed(stage: Stage) -> None:
    """Scene 3: three scans; one certified, two denied for want of a report, reversed by another physician when it arrived."""
    tell = stage.narrator
    with tell.scene("Scene 3, partial: Ilsabet Crane, three surveillance scans"):
        chart = stage.charts.by_patient["ilsabet-crane"]
        last = stage.today - timedelta(days=DAYS_SINCE_CT)
        signed = ask_at_signing(stage, chart, "three scans")
        forms = document(stage, chart, signed, {"chest_ct_on": last, "neck_ct_on": last})
        on = stage.today + timedelta(days=DAYS_UNTIL_SCANS)
        lines = tuple(Line(order, SCAN, OUTPATIENT_HOSPITAL, on) for order in in_order(signed, chart, stage.guide))
        notes = tuple(item for item in chart.findings if item["resourceType"] == "DocumentReference")
        submission, answer = submit(stage, chart, lines, (*forms, *notes))
        tell.check("the brain scan is certified, the two others are pended", answer.actions, {1: CERTIFIED, 2: PENDED, 3: PENDED})
        number = on_worklist(stage, answer, ONCOLOGIST)
        _deny(stage, number)
        denied = inquire(stage, submission, number)
        tell.check("one is certified, two are not", denied.actions, {1: CERTIFIED, 2: NOT_CERTIFIED, 3: NOT_CERTIFIED})
        for sequence in (2, 3):
            said = " ".join(denied.item(sequence).notes)
            tell.require(f"item {sequence} tells its reason", "result of the last" in said, "the notes do not tell it")
            tell.require(f"item {sequence} tells whom to call", PHONE in said, f"expected {PHONE} in the notes")
            tell.require(f"item {sequence} bears a coded reason", bool(denied.item(sequence).reasons), "expected a reason code, got none")
        _send_reports(stage, chart, submission, answer)
        first = answer.item(1)
        _reverse(stage, number)
        final = inquire(stage, submission, number)
        tell.check("all three are certified", final.actions, {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED})
        told = {name: truth for sequence in (2, 3) for name, truth in findings(final.item(sequence)).items() if name.endswith("_report")}
        tell.check("the findings rest on the reports now", told, {"chest_ct_report": "met", "neck_ct_report": "met"})
        tell.check("what was certified first kept its number", final.item(1).number, first.number)
        tell.check("all three are certified for the same days", {(item.starts, item.ends) for item in final.items}, {(first.starts, first.ends)})


def _deny(stage: Stage, number: str) -> None:
    """Two signed denials over HTTP, one for each scan, because each rests on its own criterion."""
    for sequence, part in ((2, "chest"), (3, "neck")):
        because = f"The report of the last CT of the {part} is not on file, so the result of the last scan is not known."
        decision = {
            "items": [sequence],
            "decision": "deny",
            "because": because,
            "reason_code": DID_NOT_ARRIVE,
            "criteria": [f"{part}_ct_report"],
            "phone": PHONE,
        }

        def decide(decision: Json = decision) -> None:
            reply = stage.desk.decide(ONCOLOGIST, number, decision)
            stage.narrator.step("Ines Marrow, MD decides over HTTP (POST /um/authorizations/…/decisions)", reply.took_ms)
            stage.narrator.asked(f"deny item {decision['items'][0]} of {number}, because: {decision['because']}")

        noticed = hear(stage, decide, f"item {sequence} not certified")
        if noticed:
            said = " ".join(noticed.item(sequence).notes)
            stage.narrator.require("the notice names the reason and whom to call", because in said and PHONE in said, f"it says: {said}")


def _send_reports(stage: Stage, chart: Chart, submission: Submission, answer: PasAnswer) -> None:
    """The imaging centre's reports arrive at the clinic and go on to the payer, each under the control number it was asked under."""
    tell = stage.narrator
    controls = {asked.sequence: asked.control for asked in answer.asked}
    reports = dict(zip((2, 3), chart.elsewhere, strict=True))
    tell.require("the payer had asked for both reports", set(reports) <= set(controls), f"it asked for items {sorted(map(str, controls))}")
    for sequence, report in reports.items():
        Wire(stage.ehr_url).post(f"arrivals/{report['id']}", {}).expect(200)
        control = controls.get(sequence) or identifier(TRACES, submission.number)
        reply = stage.pas.attach(attachment_of(submission, control, {sequence: report}, final=sequence == max(reports)))
        tell.step(f"The report for item {sequence} arrives from the imaging centre and goes to the payer ($submit-attachment)", reply.took_ms)
        tell.asked(f"one DocumentReference under control number {control['value']}")


def _reverse(stage: Stage, number: str) -> None:
    """Another physician reopens both items over HTTP, certifies one over HTTP and one on the command line."""
    tell = stage.narrator
    because = "The reports of the last chest and neck scans have arrived: no growth, and the interval is kept."

    def reopen() -> None:
        reply = stage.desk.reopen(SECOND_ONCOLOGIST, number, (2, 3), because)
        tell.step("Tomas Halloway, MD, who had no part in the denial, reopens items 2 and 3 (HTTP)", reply.took_ms)
        tell.asked(because)

    def certify_by_http() -> None:
        reply = stage.desk.decide(SECOND_ONCOLOGIST, number, {"items": [2], "decision": "certify", "because": because})
        tell.step("He certifies item 2 (HTTP)", reply.took_ms)

    def certify_by_command() -> None:
        decision = {"items": [3], "decision": "certify", "because": because}
        case, took = stage.desk.decide_by_command(SECOND_ONCOLOGIST, number, decision)
        tell.step("He certifies item 3 (fhir-pa reviews decide)", took)
        tell.answered(f"{number} is {case['action']} now")

    hear(stage, reopen, "reopened")
    hear(stage, certify_by_http, "item 2 certified")
    noticed = hear(stage, certify_by_command, "item 3 certified")
    if noticed:
        tell.check("the last notice says that all is certified", set(noticed.actions.values()), {CERTIFIED})
