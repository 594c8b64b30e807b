"""The doors by which the page finishes: complete and sign a form, and hand it over to the payer."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, Response

from fhir_pa.provider.clinician import keeping, sending
from fhir_pa.provider.clinician.doors import House, answered, heard, package_of
from fhir_pa.provider.clinician.told_by_payer import put_on_orders
from fhir_pa.provider.clinician.trouble import Trouble
from ig_profiles.reading import many


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
        return answered(sending.send(chart, payer, coverage, services, finished, tuple(map(str, asked.get("evidence", ()))), number, now(), house.sent))

    return doors


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
