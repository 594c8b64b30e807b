"""An EHR asks over HTTP, at signing, what orders need: answered at once, kept for disputes, and never with a token on file."""

from __future__ import annotations

import uuid
from copy import deepcopy
from typing import Any

import pytest

from fhir_pa.provider.crd.coverage_answer import orders_answered, read_order
from ig_profiles import json
from ig_profiles.reading import Json, many
from tests.stories.asking import BORDERLINE, CANCER, SHORT_OF_OXYGEN
from tests.stories.ehr import SIGNING, Ehr, said, searchset
from tests.stories.on_file import everything_on_file
from tests.stories.parties import SUPPLIER, System

FORMS = "http://fhir-pa.example/fhir/Questionnaire/"
ALLOWED = "https://ehr.oakwood.example"
STRANGER = "https://stranger.example"


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    return Ehr(clinic)


def test_at_signing_an_order_whose_chart_leaves_something_open_comes_back_with_what_it_needs(ehr: Ehr) -> None:
    scans = ehr.sign(CANCER)
    assert len(scans) == 3
    for form, answers in (("home-oxygen", ehr.sign(BORDERLINE)), ("surveillance-imaging", scans[1:])):
        for each in answers:
            assert (each.covered, each.pa_needed, each.doc_needed) == ("covered", "auth-needed", ("clinical",))
            assert each.questionnaires == (f"{FORMS}{form}|2026.1",) and each.assertion_id


@pytest.mark.trap(23)
def test_the_same_order_keeps_its_assertion_id_and_every_other_has_its_own(ehr: Ehr) -> None:
    first, again, other = (ehr.sign(who)[0].assertion_id for who in (SHORT_OF_OXYGEN, SHORT_OF_OXYGEN, BORDERLINE))
    assert first == again != other
    assert len({each.assertion_id for each in ehr.sign(CANCER)}) == 3


@pytest.mark.trap(23)
@pytest.mark.requirement("crd-2.0.1:264", "crd-2.0.1:265", "crd-2.2:resp-32")
def test_an_order_annotated_under_two_coverages_bears_an_assertion_id_for_each(ehr: Ehr) -> None:
    chart = ehr.clinic.plan.charts.by_patient[BORDERLINE]
    second = {**chart.coverage, "id": "second-card"}

    def annotated(order: Json, coverage: Json) -> Json:
        mine = {**order, "insurance": [{"reference": f"Coverage/{coverage['id']}"}]}
        call = ehr.call(BORDERLINE, prefetch={"patient": chart.patient, "coverage": searchset(coverage)})
        call["context"]["draftOrders"]["entry"] = [{"resource": mine}]
        orders = orders_answered(ehr.ask(call))
        return orders.get(f"{order['resourceType']}/{order['id']}", mine)

    once = annotated(chart.orders[0], chart.coverage)
    both = annotated(once, second)
    ids = {each.coverage: each.assertion_id for each in read_order(both)}
    assert sorted(ids) == sorted(f"Coverage/{each['id']}" for each in (chart.coverage, second)) and len(set(ids.values())) == 2
    again = read_order(annotated(both, chart.coverage))
    assert {each.coverage: each.assertion_id for each in again} == ids and len(again) == 2


@pytest.mark.trap(37)
@pytest.mark.requirement("crd-2.0.1:76", "crd-2.2:found-37")
def test_the_call_and_its_answer_are_kept_without_any_token(ehr: Ehr) -> None:
    sent = ehr.call(prefetch={})
    answer = ehr.ask(sent)
    with ehr.clinic.plan.payer.store.reading() as tx:
        (kept,) = tx.hook_calls(ehr.clinic.client, sent["hookInstance"])
    assert kept.answer == answer
    assert kept.request == {name: value for name, value in sent.items() if name != "fhirAuthorization"}
    on_file = everything_on_file(ehr.clinic.plan)
    assert kept.hook_instance in on_file and "draftOrders" in on_file
    assert sent["fhirAuthorization"]["access_token"] not in on_file and "eyJ" not in on_file


def test_nobody_asks_without_a_token_signed_for_that_address_by_a_registered_ehr(ehr: Ehr) -> None:
    address, body = ehr.address(), json.dump(ehr.call())
    good_until_now = int(ehr.clinic.plan.clock().timestamp())
    wrong = {
        "no token": None,
        "a token for another address": ehr.token(ehr.address("order-select-crd")),
        "another issuer": ehr.token(address, issuer=STRANGER),
        "keys of an unregistered place": ehr.token(address, jwks_url=f"{STRANGER}/jwks.json"),
        "an expired token": ehr.token(address, now=good_until_now - 3600),
        "another system's key": Ehr(System(ehr.clinic.plan, SUPPLIER, ehr.clinic.guide)).token(address),
        "a token for FHIR": ehr.clinic.proof()["Authorization"].removeprefix("Bearer "),
    }
    for what, token in wrong.items():
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        refused = ehr.clinic.http.post(address, data=body, headers={"Content-Type": "application/json", **headers})
        assert refused.status_code == 401, what
        assert json.parse(refused.data)["issue"][0]["details"]["text"] == "The call could not be authenticated.", what


@pytest.mark.trap(13)
@pytest.mark.requirement("cds-hooks-2.0:61", "crd-2.0.1:57")
def test_what_was_not_prefetched_is_read_from_the_ehr_with_the_token_of_the_call(ehr: Ehr) -> None:
    sent = ehr.call(BORDERLINE, prefetch={})
    (told,) = said(ehr.ask(sent))
    assert told.covered == "covered" and told.questionnaires and told.reasons
    asked = [(path, token) for path, token in ehr.clinic.plan.ehr.heard if path.startswith("/fhir/")]
    assert {token for _, token in asked} == {f"Bearer {sent['fhirAuthorization']['access_token']}"}
    assert {f"/fhir/Patient/{BORDERLINE}", f"/fhir/Coverage?patient={BORDERLINE}&status=active"} <= {path for path, _ in asked}


@pytest.mark.requirement("cds-hooks-2.0:54")
@pytest.mark.trap(13, 38)
@pytest.mark.requirement("crd-2.2:hook-10")
def test_without_prefetch_and_leave_to_read_a_registered_ehr_the_call_says_what_to_send(ehr: Ehr) -> None:
    for changed in ({"fhirAuthorization": None}, {"fhirServer": "http://169.254.169.254/latest"}, {"fhirServer": f"{STRANGER}/fhir"}):
        refused = ehr.send(ehr.call(prefetch={}, **changed))
        outcome = json.parse(refused.data)
        assert refused.status_code == 412 and outcome["resourceType"] == "OperationOutcome", changed
        assert "Send it as prefetch, or fhirServer and fhirAuthorization that may read it." in outcome["issue"][0]["details"]["text"]
    assert [path for path, _ in ehr.clinic.plan.ehr.heard if path.startswith("/fhir/")] == []


def test_a_member_the_plan_does_not_know_gets_no_promise(ehr: Ehr) -> None:
    chart = ehr.clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
    number = {**chart.coverage["identifier"][0], "value": "SYN-99"}
    strange = {**chart.coverage, "subscriberId": "SYN-99", "identifier": [number]}
    prefetch = {"patient": {**chart.patient, "identifier": [number]}, "coverage": searchset(strange)}
    (told,) = ehr.sign(prefetch=prefetch)
    assert told.covered != "covered" and told.questionnaires == () and told.reasons


@pytest.mark.trap(35)
@pytest.mark.requirement("crd-2.2:hook-10")
def test_the_version_asked_for_wins_over_the_address_and_an_unknown_one_is_refused(ehr: Ehr) -> None:
    def written(**asked: Any) -> list[Any]:
        return many(ehr.ask(ehr.call(BORDERLINE, **asked)), "systemActions")

    by_version = {version: written(extension={"davinci-crd.requestedVersion": version}) for version in ("2.0", "2.2")}
    assert by_version["2.0"] != by_version["2.2"]
    assert written() == by_version[{"2.0.1": "2.0", "2.2": "2.2"}[ehr.clinic.guide]]
    refused = ehr.send(ehr.call(extension={"davinci-crd.requestedVersion": "9.9"}))
    assert refused.status_code == 422 and json.parse(refused.data)["resourceType"] == "OperationOutcome"
    assert "Ask for one of 2.0, 2.1, 2.2" in refused.text


@pytest.mark.trap(42)
def test_feedback_is_kept_as_it_came_and_what_is_none_is_refused(ehr: Ehr) -> None:
    feedback = {"feedback": [{"card": str(uuid.uuid4()), "outcome": "overridden", "outcomeTimestamp": "2026-11-21T15:01:00Z"}]}
    assert ehr.send(feedback, f"{SIGNING}/feedback").status_code == 200
    assert json.dump(feedback).decode() in everything_on_file(ehr.clinic.plan)
    refused = ehr.send({"feedback": "nothing"}, f"{SIGNING}/feedback")
    assert refused.status_code in (400, 422) and "The body holds no feedback." in refused.text
    assert ehr.send(feedback, "no-such-service/feedback").status_code == 404


@pytest.mark.requirement("crd-2.0.1:162")
def test_a_body_that_is_not_json_is_400_with_an_outcome(ehr: Ehr) -> None:
    headers = {"Authorization": f"Bearer {ehr.token(ehr.address())}", "Content-Type": "application/json"}
    refused = ehr.clinic.http.post(ehr.address(), data=b'{"hook": "order-sign",', headers=headers)
    assert refused.status_code == 400 and json.parse(refused.data)["resourceType"] == "OperationOutcome"


@pytest.mark.requirement("crd-2.2:hook-10")
@pytest.mark.parametrize("missing", ["patientId", "draftOrders"])
def test_a_call_that_lacks_what_its_hook_needs_is_refused_with_the_place(missing: str, ehr: Ehr) -> None:
    call = ehr.call()
    del call["context"][missing]
    refused = ehr.send(call)
    (issue,) = json.parse(refused.data)["issue"]
    assert refused.status_code == {"2.0.1": 422, "2.2": 400}[ehr.clinic.guide]
    assert issue["expression"] == [f"context.{missing}"] and "cannot be answered without it. Send" in issue["details"]["text"]


def test_browser_pages_of_an_allowed_origin_may_read_answers_and_others_may_not(ehr: Ehr) -> None:
    preflight = ehr.clinic.http.options(ehr.address(), headers={"Origin": ALLOWED, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 204 and "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    allowed, stranger = (ehr.send(ehr.call(), Origin=origin) for origin in (ALLOWED, STRANGER))
    assert allowed.headers["Access-Control-Allow-Origin"] == ALLOWED and "Access-Control-Allow-Origin" not in stranger.headers
    discovery = ehr.clinic.http.get(ehr.address("").rstrip("/"), headers={"Origin": STRANGER})
    assert discovery.headers["Access-Control-Allow-Origin"] == "*"
    assert SIGNING in {service["id"] for service in json.parse(discovery.data)["services"]}


@pytest.mark.trap(21)
def test_an_order_that_breaks_its_profile_is_answered_and_the_fault_told_beside_the_answer(ehr: Ehr) -> None:
    call = deepcopy(ehr.call(BORDERLINE))
    order = call["context"]["draftOrders"]["entry"][0]["resource"]
    assert "extension" not in ehr.ask(call)
    order["authoredOn"] = "yesterday"
    answer = ehr.ask(call)
    assert said(answer)[0].covered == "covered"
    (issue,) = answer["extension"]["fhir-pa.findings"]["issue"]
    assert issue["severity"] == "warning" and issue["expression"] == ["context.draftOrders.entry[0].resource.authoredOn"]
