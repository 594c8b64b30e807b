"""The doors by which the page finishes: complete and sign a form, and hand it over to the payer."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from flask import Blueprint, Response, request

from fhir_pa.provider.clinician import asked as asking
from fhir_pa.provider.clinician import keeping, sending
from fhir_pa.provider.clinician.chart import OpenChart
from fhir_pa.provider.clinician.doors import House, answered, heard, package_of
from fhir_pa.provider.clinician.objecting import object_to
from fhir_pa.provider.clinician.told_by_payer import put_on_orders
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.clinician.words import told
from fhir_pa.provider.dtr.qr_bundle import qr_bundle
from fhir_pa.provider.pas.claim_response import read_bundle
from ig_profiles.json import dump
from ig_profiles.reading import Json, many


def finishing(house: House) -> Blueprint:
    """The doors below ``/visits/{name}/`` from the filled form on."""
    doors = Blueprint("finishing", __name__, url_prefix="/visits/<name>")
    now = house.now

    @doors.post("/completion")
    def complete(name: str) -> Response:
        chart, asked = house.chart(name), heard()
        known, _ = package_of(chart.visit, str(asked["canonical"]))
        form = keeping.unsigned({**asked["response"], "status": "completed"})
        questionnaire = next((each for each in many(form, "contained") if each.get("resourceType") == "Questionnaire"), known.questionnaire)
        if keeping.wants_signature(questionnaire):
            if asked.get("signed") is not True:
                raise Trouble(422, "app", "This form must be signed.", "Confirm above that the answers are yours, then finish again.")
            form = keeping.signed(chart, form, questionnaire, house.keys, now())
        chart.visit.measured.responded(known.canonical, asked.get("measure") or {}, now())
        with house.acting(chart, "storeqr", known.canonical):
            kept = keeping.keep(chart, form, now())
        orders, trouble = put_on_orders(chart, kept)
        return answered({"response": kept, "orders": orders, "trouble": trouble})

    @doors.post("/authorization")
    def authorization(name: str) -> Response:
        chart, asked = house.chart(name), heard()
        coverage = chart.coverage(str(asked["coverage"]))
        payer = house.payer(chart, coverage)
        services = tuple(sending.Service(str(each["order"]), _day(each.get("from")), _day(each.get("until"))) for each in asked["services"])
        finished = tuple(chart.read(str(each)) for each in asked["forms"])
        number = f"OAK-{now():%y%m%d}-{uuid.uuid4().hex[:6].upper()}"
        evidence = tuple(map(str, asked.get("evidence", ())))
        outcome, response = sending.send(chart, payer, coverage, services, finished, evidence, number, now(), house.sent)
        return answered({**outcome, "asked": [*_documents(response), *_forms(chart, response, services, now())]})

    @doors.post("/answer")
    def answer(name: str) -> Response:
        """A form the payer asked for goes to it under the number it gave."""
        chart, asked = house.chart(name), heard()
        coverage = chart.coverage(str(asked["coverage"]))
        return answered({"words": asking.answer(chart, house.payer(chart, coverage), coverage, asked["asked"], chart.read(str(asked["form"])), now())})

    @doors.post("/papers")
    def papers(name: str) -> Response:
        """Documents of the chart that the payer asked for go to it under the number it gave."""
        chart, asked = house.chart(name), heard()
        coverage = chart.coverage(str(asked["coverage"]))
        documents = [chart.read(str(each)) for each in asked["documents"] if str(each).startswith(sending.ACCOMPANYING)]
        if not documents:
            raise Trouble(400, "app", "Choose a document first.", "Nothing was sent.")
        return answered({"words": asking.attach(chart, house.payer(chart, coverage), coverage, asked["asked"], tuple(documents), now())})

    @doors.get("/bundle")
    def bundle(name: str) -> Response:
        """A finished form in one file, for whoever performs the order."""
        chart = house.chart(name)
        form = chart.read(request.args.get("form", ""))
        file = Response(dump(qr_bundle(form, chart.visit.issuer, chart.read, now())), content_type="application/fhir+json")
        file.headers["Content-Disposition"] = 'attachment; filename="form-bundle.json"'
        return file

    @doors.post("/objection")
    def objection(name: str) -> Response:
        """The clinician does not hold with an authorization number (spec-44)."""
        chart, asked = house.chart(name), heard()
        order = object_to(chart, str(asked["order"]), str(asked["number"]), str(asked.get("because", "")).strip()[:200], now())
        return answered({"order": told(order)})

    return doors


def _documents(response: Json) -> list[Json]:
    """The documents a PAS answer asks for, in its words."""
    forms = {each.context for each in asking.asked_by(response)}
    wanted = (each for each in read_bundle(response).asked if each.control.get("value") not in forms)
    return [{"words": each.words, "context": None, "tracking": each.control or None, "sequence": each.sequence or 1} for each in wanted]


def _forms(chart: OpenChart, response: Json, services: tuple[sending.Service, ...], at: datetime) -> list[Json]:
    """The forms it asks for; each is kept in the chart, where the EHR keeps Tasks, and offered here in any case."""
    found = []
    for each in asking.asked_by(response):
        order = services[min(each.sequence, len(services)) - 1].order
        try:
            task = asking.keep(chart, each, order, at)
        except Trouble:
            task = {"focus": {"reference": order}}
        found.append(asking.told(each, task))
    return found


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
