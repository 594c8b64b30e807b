"""What the forms app counted of its sessions (DTRMetricData, DTR §metrics): a page of figures, and the data themselves as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template

from fhir_pa.provider.clinician.measures import read, summary
from ig_profiles.json import dump
from ig_profiles.reading import Json, many, text

MODES = {"crdlaunch": "after signing", "relaunch": "went on with a form", "cdexlaunch": "asked for by the payer", "salaunch": "opened by itself"}
WORDS = {
    "sessions": "sessions",
    "forms_finished": "forms finished",
    "found_of_asked": "of the questions asked were answered from chart and payer",
    "changed_by_clinicians": "of those answers changed by the clinician",
    "seconds_for_a_form": "seconds for a form, in the middle",
    "seconds_for_a_package": "seconds until the payer's form was there, in the middle",
    "calls_that_failed": "calls that failed",
    "faults_told_to_payers": "faults of forms told to the payer",
}


def session_pages(doors: Blueprint, folder: Path) -> None:
    """Add them to the pages of the test EHR; ``folder`` is where the forms apps keep their figures."""

    @doors.get("/sessions")
    def sessions() -> str:
        kept = read(folder)
        figures = [(_figure(name, value), WORDS[name]) for name, value in summary(kept).items() if value is not None]
        return render_template("test_ehr/sessions.html", figures=figures, sessions=[_told(each) for each in reversed(kept)], page="sessions")

    @doors.get("/sessions.json")
    def sessions_twin() -> Response:
        kept = read(folder)
        return Response(dump({"summary": summary(kept), "sessions": kept}), content_type="application/json")


def _figure(name: str, value: Any) -> str:
    return f"{value:.0%}" if name == "found_of_asked" else f"{value:g}"


def _told(session: Json) -> dict[str, Any]:
    """One session in words, and one row for each of its forms."""
    calls = many(session, "action")
    forms = [
        {
            "form": str(form["reference"]).rpartition("/")[2],
            "asked": form.get("enabledQuestions", 0),
            "found": form.get("autoPopulated", 0),
            "changed": sum(each["count"] for each in many(form, "roleInteraction") if each["roleAction"] == "override"),
            "time": form.get("elapsedTime", ""),
            "finished": bool(form.get("reviewPrior")),
        }
        for form in many(session, "questionnaire")
    ]
    began = (text(calls[0], "requestTime") or "")[11:19] if calls else ""
    return {"began": began, "mode": MODES.get(str(session.get("launchMode")), ""), "calls": len(calls), "forms": forms}
