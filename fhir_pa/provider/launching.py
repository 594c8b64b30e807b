"""The EHR's own pages: the orders waiting to be signed, what payers ask for, and the launch of an app about them.

At signing the EHR asks the payer (CRD order-sign) and keeps what it writes on the orders, so that the app finds the
coverage information there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.elements import reference
from fhir_pa.provider.patients import Charts
from fhir_pa.provider.smart.grants import Context
from fhir_pa.provider.smart.server import AuthorizationServer
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extensions

Signing = Callable[[Chart], Mapping[str, Json]]
POLICY = "default-src 'none'; style-src 'self'; img-src data:; form-action *; frame-ancestors 'none'; base-uri 'none'"
PAGES = Path(__file__).parent / "smart" / "pages"


def launching(charts: Charts, authorization: AuthorizationServer, sign: Signing | None, home: str = "/") -> Blueprint:
    """The pages, their list at ``home``; ``sign`` returns the orders as the payer left them, by ``Type/id``."""
    doors = Blueprint("launching", __name__, template_folder=str(PAGES))

    @doors.after_request
    def safely(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    @doors.get(home)
    def waiting() -> str:
        return render_template("charts.html", charts=list(charts.by_patient.values()), apps=list(authorization.apps.values()))

    @doors.get("/ehr.css")
    def style() -> Response:
        return Response((PAGES / "ehr.css").read_bytes(), content_type="text/css")

    @doors.post("/launches")
    def launch() -> Response | tuple[str, int]:
        chart, app = charts.by_patient.get(request.form.get("patient", "")), authorization.apps.get(request.form.get("app", ""))
        if chart is None or app is None:
            return render_template("stopped.html", words="There is no such chart, or no such app."), 404
        patient = str(chart.patient["id"])
        if sign and not all(extensions(order, COVERAGE_INFORMATION) for order in chart.orders):
            for order in sign(chart).values():
                charts.keep(patient, order)
        chart = charts.by_patient[patient]
        tasks = tuple(f"Task/{name}" for name in request.form.getlist("task"))
        about = (*tasks, reference(chart.coverage)["reference"]) if tasks else tuple(reference(each)["reference"] for each in (chart.coverage, *chart.orders))
        user = reference(chart.clinician.practitioner)["reference"]
        return redirect(authorization.launch(app, Context(user, patient, str(chart.encounter["id"]), about)), 303)  # type: ignore[return-value]

    return doors
