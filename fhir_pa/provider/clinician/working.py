"""The doors by which the page works on a form: what the visit is about, packages, chart data, next questions, saving."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from fhir_pa.provider.clinician import forms, keeping
from fhir_pa.provider.clinician.asked import waiting
from fhir_pa.provider.clinician.chart import OpenChart, contexts
from fhir_pa.provider.clinician.doors import House, answered, heard, package_of
from fhir_pa.provider.clinician.measured import Form
from fhir_pa.provider.clinician.payers import Payer
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.clinician.words import person, told, told_form
from fhir_pa.provider.crd.coverage_answer import read_order
from fhir_pa.provider.dtr.population import drugs, queries
from fhir_pa.provider.elements import reference
from ig_profiles.json import parse
from ig_profiles.reading import Json, many, text

SHELL = Path(__file__).parent / "page" / "index.html"
SEARCH = re.compile(r"[A-Z][A-Za-z]+\?[^#\s]+")


def working(house: House) -> Blueprint:
    """The doors below ``/visits/{name}/`` until the form is filled."""
    doors = Blueprint("working", __name__, url_prefix="/visits/<name>")
    now = house.now

    @doors.get("/")
    def page(name: str) -> Response:
        return Response(SHELL.read_bytes(), content_type="text/html; charset=utf-8")

    @doors.get("/occasion")
    def occasion(name: str) -> Response:
        chart = house.chart(name)
        patient = chart.patient
        who = {"reference": chart.visit.user, "name": person(chart.clinician), "role": many(chart.role, "code", "coding")[:1]}
        coverages = [
            {
                "reference": reference(each)["reference"],
                "payer": ", ".join(str(text(payor, "name")) for payor in chart.payors(each)),
                "member": text(each, "subscriberId"),
            }
            for each in chart.coverages
        ]
        about: Json = {"reference": reference(patient)["reference"], "name": person(patient), "born": patient.get("birthDate"), "gender": patient.get("gender")}
        return answered(
            {
                "patient": about,
                "clinician": who,
                "orders": [told(order) for order in chart.orders],
                "coverages": coverages,
                "begun": [told_form(chart, form) for form in chart.begun()],
                "asked": waiting(chart),
                "about": list(chart.visit.about),
                "resources": {"patient": patient, "user": chart.clinician, **({"encounter": chart.encounter} if chart.encounter else {})},
                "today": now().date().isoformat(),
            }
        )

    @doors.post("/package")
    def package(name: str) -> Response:
        chart, asked = house.chart(name), heard()
        coverage = chart.coverage(str(asked["coverage"]))
        orders = tuple(chart.order(str(each)) for each in asked["orders"])
        payer = house.payer(chart, coverage)
        context = str(asked["context"]) if asked.get("context") else None
        house.about(chart, payer, orders, "cdexlaunch" if context else "crdlaunch" if any(read_order(order) for order in orders) else "salaunch")
        with house.acting(chart, "qpackage"):
            fetched = forms.fetch(payer, coverage, orders, chart.referenced, context, tuple(map(str, asked.get("forms", ()))))
        if not fetched.packages:
            words = " ".join(fetched.said) or "It named no form for these orders: no documentation is needed, or it is asked for in another way."
            raise Trouble(404, "payer", "The payer has no form for these orders.", words)
        return _handed(chart, payer, coverage, orders, fetched)

    @doors.post("/resumption")
    def resumption(name: str) -> Response:
        chart, asked = house.chart(name), heard()
        form = chart.read(str(asked["form"]))
        about = contexts(form)
        coverage = next((each for each in chart.coverages if reference(each)["reference"] in about), None)
        if coverage is None:
            raise Trouble(422, "ehr", "This form names no coverage of the patient.", "Begin a new form for the order.")
        orders = tuple(each for each in chart.orders if reference(each)["reference"] in about)
        payer = house.payer(chart, coverage)
        saved = text(form, "meta", "lastUpdated") or now().isoformat()
        house.about(chart, payer, orders, "relaunch")
        with house.acting(chart, "qpackage"):
            fetched = forms.fetch_again(payer, coverage, orders, _canonical(form), saved)
        if not fetched.packages or forms.is_over(fetched.packages[0], now().date()):
            keeping.keep(chart, {**form, "status": "stopped"}, now())
            raise Trouble(410, "payer", "This form is no longer in force.", "It was closed in the chart. Begin again to get the payer's new form.")
        answer = _handed(chart, payer, coverage, orders, fetched)
        body: Any = parse(answer.get_data())
        body["packages"] = [{**each, "response": form} for each in body["packages"][:1]]
        return answered(body)

    @doors.get("/chart")
    def data(name: str) -> Response:
        """What the libraries of the fetched forms require, and nothing else (DTR sec-3)."""
        chart = house.chart(name)
        requirements = [each for package in chart.visit.packages.values() for each in package.data_requirements()]
        wanted = queries(requirements, chart.visit.patient, chart.visit.user.rpartition("/")[2], chart.orders)
        with house.acting(chart, "mrquery") as measured:
            found = {reference(each)["reference"]: each for query in wanted for each in chart.look_up(query)}
            found |= {name: drug for name in drugs(requirements, found.values()) if (drug := chart.at_hand(name))}
            measured.read(found.values())
        for order in chart.orders:
            found.setdefault(reference(order)["reference"], order)
        return answered({"resources": list(found.values())})

    @doors.post("/search")
    def candidates(name: str) -> Response:
        """Resources a form offers to point to (candidateExpression, referenceResource): one FHIR search in this chart."""
        chart, query = house.chart(name), str(heard().get("query", ""))
        if not SEARCH.fullmatch(query):
            raise Trouble(400, "app", "This is no search in the chart.", "The form's expression must give a query such as Condition?patient=….")
        with house.acting(chart, "mrquery") as measured:
            found = chart.search(query)[:50]
            measured.read(found)
        return answered({"resources": found})

    @doors.get("/named-form")
    def named_form(name: str) -> Response:
        """A form that a question of a fetched form names (lookupQuestionnaire)."""
        payer = package_of(house.chart(name).visit, request.args.get("canonical", ""))[1]
        return answered({"questionnaire": forms.named_form(payer, request.args.get("url", ""))})

    @doors.post("/next-question")
    def following(name: str) -> Response:
        chart, asked = house.chart(name), heard()
        known, payer = package_of(chart.visit, str(asked["canonical"]))
        with house.acting(chart, "nextq", known.canonical):
            return answered(forms.next_questions(payer, known, asked["response"]))

    @doors.get("/expansion")
    def expansion(name: str) -> Response:
        known, payer = package_of(house.chart(name).visit, request.args.get("canonical", ""))
        return answered({"codes": forms.expand(payer, known.questionnaire, request.args.get("url", ""), request.args.get("filter", ""))})

    @doors.post("/problems")
    def problems(name: str) -> Response:
        chart, asked = house.chart(name), heard()
        known, payer = package_of(chart.visit, str(asked["canonical"]))
        chart.visit.measured.forms[known.canonical].failures += len(asked["problems"])
        forms.report(payer, str(asked["canonical"]), [str(each)[:300] for each in asked["problems"]][:20], now())
        return answered({})

    @doors.post("/form")
    def save(name: str) -> Response:
        chart = house.chart(name)
        with house.acting(chart, "storeqr"):
            kept = keeping.keep(chart, keeping.unsigned(heard()["response"]), now())
        return answered({"id": kept["id"], "meta": kept.get("meta", {}), "authored": kept.get("authored")})

    @doors.post("/end")
    def end(name: str) -> Response:
        house.chart(name)
        house.visits.close(name)
        return answered({})

    return doors


def _handed(chart: OpenChart, payer: Payer, coverage: Json, orders: tuple[Json, ...], fetched: forms.Fetched) -> Response:
    """The packages for the page; the visit remembers them, and which payer each came from."""
    chart.visit.packages.update({package.canonical: package for package in fetched.packages})
    chart.visit.routes.update({package.canonical: payer for package in fetched.packages})
    counted = {package.canonical: Form(forms.is_adaptive(package), bool(package.prefilled())) for package in fetched.packages}
    chart.visit.measured.forms.update(counted)
    ours = reference(coverage)["reference"]
    purposes = [purpose for order in orders for each in read_order(order) if each.coverage == ours for purpose in each.doc_purpose]
    purpose = next(iter(purposes), "withpa")
    packages = [forms.handed(package, payer, coverage, fetched.orders[package.canonical], chart.patient, purpose) for package in fetched.packages]
    return answered({"packages": packages, "said": list(fetched.said)})


def _canonical(form: Json) -> str:
    """The payer's form a response was begun with; an adaptive one contains its own, derived from it."""
    named = str(form.get("questionnaire", ""))
    if not named.startswith("#"):
        return named
    own: Json = next((each for each in many(form, "contained") if f"#{each.get('id')}" == named), {})
    return str(next(iter(many(own, "derivedFrom")), own.get("url", "")))
