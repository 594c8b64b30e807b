"""The three scenes: certified at once; pended and decided by a physician; denied in part, and reversed when the report came."""

from __future__ import annotations

from datetime import timedelta

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.charts.practice import CLINIC_NPI
from fhir_pa.provider.charts.surveillance import DAYS_SINCE_CT, DAYS_UNTIL_SCANS
from fhir_pa.provider.codes import AT_HOME, CERTIFIED, EQUIPMENT_RENTAL, NOT_CERTIFIED, OUTPATIENT_HOSPITAL, PENDED, SCAN
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import PasAnswer
from fhir_pa.provider.pas.submission import Line, Submission
from fhir_pa.provider.pas.subscription import subscription
from fhir_pa.provider.play.journey import Signed, ask_at_signing, document, hear, inquire, submit
from fhir_pa.provider.play.payer_file import ONCOLOGIST, PULMONOLOGIST, SECOND_ONCOLOGIST
from fhir_pa.provider.play.stage import Stage
from fhir_pa.provider.play.telling import findings
from fhir_pa.provider.wire import Wire
from ig_profiles.reading import Json

RENTAL_DAYS = 90
NOT_DOCUMENTED = "0V"
PHONE = "555-555-0143"


def subscribe(stage: Stage) -> None:
    """Before the scenes: a Subscription for the clinic's authorizations, and the payer's handshake."""
    tell = stage.narrator
    with tell.scene(f"Before the scenes: the clinic subscribes (guide {stage.guide})"):
        endpoint = f"{stage.ehr_url}/notifications/{stage.inbox}"
        created = stage.pas.subscribe(subscription(stage.guide, CLINIC_NPI, endpoint, stage.secret))
        tell.step("The provider's system proves itself (private_key_jwt) and creates a Subscription", created.took_ms)
        tell.check("its status is requested until the handshake", created.body["status"], "requested")
        handshake, waited = stage.wait_for_notice("handshake")
        tell.step("The payer shakes hands with the rest-hook", waited)
        tell.check("the handshake is about this Subscription", handshake["subscription"].rpartition("/")[2], created.body["id"])
        status, waited = stage.wait_for_status(created.body["id"], "active")
        tell.step("The Subscription becomes active", waited)
        tell.check("its status is active", status, "active")


def certified(stage: Stage) -> None:
    """Scene 1: everything the policy asks for is in the chart, so the answer is certified in the same exchange."""
    tell = stage.narrator
    with tell.scene("Scene 1, certified: Orla Penhallow needs oxygen at home"):
        chart = stage.charts.by_patient["orla-penhallow"]
        submission, answer = _oxygen(stage, chart, said={})
        item = answer.item(1)
        tell.check("the concentrator is certified in total", item.action, CERTIFIED)
        tell.require("it bears an authorization number", bool(item.number), "expected a number, got none")
        tell.check("it begins on the requested day", item.starts, str(stage.today))
        tell.require("its period has an end", bool(item.ends), "expected an end, got none")
        told = findings(item)
        tell.require("the finding of every criterion is told", {"treating_practitioner", "room_air", "hypoxemia"} <= set(told), f"told are {sorted(told)}")
        tell.check("the deciding finding is the low saturation at rest", told.get("group_1_rest.spo2"), "met")
        again = inquire(stage, submission, str(item.number))
        tell.check("the inquiry answers the same", _decisions(again), _decisions(answer))


def pended_then_certified(stage: Stage) -> None:
    """Scene 2: one percent above the line, so a physician decides, through the command line."""
    tell = stage.narrator
    with tell.scene("Scene 2, pended to final: Teodric Amble, saturation 89 % and no further finding"):
        chart = stage.charts.by_patient["teodric-amble"]
        submission, answer = _oxygen(stage, chart, said={"heart_failure_edema": False, "pulmonary_hypertension": False})
        item = answer.item(1)
        tell.check("the concentrator is pended in the same exchange", item.action, PENDED)
        tell.check("no authorization number is given yet", item.number, None)
        tell.check("the findings say what is not met", findings(item).get("hypoxemia"), "not met")
        number = _case(stage, answer, PULMONOLOGIST)
        because = "Falls to 84 % on stairs at home by the clinician's account; oxygen for 90 days, then a new test."

        def decide() -> None:
            printed, took = stage.desk.decide_by_command(PULMONOLOGIST, number, 1, "certify", because, ["group_2"])
            tell.step("Ada Quill, MD decides on the command line (fhir-pa reviews decide)", took)
            tell.asked(f"certify item 1 of {number}, because: {because}")
            tell.answered(printed.splitlines()[0] if printed else "nothing")

        noticed = hear(stage, decide, "certified by a physician")
        final = inquire(stage, submission, number)
        _same_as_noticed(stage, noticed, final)
        tell.check("the concentrator is certified now", final.actions, {1: CERTIFIED})
        tell.require("it bears an authorization number", bool(final.item(1).number), "expected a number, got none")
        tell.require("the physician's reason is told", any(because in note for note in final.item(1).notes), "the notes do not tell it")
        if stage.guide == "2.2":
            tell.check("the answer says that a person reviewed it", final.human, True)


def denied_then_reversed(stage: Stage) -> None:
    """Scene 3: three scans; one certified, two denied for want of a report, reversed by another physician when it arrived."""
    tell = stage.narrator
    with tell.scene("Scene 3, partial: Ilsabet Crane, three surveillance scans"):
        chart = stage.charts.by_patient["ilsabet-crane"]
        last = stage.today - timedelta(days=DAYS_SINCE_CT)
        signed = ask_at_signing(stage, chart, "three scans")
        forms = document(stage, chart, signed, {"chest_ct_on": last, "neck_ct_on": last})
        on = stage.today + timedelta(days=DAYS_UNTIL_SCANS)
        lines = tuple(Line(order, SCAN, OUTPATIENT_HOSPITAL, on) for order in _in_order(signed, chart))
        notes = tuple(item for item in chart.findings if item["resourceType"] == "DocumentReference")
        submission, answer = submit(stage, chart, lines, (*forms, *notes))
        tell.check("the brain scan is certified, the two others are pended", answer.actions, {1: CERTIFIED, 2: PENDED, 3: PENDED})
        number = _case(stage, answer, ONCOLOGIST)
        _deny(stage, number)
        denied = inquire(stage, submission, number)
        tell.check("one is certified, two are not", denied.actions, {1: CERTIFIED, 2: NOT_CERTIFIED, 3: NOT_CERTIFIED})
        for sequence in (2, 3):
            said = " ".join(denied.item(sequence).notes)
            tell.require(f"item {sequence} tells its reason", "result of the last" in said, "the notes do not tell it")
            tell.require(f"item {sequence} tells whom to call", PHONE in said, f"expected {PHONE} in the notes")
            tell.require(f"item {sequence} bears a coded reason", bool(denied.item(sequence).reasons), "expected a reason code, got none")
        _send_reports(stage, submission, answer)
        _reverse(stage, number)
        final = inquire(stage, submission, number)
        tell.check("all three are certified", final.actions, {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED})
        tell.check("what was certified first kept its number", final.item(1).number, answer.item(1).number)


def _oxygen(stage: Stage, chart: Chart, said: dict[str, bool]) -> tuple[Submission, PasAnswer]:
    signed = ask_at_signing(stage, chart, "an order for an oxygen concentrator (HCPCS E1390)")
    forms = document(stage, chart, signed, said)
    ends = stage.today + timedelta(days=RENTAL_DAYS - 1)
    lines = tuple(Line(order, EQUIPMENT_RENTAL, AT_HOME, stage.today, ends) for order in _in_order(signed, chart))
    notes = tuple(item for item in chart.findings if item["resourceType"] in ("Observation", "DocumentReference"))
    return submit(stage, chart, lines, (*forms, *notes))


def _in_order(signed: Signed, chart: Chart) -> list[Json]:
    return [signed.orders[f"{order['resourceType']}/{order['id']}"] for order in chart.orders]


def _case(stage: Stage, answer: PasAnswer, person: str) -> str:
    """The number of the case on the reviewer's worklist that this answer is about."""
    tell = stage.narrator
    listed = [case for case in stage.desk.worklist(person) if {case["number"], case.get("reference")} & set(answer.numbers)]
    tell.step("The case stands on the reviewers' worklist (GET /um/worklist)")
    tell.check("exactly once", len(listed), 1)
    return str(listed[0]["number"])


def _deny(stage: Stage, number: str) -> None:
    """Two signed denials over HTTP, one for each scan, because each rests on its own criterion."""
    for sequence, part in ((2, "chest"), (3, "neck")):
        because = f"The report of the last CT of the {part} is not on file, so the result of the last scan is not known."
        decision = {
            "items": [sequence],
            "decision": "deny",
            "because": because,
            "reason_code": NOT_DOCUMENTED,
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


def _send_reports(stage: Stage, submission: Submission, answer: PasAnswer) -> None:
    """The imaging centre's reports arrive at the clinic and go on to the payer."""
    tell = stage.narrator
    chest, neck = submission.chart.elsewhere
    for report in (chest, neck):
        Wire(stage.ehr_url).post(f"arrivals/{report['id']}", {}).expect(200)
    tracking = answer.identifier or {"value": answer.numbers[0]}

    def send() -> None:
        reply = stage.pas.attach(attachment_of(submission, tracking, {2: chest, 3: neck}))
        tell.step("The missing reports arrive and go to the payer ($submit-attachment)", reply.took_ms)
        tell.asked("two DocumentReferences, for items 2 and 3, final")

    send()


def _reverse(stage: Stage, number: str) -> None:
    """Another physician reopens both items over HTTP, certifies one over HTTP and one on the command line."""
    tell = stage.narrator
    because = "The reports of the last chest and neck scans have arrived: no growth, and the interval is kept."

    def reopen() -> None:
        reply = stage.desk.reopen(SECOND_ONCOLOGIST, number, (2, 3), because)
        tell.step("Tomas Halloway, MD, who had no part in the denial, reopens items 2 and 3 (HTTP)", reply.took_ms)
        tell.asked(because)

    def certify_by_http() -> None:
        decision = {"items": [2], "decision": "certify", "because": because}
        tell.step("He certifies item 2 (HTTP)", stage.desk.decide(SECOND_ONCOLOGIST, number, decision).took_ms)

    def certify_by_command() -> None:
        _, took = stage.desk.decide_by_command(SECOND_ONCOLOGIST, number, 3, "certify", because)
        tell.step("He certifies item 3 (fhir-pa reviews decide)", took)

    hear(stage, reopen, "reopened")
    hear(stage, certify_by_http, "item 2 certified")
    noticed = hear(stage, certify_by_command, "item 3 certified")
    if noticed:
        tell.check("the last notice says that all is certified", set(noticed.actions.values()), {CERTIFIED})


def _decisions(answer: PasAnswer) -> list[tuple[int, str, str | None, str | None, str | None]]:
    return [(item.sequence, item.action, item.number, item.starts, item.ends) for item in answer.items]


def _same_as_noticed(stage: Stage, noticed: PasAnswer | None, inquired: PasAnswer) -> None:
    if noticed:
        stage.narrator.check("notice and inquiry tell the same decision", _decisions(inquired), _decisions(noticed))


SCENES = (subscribe, certified, pended_then_certified, denied_then_reversed)
