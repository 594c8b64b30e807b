"""A hook call as the clinic's EHR makes it: its context, and its prefetch filled from the payer's own templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from uuid import NAMESPACE_URL, uuid5

from cds_hooks.dialect import Dialect
from cds_hooks.services import service
from fhir_pa.provider.cds_client import READ_SCOPES
from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.crd.prefetch import fill
from fhir_pa.provider.elements import reference
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.provider.search import bundle, search
from ig_profiles.reading import Json
from tests.cds_hooks.golden.charts import EVERYBODY, SUPPLIER, fulfillment

EHR = "https://ehr.oakwood.example"
NAMINGS: Mapping[str, str] = {
    "dispatchedOrders": "in CRD 2.2: dispatchedOrders and fulfillmentTasks",
    "dispatched-orders": "in the drafts of 2023: dispatched-orders and fulfillment-tasks",
    "order": "in the hook's version 1.0: order and task",
    "fulfillmentTask": "some clients do: dispatchedOrders and fulfillmentTask",
}
_TASKS = {"dispatchedOrders": "fulfillmentTasks", "dispatched-orders": "fulfillment-tasks"}


@dataclass(frozen=True)
class Call:
    """One call. ``also`` are drafts beside those selected; ``naming`` is how order-dispatch names what is dispatched."""

    hook: str
    dialect: Dialect
    chart: Chart = field(repr=False)
    appointment: Json | None = field(default=None, repr=False)
    also: tuple[Json, ...] = field(default=(), repr=False)
    naming: str = "dispatchedOrders"
    performer: Json = field(default_factory=lambda: SUPPLIER, repr=False)
    configuration: Mapping[str, bool | int] = field(default_factory=dict)


def body(call: Call, name: str) -> Json:
    """The JSON to POST; ``EHR`` and the access token stand for a running EHR and a token of its own."""
    patient = call.chart.patient["id"]
    context = {"userId": reference(call.chart.clinician.practitioner)["reference"], "patientId": patient, **_context(call)}
    if call.hook == "order-dispatch":
        del context["userId"]
    leave = {"access_token": f"leave-to-read-{patient}", "token_type": "Bearer", "expires_in": 300, "scope": READ_SCOPES, "subject": CLIENT_ID}
    extension: Json = {"davinci-crd.configuration": dict(call.configuration)} if call.configuration else {}
    if call.dialect != "2.0":
        extension["davinci-crd.requestedVersion"] = call.dialect
    asked = {
        "hook": call.hook,
        "hookInstance": str(uuid5(NAMESPACE_URL, f"{EHR}/{name}")),
        "fhirServer": f"{EHR}/fhir",
        "fhirAuthorization": leave,
        "context": context,
        "prefetch": _prefetch(call, context),
    }
    return {**asked, "extension": extension} if extension else asked


def _context(call: Call) -> Json:
    orders, visit = call.chart.orders, call.chart.encounter["id"]
    match call.hook:
        case "order-sign":
            return {"encounterId": visit, "draftOrders": _collected(orders)}
        case "order-select":
            return {"encounterId": visit, "draftOrders": _collected((*orders, *call.also)), "selections": [reference(each)["reference"] for each in orders]}
        case "order-dispatch":
            return _dispatched(call)
        case "appointment-book":
            return {"appointments": _collected((call.appointment,) if call.appointment else ())}
    return {"encounterId": visit}


def _dispatched(call: Call) -> Json:
    names = [reference(each)["reference"] for each in call.chart.orders]
    tasks = [fulfillment(each, call.performer) for each in call.chart.orders]
    sent_to = {"performer": reference(call.performer)["reference"]}
    if call.naming == "order":
        return {"order": names[0], **sent_to, "task": tasks[0]}
    if call.naming == "fulfillmentTask":
        return {"dispatchedOrders": names, **sent_to, "fulfillmentTask": tasks[0]}
    return {call.naming: names, **sent_to, _TASKS[call.naming]: tasks}


def _prefetch(call: Call, context: Json) -> Json:
    """What the clinic's EHR finds for the templates that discovery lists for this hook and dialect."""
    at_hand = [*EVERYBODY.practice.resources(), *call.chart.resources()]

    def read(name: str) -> Json | None:
        return next((each for each in at_hand if reference(each)["reference"] == name), None)

    def searched(query: str) -> Json:
        kind, _, asked = query.partition("?")
        wanted = {key: value for key, value in parse_qs(asked).items() if key != "status"}
        return bundle(search(at_hand, kind, wanted), f"{EHR}/fhir", f"{EHR}/fhir/{query}")

    return dict(fill(service(f"{call.hook}-crd").prefetch[call.dialect], context, read, searched))


def _collected(resources: tuple[Any, ...]) -> Json:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"{EHR}/fhir/{reference(each)['reference']}", "resource": each} for each in resources],
    }
