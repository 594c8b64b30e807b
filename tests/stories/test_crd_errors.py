"""Every row of the table of errors, over HTTP in both dialects: the status, the OperationOutcome, and what it tells to do (crd.md §1.13).

What a payer can answer all the same it answers, with a warning beside; a strict payer refuses it with the guides' statuses.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from fhir_pa.operations.hooks.hook import FINDINGS
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.names import NPI
from ig_profiles.reading import Json, many
from tests.stories.asking import SHORT_OF_OXYGEN
from tests.stories.ehr import SIGNING, Ehr, searchset
from tests.stories.parties import Plan, System

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Row:
    """One way a call is wrong: its status in 2.0.1 and 2.2, and, where refused, the issue's code and words that tell how to mend it."""

    call: Callable[[Ehr], Any]
    statuses: tuple[int, int]
    code: str = ""
    mend: str = ""
    strict: bool = False
    service: str = SIGNING
    headers: dict[str, str] = field(default_factory=dict)


def changed(**fields: Any) -> Callable[[Ehr], Json]:
    """A good call but for these fields; None leaves one out."""
    return lambda ehr: ehr.call(**fields)


def context(**fields: Any) -> Callable[[Ehr], Json]:
    """A good call but for these fields of its context."""

    def call(ehr: Ehr) -> Json:
        body = ehr.call()
        body["context"] = {name: value for name, value in {**body["context"], **fields}.items() if value is not None}
        return body

    return call


def order(**fields: Any) -> Callable[[Ehr], Json]:
    """A good call but for these elements of its orders; None leaves one out."""

    def call(ehr: Ehr) -> Json:
        body = deepcopy(ehr.call())
        for entry in body["context"]["draftOrders"]["entry"]:
            entry["resource"] = {name: value for name, value in {**entry["resource"], **fields}.items() if value is not None}
        return body

    return call


def covered(*changes: Json, leave: bool = False) -> Callable[[Ehr], Json]:
    """A call with one Coverage prefetched for each of these changes to the patient's; the EHR lets nobody query more."""

    def call(ehr: Ehr) -> Json:
        chart = ehr.clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
        prefetch = {"patient": chart.patient, "coverage": searchset(*({**chart.coverage, **change} for change in changes))}
        return ehr.call(prefetch=prefetch, **({} if leave else {"fhirAuthorization": None}))

    return call


def encounter_start(ehr: Ehr) -> Json:
    """A supporting hook with nothing prefetched and no leave to query."""
    body = ehr.call(prefetch={}, fhirAuthorization=None)
    kept = {name: body["context"][name] for name in ("userId", "patientId", "encounterId")}
    return {**body, "hook": "encounter-start", "context": kept}


THEIRS = {"payor": [{"identifier": {"system": NPI, "value": "9000000023"}}]}
NAMELESS = {"payor": [{"display": "Some insurer"}]}

ROWS = {
    "not JSON": Row(lambda ehr: b'{"hook": "order-sign", ', (400, 400), "structure"),
    "a list": Row(lambda ehr: [], (400, 400), "structure", "Send one CDS Hooks request"),
    "no hook": Row(changed(hook=None), (422, 400), "required", 'Add "hook": "order-sign"'),
    "no context": Row(changed(context=None), (422, 400), "structure", "needs an object with"),
    "context of the wrong kind": Row(changed(context="draft"), (422, 400), "structure", "needs an object with"),
    "no patient in the context": Row(context(patientId=None), (422, 400), "required", "Send a string"),
    "draft orders that are no Bundle": Row(context(draftOrders={"resourceType": "DeviceRequest"}), (422, 400), "structure", "Send a FHIR Bundle"),
    "another hook than the service's": Row(changed(hook="order-select"), (400, 400), "value", "Call order-select-crd, or send hook order-sign"),
    "an unknown service": Row(changed(), (404, 404), "not-found", "cds-services lists them", service="order-sign-of-old"),
    "a version we do not speak": Row(changed(extension={"davinci-crd.requestedVersion": "1.0"}), (422, 422), "not-supported", "Ask for one of 2.0, 2.1, 2.2"),
    "another payer's coverage": Row(covered(THEIRS), (200, 400), "not-supported", "Send the call to that payer's CRD service"),
    "several coverages with us": Row(covered({"id": "a"}, {"id": "b"}), (200, 400), "multiple-matches", "Send the one the order is for"),
    "a coverage that names no payer": Row(covered(NAMELESS), (200, 200)),
    "a coverage that names no payer, strictly": Row(covered(NAMELESS), (200, 400), "not-supported", "Give Coverage.payor our identifier", strict=True),
    "no coverage sent, none to be had": Row(changed(prefetch={}, fhirAuthorization=None), (412, 412), "required", "Send it as prefetch, or fhirServer"),
    "no coverage on file at the EHR": Row(covered(), (412, 400), "", ""),
    "no coverage at a supporting hook": Row(encounter_start, (200, 412), "required", "Send it as prefetch", service="encounter-start-crd"),
    "an unknown member": Row(covered({"subscriberId": "SYN-99", "identifier": []}), (200, 200)),
    "no encounter, no clinician": Row(context(encounterId=None, userId=None), (200, 200)),
    "a bad code in an order": Row(order(status="bogus"), (200, 200)),
    "a bad code in an order, strictly": Row(order(status="bogus"), (422, 400), "code-invalid", "not in the value set", strict=True),
    "an element FHIR lacks, strictly": Row(order(colour="red"), (422, 400), "structure", "Remove it", strict=True),
    "an order short of CRD's profile": Row(order(authoredOn=None), (200, 200)),
    "an order short of CRD's profile, strictly": Row(order(authoredOn=None), (422, 422), "required", "authoredOn is missing", strict=True),
    "an order short of both, strictly": Row(order(authoredOn=None, status="bogus"), (422, 400), "", "", strict=True),
    "a sound order, strictly": Row(changed(), (200, 200), strict=True),
    "not JSON by its Content-Type": Row(changed(), (415, 415), "not-supported", "Send application/json", headers={"Content-Type": "text/plain"}),
    "an answer in XML wanted": Row(changed(), (406, 406), "not-supported", "Accept application/", headers={"Accept": "application/xml"}),
    "a body too long": Row(lambda ehr: b" " * 10_000_000 + b"{" * 1_000_000, (413, 413), "too-long"),
    "no token": Row(changed(), (401, 401), "login", "", headers={"Authorization": ""}),
}


def asked(plan: Plan, guide: str, row: Row) -> TestResponse:
    if row.strict:
        plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, validation="strict"))
    ehr = Ehr(System(plan, CLIENT_ID, guide))
    body, address = row.call(ehr), ehr.address(row.service)
    data = body if isinstance(body, bytes) else json.dump(body)
    proof = {"Authorization": f"Bearer {ehr.token(address)}"}
    return ehr.clinic.http.post(address, data=data, headers={**JSON, **proof, **row.headers})


@pytest.mark.requirement("crd-2.0.1:158", "crd-2.0.1:162", "crd-2.0.1:163", "crd-2.2:hook-9", "crd-2.2:hook-10", "crd-2.2:hook-13")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_a_call_has_the_status_of_the_table_and_is_told_how_to_mend_it(plan: Plan, guide: str, row: Row) -> None:
    answer = asked(plan, guide, row)
    said = json.parse(answer.data)
    assert answer.status_code == row.statuses[guide == "2.2"], said
    if answer.status_code == 200:
        assert isinstance(said["cards"], list)
        return
    assert said["resourceType"] == "OperationOutcome" and answer.mimetype in ("application/json", "application/fhir+json")
    issues = said["issue"]
    assert {issue["severity"] for issue in issues} <= {"error", "fatal"}
    assert not row.code or row.code in {issue["code"] for issue in issues}, issues
    assert not row.mend or row.mend in " ".join(issue["details"]["text"] for issue in issues), issues


@pytest.mark.requirement("crd-2.2:conf-12")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_what_a_tolerant_payer_answers_all_the_same_it_tells_beside_the_answer(plan: Plan, guide: str) -> None:
    said = json.parse(asked(plan, guide, Row(order(status="bogus"), (200, 200))).data)
    found, *_ = [issue for issue in said["extension"][FINDINGS]["issue"] if "bogus" in issue["details"]["text"]]
    assert (found["severity"], found["expression"]) == ("warning", ["context.draftOrders.entry[0].resource.status"])


def test_strictness_with_one_client_leaves_the_others_alone(plan: Plan) -> None:
    directory = plan.payer.directory
    strict = tuple(replace(client, validation="strict") if client.id == CLIENT_ID else client for client in directory.clients)
    row = Row(order(authoredOn=None), (200, 200))
    assert asked(plan, "2.2", row).status_code == 200
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=replace(directory, clients=strict)))
    del plan.application
    assert asked(plan, "2.2", row).status_code == 422


def test_an_order_that_bears_our_answer_already_is_no_breach_to_a_strict_payer(plan: Plan) -> None:
    """2.0.1 forgot two types in the places its extension may stand; what we wrote ourselves is never held against the EHR."""
    for guide in ("2.0.1", "2.2"):
        answered = json.parse(asked(plan, guide, Row(changed(), (200, 200))).data)
        orders = searchset(*many(answered, "systemActions", "resource"))
        assert many(orders, "entry", "resource", "extension")
        again = asked(plan, guide, Row(context(draftOrders=orders), (200, 200), strict=True))
        assert again.status_code == 200, again.text
