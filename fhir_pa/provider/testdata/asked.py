"""Situations at order entry: the six hooks, each with its prefetch, and the forms that come with an order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, uuid5

from fhir_pa.provider.charts.chart import moment
from fhir_pa.provider.dtr.package import question
from fhir_pa.provider.elements import concept, reference
from fhir_pa.provider.testdata.clinic import GENERATIONS, SHORT_OF_OXYGEN, Clinic
from fhir_pa.provider.testdata.expectations import informed
from fhir_pa.provider.testdata.situation import Expected, Situation, Step
from ig_profiles.names import CPT
from ig_profiles.reading import Json

REQUESTED_VERSION = {"2.0.1": "2.0", "2.2": "2.2"}
VISIT, VISIT_LABEL = "99213", "Visit in the consulting rooms"
FORM = "home-oxygen"


def situations(clinic: Clinic) -> Iterator[Situation]:
    """A situation for each hook, and two for forms."""
    for hook, told in _hooks(clinic).items():
        call = Step(f"POST the {hook} call", f"/{GENERATIONS[clinic.guide]}/cds-services/{hook}-crd", told, as_="ehr", holds=informed(1))
        yield Situation(f"hook-{hook}", clinic.guide, f"Asked at {hook}: what the payer says of the order", (call,))
    chart = clinic.chart(SHORT_OF_OXYGEN)
    of_order = question(chart.coverage, chart.orders)
    yield _package(clinic, "package-of-order", "The form that comes with an order, its libraries and what the payer knows", of_order)
    named = question(chart.coverage, chart.orders, None, (f"http://fhir-pa.example/fhir/Questionnaire/{FORM}",))
    yield _package(clinic, "package-by-name", "A form asked for by its name", named)


def _package(clinic: Clinic, name: str, title: str, body: Json) -> Situation:
    forms = "parameter.resource.entry.resource.ofType(Questionnaire)"
    held = Expected("the form is in the package", f"{forms}.url.where(endsWith('/{FORM}')).exists()")
    compiled = "parameter.resource.entry.resource.ofType(Library).content.contentType.where($this = 'application/elm+json')"
    elm = Expected("its facts come compiled", f"{compiled}.exists()")
    return Situation(name, clinic.guide, title, (Step("POST the question", f"{clinic.fhir}/Questionnaire/$questionnaire-package", body, holds=(held, elm)),))


def _hooks(clinic: Clinic) -> Mapping[str, Json]:
    """The six calls about one patient, with everything prefetched, so that the payer need not ask the EHR."""
    chart, practice = clinic.chart(SHORT_OF_OXYGEN), clinic.charts.practice
    (order,) = chart.orders
    who, patient = reference(chart.clinician.practitioner)["reference"], chart.patient["id"]
    drafts = {"userId": who, "patientId": patient, "encounterId": chart.encounter["id"], "draftOrders": _bundle("collection", order)}
    visit = {**chart.encounter, "status": "planned", "type": [_visit()]}
    at_visit = {"userId": who, "patientId": patient, "encounterId": visit["id"]}
    appointment = {
        "resourceType": "Appointment",
        "id": "booked",
        "status": "proposed",
        "serviceType": [_visit()],
        "start": moment(clinic.today, 9),
        "end": moment(clinic.today, 10),
        "participant": [{"actor": reference(each), "status": "tentative"} for each in (chart.patient, chart.clinician.practitioner)],
    }
    at_hand = {"patient": chart.patient, "coverage": _bundle("searchset", chart.coverage)}
    named = {"dispatchedOrders": [reference(order)["reference"]], "performer": reference(practice.supplier)["reference"], "fulfillmentTasks": []}
    if clinic.guide == "2.0.1":
        named = {"order": named["dispatchedOrders"][0], "performer": named["performer"]}
    brought = {"deviceRequests": _bundle("searchset", order)} if clinic.guide == "2.2" else {"order": order}
    calls = {
        "order-sign": (drafts, {}),
        "order-select": ({**drafts, "selections": [reference(order)["reference"]]}, {}),
        "order-dispatch": ({"patientId": patient, **named}, brought),
        "appointment-book": ({**at_visit, "appointments": _bundle("collection", appointment)}, {}),
        "encounter-start": (at_visit, {"encounter": visit}),
        "encounter-discharge": (at_visit, {"encounter": {**visit, "status": "in-progress"}}),
    }
    return {hook: _call(clinic, hook, context, {**at_hand, **more}) for hook, (context, more) in calls.items()}


def _call(clinic: Clinic, hook: str, context: Json, prefetch: Json) -> Json:
    version = {"davinci-crd.requestedVersion": REQUESTED_VERSION[clinic.guide]}
    instance = str(uuid5(NAMESPACE_URL, f"{clinic.ehr_url}/{clinic.guide}/{hook}"))
    return {"hook": hook, "hookInstance": instance, "context": context, "prefetch": prefetch} | ({"extension": version} if clinic.guide == "2.2" else {})


def _visit() -> Json:
    return concept(CPT, VISIT, VISIT_LABEL)


def _bundle(kind: str, *resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": resource} for resource in resources]}
