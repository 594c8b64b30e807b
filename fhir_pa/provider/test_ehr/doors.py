"""The pages of the test EHR: who can be ordered for, one patient's course, and what can be done there; each with a JSON twin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import requests
from flask import Blueprint, Response, abort, redirect, render_template, request

from fhir_pa.provider.pas.request import Unreachable
from fhir_pa.provider.smart.server import AuthorizationServer
from fhir_pa.provider.test_ehr import ordering, requesting
from fhir_pa.provider.test_ehr.catalogue import CATALOGUE
from fhir_pa.provider.test_ehr.clinic import Clinic
from fhir_pa.provider.test_ehr.course import Course
from fhir_pa.provider.test_ehr.reviewers import Reviewers
from fhir_pa.provider.test_ehr.safety import safely
from fhir_pa.provider.test_ehr.sessions import session_pages
from fhir_pa.provider.test_ehr.telling import STEPS, of_course, of_patient
from fhir_pa.provider.test_ehr.wire_pages import panel, wire_pages
from fhir_pa.provider.wire import WrongAnswer
from ig_profiles.json import dump
from ig_profiles.outcome import Refusal

Act = Callable[[Course], object]


def test_ehr(clinic: Clinic, authorization: AuthorizationServer, reviewers: Reviewers, measures: Path | None = None) -> Blueprint:
    """Everything a browser sees of the test EHR; ``reviewers`` tells where the other side of the wire works, ``measures`` is the
    folder of the forms apps' figures.
    """
    doors = Blueprint("test_ehr", __name__, template_folder="pages")
    wire_pages(doors, clinic)
    if measures:
        session_pages(doors, measures)
    safely(doors, tuple(side.app.launch_url.removesuffix("/launch") for side in clinic.sides.values()))

    @doors.get("/")
    def front() -> str:
        people = [(of_patient(clinic.chart(name)), person, _standing(clinic, name)) for name, person in clinic.people.items()]
        others = [of_patient(chart) for name, chart in clinic.charts.by_patient.items() if name not in clinic.people]
        return render_template(
            "test_ehr/front.html", people=people, others=others, catalogue=CATALOGUE, reviewers=reviewers.told(), measured=measures is not None, page="front"
        )

    @doors.get("/patients.json")
    def everybody() -> Response:
        return _json([{**of_patient(chart), "standing": _standing(clinic, name)} for name, chart in clinic.charts.by_patient.items()])

    @doors.get("/patients/<patient>")
    def patient_page(patient: str) -> str:
        chart, course = clinic.charts.by_patient.get(patient), clinic.courses.get(patient)
        if chart is None:
            abort(404)
        person = clinic.people.get(patient)
        told = of_course(clinic, course) if course else None
        chosen = person.order if person else ("oxygen",)
        exchanges = panel(clinic, patient)
        with_all = {"patient": of_patient(chart), "person": person, "course": told, "chosen": chosen, "steps": STEPS, "catalogue": _grouped(), **exchanges}
        return render_template("test_ehr/course.html", **with_all, reviewers=reviewers.told(), page="course", today=clinic.now().date())

    @doors.get("/patients/<patient>.json")
    def patient_twin(patient: str) -> Response:
        if patient not in clinic.charts.by_patient:
            abort(404)
        course = clinic.courses.get(patient)
        return _json({"patient": of_patient(clinic.chart(patient)), "course": of_course(clinic, course) if course else None})

    @doors.post("/patients/<patient>/order")
    def order(patient: str) -> Response:
        guide, services = request.form.get("guide", "2.2"), tuple(request.form.getlist("service"))
        if patient not in clinic.charts.by_patient or guide not in clinic.sides or not set(services) <= set(CATALOGUE):
            abort(404)
        unasked = request.form.get("unasked") == "yes"
        if not services:
            return _again(patient, "order")
        with clinic.lock:
            ordering.order(clinic, patient, guide, services, unasked)
        return done(patient, lambda course: ordering.sign(clinic, course), "answer")

    @doors.post("/patients/<patient>/sign")
    def sign(patient: str) -> Response:
        return done(patient, lambda course: ordering.sign(clinic, course), "answer")

    @doors.post("/patients/<patient>/cards/<card>/accept")
    def accept(patient: str, card: str) -> Response:
        return done(patient, lambda course: ordering.accept(clinic, course, card, request.form.get("suggestion", "")), "answer")

    @doors.post("/patients/<patient>/cards/<card>/decline")
    def decline(patient: str, card: str) -> Response:
        said = request.form.get("reason", ""), request.form.get("words", "").strip()[:500]
        return done(patient, lambda course: ordering.decline(clinic, course, card, *said), "answer")

    @doors.post("/patients/<patient>/launch")
    def launch(patient: str) -> Response:
        course = clinic.courses.get(patient)
        if course is None:
            abort(404)
        with clinic.lock:
            _tried(course, lambda course: requesting.subscribe(clinic, course.guide))
        return redirect(ordering.launch(clinic, course, authorization), 303)  # type: ignore[return-value]

    @doors.post("/patients/<patient>/submit")
    def submit(patient: str) -> Response:
        return done(patient, lambda course: requesting.submit(clinic, course, tuple(request.form.getlist("document"))), "decision")

    @doors.post("/patients/<patient>/inquire")
    def inquire(patient: str) -> Response:
        return done(patient, lambda course: requesting.inquire(clinic, requesting.newest(course)), "decision")

    @doors.post("/patients/<patient>/attach")
    def attach(patient: str) -> Response:
        item, document, words = (request.form.get(name, "").strip() for name in ("item", "document", "words"))
        return done(patient, lambda course: requesting.attach(clinic, course, int(item) if item.isdigit() else None, document, words[:2_000]), "decision")

    @doors.post("/patients/<patient>/update")
    def update(patient: str) -> Response:
        documents, starts = tuple(request.form.getlist("document")), request.form.get("starts", "")
        return done(patient, lambda course: requesting.update(clinic, course, documents, date.fromisoformat(starts) if starts else None), "decision")

    @doors.post("/patients/<patient>/withdraw")
    def withdraw(patient: str) -> Response:
        item = request.form.get("item", "")
        return done(patient, lambda course: requesting.withdraw(clinic, course, int(item) if item.isdigit() else None), "decision")

    def done(patient: str, act: Act, where: str) -> Response:
        """Do it, and show the page again at the step it is about; what went wrong is told there."""
        course = clinic.courses.get(patient)
        if course is None:
            abort(404)
        with clinic.lock:
            _tried(course, act)
        clinic.journal.ring()
        return _again(patient, where)

    return doors


def _tried(course: Course, act: Act) -> None:
    course.trouble = ""
    try:
        act(course)
    except (WrongAnswer, Unreachable, KeyError, ValueError, Refusal) as error:
        course.trouble = str(error.args[0] if error.args else error)
    except requests.RequestException:
        course.trouble = "The payer cannot be reached just now. Is it still running?"


def _again(patient: str, where: str) -> Response:
    return redirect(f"/patients/{patient}#{where}", 303)  # type: ignore[return-value]


def _standing(clinic: Clinic, patient: str) -> str | None:
    course = clinic.courses.get(patient)
    return None if course is None else course.request.standing if course.request else "ordered"


def _grouped() -> dict[str, list[object]]:
    groups: dict[str, list[object]] = {}
    for service in CATALOGUE.values():
        groups.setdefault(service.group, []).append(service)
    return groups


def _json(body: object) -> Response:
    return Response(dump(body), content_type="application/json")
