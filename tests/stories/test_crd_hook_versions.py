"""Each hook in the version the guide names: what that version requires is enough, what it allows is taken, and one address serves every plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from fhir_pa.auth.directory import Member
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extension_value, extensions, many
from questionnaires.library import Shelf
from tests.cds_hooks.golden.charts import EVERYBODY, admission, brain_scan, scan_appointment
from tests.stories.asking import BORDERLINE, CANCER
from tests.stories.ehr import Ehr, searchset
from tests.stories.on_file import tables_holding
from tests.stories.parties import Plan, System

STAY = admission().encounter
(SCAN,) = brain_scan().orders
DOCTOR = "Practitioner/halvard-brisk"


def bundled(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def order() -> Json:
    (found,) = EVERYBODY.by_patient[BORDERLINE].orders
    return found


def task() -> Json:
    return {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "focus": {"reference": f"DeviceRequest/{order()['id']}"}}


# hook: version, whose chart, context the version requires, context it allows besides
VERSIONS: dict[str, tuple[str, str, Json, Json]] = {
    "order-sign": ("1.1", BORDERLINE, {"userId": DOCTOR, "patientId": BORDERLINE, "draftOrders": bundled(order())}, {"encounterId": "teodric-amble-visit"}),
    "order-select": (
        "1.0",
        BORDERLINE,
        {"userId": DOCTOR, "patientId": BORDERLINE, "selections": [f"DeviceRequest/{order()['id']}"], "draftOrders": bundled(order())},
        {"encounterId": "teodric-amble-visit"},
    ),
    "order-dispatch": (
        "1.0",
        BORDERLINE,
        {"patientId": BORDERLINE, "order": f"DeviceRequest/{order()['id']}", "performer": "Organization/fernhill-oxygen"},
        {"task": task()},
    ),
    "appointment-book": (
        "1.0",
        CANCER,
        {"userId": "Practitioner/noor-tamsin", "patientId": CANCER, "appointments": bundled(scan_appointment())},
        {"encounterId": "ilsabet-crane-visit"},
    ),
    "encounter-start": ("1.0", BORDERLINE, {"userId": DOCTOR, "patientId": BORDERLINE, "encounterId": STAY["id"]}, {}),
    "encounter-discharge": ("1.0", BORDERLINE, {"userId": DOCTOR, "patientId": BORDERLINE, "encounterId": STAY["id"]}, {}),
}


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    """The clinic's EHR, with a patient admitted and a scan signed."""
    charts = clinic.plan.charts.by_patient
    charts[BORDERLINE] = replace(charts[BORDERLINE], findings=(*charts[BORDERLINE].findings, STAY))
    charts[CANCER] = replace(charts[CANCER], orders=(SCAN, *charts[CANCER].orders[1:]))
    return Ehr(clinic)


def asked(ehr: Ehr, hook: str, context: Json, who: str, **more: Any) -> list[Json]:
    """The coverage information the hook is answered with."""
    call = {**ehr.call(who), "hook": hook, "context": context, **more}
    answered = ehr.send(call, f"{hook}-crd")
    assert answered.status_code == 200, answered.text
    return [each for resource in many(json.parse(answered.data), "systemActions", "resource") for each in extensions(resource, COVERAGE_INFORMATION)]


@pytest.mark.requirement("crd-2.0.1:168", "crd-2.0.1:170", "crd-2.0.1:185", "crd-2.0.1:196", "crd-2.0.1:204", "crd-2.0.1:208", "crd-2.0.1:217")
@pytest.mark.parametrize("hook", VERSIONS)
def test_what_the_version_of_a_hook_requires_is_enough_and_what_it_allows_changes_nothing_for_the_worse(hook: str, ehr: Ehr) -> None:
    version, who, required, allowed = VERSIONS[hook]
    (plain,) = asked(ehr, hook, required, who)
    (more,) = asked(ehr, hook, {**required, **allowed}, who)
    for told in (plain, more):
        assert extension_value(told, "covered") == "covered" and extension_value(told, "pa-needed") == "auth-needed"
    listed = json.parse(ehr.clinic.http.get(ehr.address("").rstrip("/")).data)["services"]
    (service,) = [each for each in listed if each["hook"] == hook]
    assert service["id"] == f"{hook}-crd"
    if hook != "order-dispatch":  # its fields were renamed since, and both namings are taken
        assert service.get("hookVersion", version) == version


@pytest.mark.requirement("crd-2.0.1:168")
@pytest.mark.parametrize(
    ("hook", "field"), [(hook, field) for hook, (*_, required, _) in VERSIONS.items() for field in required if field not in ("userId", "performer")]
)
def test_a_call_that_lacks_what_the_version_of_its_hook_requires_is_told_which(hook: str, field: str, ehr: Ehr) -> None:
    _, who, required, _ = VERSIONS[hook]
    call = {**ehr.call(who), "hook": hook, "context": {name: value for name, value in required.items() if name != field}}
    answered = ehr.send(call, f"{hook}-crd")
    known_as = "dispatchedOrders" if field == "order" else field
    assert answered.status_code in (400, 422) and f"context.{known_as} is missing" in answered.text


@pytest.mark.requirement("crd-2.0.1:27", "crd-2.2:found-15")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_one_address_answers_every_plan_and_line_of_business_each_by_its_own_policy(guide: str, plan: Plan) -> None:
    volumes = [volume for volume in plan.payer.shelf.volumes() if volume.edition.topic != "home_oxygen"]
    oxygen = plan.payer.shelf.volume("home_oxygen")
    free = replace(oxygen.edition, version="2026.1-erisa", lines_of_business=("commercial-erisa",), authorization="not needed", documentation=(), criteria=())
    strict = replace(oxygen.edition, lines_of_business=("medicare-advantage",))
    shelf = Shelf([*volumes, replace(oxygen, edition=strict), replace(oxygen, edition=free)])
    directory, system = plan.payer.directory, "http://larkfield.example/members"
    employed = Member("SYN-77", system, "Teodric Amble", date(1958, 1, 14), "commercial-erisa", covered_from=date(2026, 1, 1))
    settings = replace(plan.payer.settings, directory=replace(directory, members=(*directory.members, employed)))
    plan.payer = replace(plan.payer, shelf=shelf, settings=settings)
    ehr, chart = Ehr(System(plan, CLIENT_ID, guide)), plan.charts.by_patient[BORDERLINE]
    number = {**chart.coverage["identifier"][0], "value": "SYN-77"}
    other = {**chart.coverage, "identifier": [number], "subscriberId": "SYN-77"}
    patient = {**chart.patient, "identifier": [each for each in chart.patient["identifier"] if each["system"] != system]}
    told = {
        name: ehr.sign(BORDERLINE, prefetch={"patient": patient, "coverage": searchset(coverage)})[0].pa_needed
        for name, coverage in (("medicare-advantage", chart.coverage), ("commercial-erisa", other))
    }
    assert told == {"medicare-advantage": "auth-needed", "commercial-erisa": "no-auth"}


@pytest.mark.requirement("crd-2.0.1:94", "crd-2.2:sec-6")
def test_what_a_hook_brought_is_kept_in_the_log_of_calls_alone(ehr: Ehr) -> None:
    """The log is for audit; assertions, cards and measures hold numbers and codes, by which DTR knows what a form is for."""
    for hook, (_, who, required, allowed) in VERSIONS.items():
        asked(ehr, hook, {**required, **allowed}, who)
    plan = ehr.clinic.plan
    personal = ("Teodric", "Amble", "Ilsabet", "Sparrow Court", "1958-01-14", "teodric-amble-saturation", "555-555-0199")
    assert tables_holding(plan, *personal) == {"hook_calls"}
    with plan.payer.store.engine.connect() as connection:
        counted = connection.scalar(sa.text("select count(*) from hook_calls"))
    assert counted == len(VERSIONS), "nothing kept, nothing tested"
