"""Scenes 1 and 2: home oxygen, certified in the same exchange; and one percent above the line, decided by a physician."""

from __future__ import annotations

from datetime import timedelta

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.codes import AT_HOME, CERTIFIED, EQUIPMENT_RENTAL, PENDED
from fhir_pa.provider.pas.claim_response import PasAnswer
from fhir_pa.provider.pas.submission import Line, Submission
from fhir_pa.provider.play.journey import ask_at_signing, document, hear, in_order, inquire, on_worklist, submit
from fhir_pa.provider.play.payer_file import PULMONOLOGIST
from fhir_pa.provider.play.stage import Stage
from fhir_pa.provider.play.telling import decisions, findings

RENTAL_DAYS = 90


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
        tell.check("the inquiry answers the same", decisions(again), decisions(answer))


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
        number = on_worklist(stage, answer, PULMONOLOGIST)
        because = "Falls to 84 % on stairs at home by the clinician's account; oxygen for 90 days, then a new test."
        period = {"from": item.starts or str(stage.today), "until": str(stage.today + timedelta(days=RENTAL_DAYS - 1))}
        decision = {"items": [1], "decision": "certify", "because": because, "criteria": ["group_2"], "authorized": period}

        def decide() -> None:
            case, took = stage.desk.decide_by_command(PULMONOLOGIST, number, decision)
            tell.step("Ada Quill, MD decides on the command line (fhir-pa reviews decide)", took)
            tell.asked(f"certify item 1 of {number}, because: {because}")
            tell.answered(f"{number} is {case['action']} now, signed by {case['items'][0]['determination']['signed_by']['name']}")

        noticed = hear(stage, decide, "certified by a physician")
        final = inquire(stage, submission, number)
        if noticed:
            tell.check("notice and inquiry tell the same decision", decisions(final), decisions(noticed))
        tell.check("the concentrator is certified now", final.actions, {1: CERTIFIED})
        tell.require("it bears an authorization number", bool(final.item(1).number), "expected a number, got none")
        tell.require("the physician's reason is told", any(because in note for note in final.item(1).notes), "the notes do not tell it")
        if stage.guide == "2.2":
            tell.check("the answer says that a person reviewed it", final.human, True)


def _oxygen(stage: Stage, chart: Chart, said: dict[str, bool]) -> tuple[Submission, PasAnswer]:
    signed = ask_at_signing(stage, chart, "an order for an oxygen concentrator (HCPCS E1390)")
    forms = document(stage, chart, signed, said)
    ends = stage.today + timedelta(days=RENTAL_DAYS - 1)
    lines = tuple(Line(order, EQUIPMENT_RENTAL, AT_HOME, stage.today, ends) for order in in_order(signed, chart, stage.guide))
    notes = tuple(item for item in chart.findings if item["resourceType"] in ("Observation", "DocumentReference"))
    return submit(stage, chart, lines, (*forms, *notes))
