"""The doors by which the page works: what the visit is about, forms, chart data, saving, next questions, sending. JSON in, JSON out.

Every call carries the visit's cookie and comes from our own page (Fetch metadata); what needs a token happens behind it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from fhir_pa.provider.clinician import forms, keeping, sending
from fhir_pa.provider.clinician.chart import OpenChart, person, told, told_form
from fhir_pa.provider.clinician.entering import KEY
from fhir_pa.provider.clinician.payers import Payer, payer_of
from fhir_pa.provider.clinician.told_by_payer import put_on_orders
from fhir_pa.provider.clinician.trouble import Trouble, ended
from fhir_pa.provider.clinician.visits import Visit, Visits
from fhir_pa.provider.crd.coverage_answer import read_order
from fhir_pa.provider.dtr.package import Package
from fhir_pa.provider.dtr.population import queries
from fhir_pa.provider.elements import reference
from fhir_pa.provider.keys import Keys
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json, many, text

SHELL = Path(__file__).parent / "page" / "index.html"
SEARCH = re.compile(r"[A-Z][A-Za-z]+\?[^#\s]+")


def working(payers: tuple[Payer, ...], keys: Keys, visits: Visits, now: Callable[[], datetime]) -> Blueprint:
    """Everything below ``/visits/{name}/``."""
    doors = Blueprint("working", __name__, url_prefix="/visits/<name>")

    def here(name: str) -> OpenChart:
        """The open chart of this call. Raises Trouble when the call is not from the visit's own page."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise Trouble(403, "app", "This call came from another site.", "Open the app again from the chart.")
        visit = visits.find(name, request.cookies.get(KEY, ""), now().timestamp())
        if visit is None:
            raise ended()
        return OpenChart(visit)

    @doors.get("/")
    def page(name: str) -> Response:
        return Response(SHELL.read_bytes(), content_type="text/html; charset=utf-8")

    @doors.get("/occasion")
    def occasion(name: str) -> Response:
        chart = here(name)
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
        return _json(
            {
                "patient": about,
                "clinician": who,
                "orders": [told(order) for order in chart.orders],
                "coverages": coverages,
                "begun": [told_form(form) for form in chart.begun()],
                "about": list(chart.visit.about),
                "resources": {"patient": patient, "user": chart.clinician},
                "today": now().date().isoformat(),
            }
        )

    @doors.post("/package")
    def package(name: str) -> Response:
        chart, asked = here(name), _body()
        coverage = chart.coverage(str(asked["coverage"]))
        orders = tuple(chart.order(str(each)) for each in asked["orders"])
        payer = payer_of(chart.payors(coverage), payers)
        fetched = forms.fetch(payer, coverage, orders)
        if not fetched.packages:
            words = " ".join(fetched.said) or "It named no form for these orders: no documentation is needed, or it is asked for in another way."
            raise Trouble(404, "payer", "The payer has no form for these orders.", words)
        return _handed(chart, payer, coverage, orders, fetched)

    @doors.post("/resumption")
    def resumption(name: str) -> Response:
        chart, asked = here(name), _body()
        form = chart.read(str(asked["form"]))
        about = told_form(form)["about"]
        coverage = next((each for each in chart.coverages if reference(each)["reference"] in about), None)
        if coverage is None:
            raise Trouble(422, "ehr", "This form names no coverage of the patient.", "Begin a new form for the order.")
        orders = tuple(each for each in chart.orders if reference(each)["reference"] in about)
        payer = payer_of(chart.payors(coverage), payers)
        saved = text(form, "meta", "lastUpdated") or now().isoformat()
        fetched = forms.fetch_again(payer, coverage, orders, _canonical(form), saved)
        if not fetched.packages or forms.is_over(fetched.packages[0], now().date()):
            keeping.keep(chart, {**form, "status": "stopped"}, now())
            raise Trouble(410, "payer", "This form is no longer in force.", "It was closed in the chart. Begin again to get the payer's new form.")
        answer = _handed(chart, payer, coverage, orders, fetched)
        body: Any = parse(answer.get_data())
        body["packages"] = [{**each, "response": form} for each in body["packages"][:1]]
        return _json(body)

    @doors.get("/chart")
    def data(name: str) -> Response:
        """What the libraries of the fetched forms require, and nothing else (DTR sec-3)."""
        chart = here(name)
        requirements = [each for package in chart.visit.packages.values() for each in package.data_requirements()]
        wanted = queries(requirements, chart.visit.patient, chart.visit.user.rpartition("/")[2], chart.orders)
        found = {reference(each)["reference"]: each for query in wanted for each in chart.search(query)}
        for order in chart.orders:
            found.setdefault(reference(order)["reference"], order)
        return _json({"resources": list(found.values())})

    @doors.post("/search")
    def candidates(name: str) -> Response:
        """Resources a form offers to point to (candidateExpression, referenceResource): one FHIR search in this chart."""
        chart, query = here(name), str(_body().get("query", ""))
        if not SEARCH.fullmatch(query):
            raise Trouble(400, "app", "This is no search in the chart.", "The form's expression must give a query such as Condition?patient=….")
        return _json({"resources": chart.search(query)[:50]})

    @doors.post("/next-question")
    def following(name: str) -> Response:
        chart, asked = here(name), _body()
        known, payer = _fetched(chart.visit, str(asked["canonical"]))
        return _json(forms.next_questions(payer, known, asked["response"]))

    @doors.get("/expansion")
    def expansion(name: str) -> Response:
        payer = _fetched(here(name).visit, request.args.get("canonical", ""))[1]
        return _json({"codes": forms.expand(payer, request.args.get("url", ""), request.args.get("filter", ""))})

    @doors.post("/problems")
    def problems(name: str) -> Response:
        asked = _body()
        payer = _fetched(here(name).visit, str(asked["canonical"]))[1]
        forms.report(payer, str(asked["canonical"]), [str(each)[:300] for each in asked["problems"]][:20], now())
        return _json({})

    @doors.post("/form")
    def save(name: str) -> Response:
        kept = keeping.keep(here(name), keeping.unsigned(_body()["response"]), now())
        return _json({"id": kept["id"], "meta": kept.get("meta", {}), "authored": kept.get("authored")})

    @doors.post("/completion")
    def complete(name: str) -> Response:
        chart, asked = here(name), _body()
        known, _ = _fetched(chart.visit, str(asked["canonical"]))
        form = keeping.unsigned({**asked["response"], "status": "completed"})
        questionnaire = next((each for each in many(form, "contained") if each.get("resourceType") == "Questionnaire"), known.questionnaire)
        if keeping.wants_signature(questionnaire):
            if asked.get("signed") is not True:
                raise Trouble(422, "app", "This form must be signed.", "Confirm above that the answers are yours, then finish again.")
            form = keeping.signed(chart, form, questionnaire, keys, now())
        kept = keeping.keep(chart, form, now())
        orders, trouble = put_on_orders(chart, kept)
        return _json({"response": kept, "orders": orders, "trouble": trouble})

    @doors.post("/authorization")
    def authorization(name: str) -> Response:
        chart, asked = here(name), _body()
        coverage = chart.coverage(str(asked["coverage"]))
        payer = payer_of(chart.payors(coverage), payers)
        services = tuple(sending.Service(str(each["order"]), _day(each.get("from")), _day(each.get("until"))) for each in asked["services"])
        finished = tuple(chart.read(str(each)) for each in asked["forms"])
        number = f"OAK-{now():%y%m%d}-{uuid.uuid4().hex[:6].upper()}"
        return _json(sending.send(chart, payer, coverage, services, finished, tuple(map(str, asked.get("evidence", ()))), number, now()))

    @doors.post("/end")
    def end(name: str) -> Response:
        here(name)
        visits.close(name)
        return _json({})

    return doors


def _handed(chart: OpenChart, payer: Payer, coverage: Json, orders: tuple[Json, ...], fetched: forms.Fetched) -> Response:
    """The packages for the page; the visit remembers them, and which payer each came from."""
    chart.visit.packages.update({package.canonical: package for package in fetched.packages})
    chart.visit.routes.update({package.canonical: payer for package in fetched.packages})
    ours = reference(coverage)["reference"]
    purposes = [purpose for order in orders for each in read_order(order) if each.coverage == ours for purpose in each.doc_purpose]
    purpose = next(iter(purposes), "withpa")
    packages = [forms.handed(package, payer, coverage, fetched.orders[package.canonical], chart.patient, purpose) for package in fetched.packages]
    return _json({"packages": packages, "said": list(fetched.said)})


def _fetched(visit: Visit, canonical: str) -> tuple[Package, Payer]:
    if canonical not in visit.packages:
        raise Trouble(404, "app", "This form was not fetched in this visit.", "Open the app again from the chart.")
    return visit.packages[canonical], visit.routes[canonical]


def _canonical(form: Json) -> str:
    """The payer's form a response was begun with; an adaptive one contains its own, derived from it."""
    named = str(form.get("questionnaire", ""))
    if not named.startswith("#"):
        return named
    own: Json = next((each for each in many(form, "contained") if f"#{each.get('id')}" == named), {})
    return str(next(iter(many(own, "derivedFrom")), own.get("url", "")))


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _body() -> Any:
    try:
        body = parse(request.get_data())
    except Refusal as error:
        raise Trouble(400, "app", "The page sent something unreadable.", str(error)) from None
    if not isinstance(body, dict) or not request.is_json:
        raise Trouble(400, "app", "The page sent something unreadable.", "Expected a JSON object.")
    return body


def _json(body: object) -> Response:
    return Response(dump(body), content_type="application/json")
