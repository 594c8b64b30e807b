"""The traps of ``tests/cds_hooks/traps.py`` that lie between the wire and the records, tried on a served payer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from threading import Barrier
from typing import Any

import pytest

from fhir_pa.outbound.ehr import AT_ONCE, Base, Patience
from fhir_pa.outbound.ehr import Ehr as Fetcher
from fhir_pa.provider.dtr.package import question, unpack
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.reading import Json, many
from questionnaires.library import open_shelf
from tests.stories.asking import BORDERLINE, SHORT_OF_OXYGEN
from tests.stories.ehr import Ehr, said, searchset
from tests.stories.parties import Plan, System


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    """The clinic's EHR."""
    return Ehr(clinic)


def order_of(call: Json) -> Json:
    """The first draft of a call."""
    found: Json = call["context"]["draftOrders"]["entry"][0]["resource"]
    return found


def changed(ehr: Ehr, change: Callable[[Json], object], who: str = BORDERLINE, **more: Any) -> Json:
    """An order-sign call whose first draft was changed in place."""
    call: Json = deepcopy(ehr.call(who, **more))
    change(order_of(call))
    return call


@pytest.mark.requirement("crd-2.2:resp-37")
@pytest.mark.trap(2)
def test_every_byte_of_the_order_comes_back_but_for_our_extension(ehr: Ehr) -> None:
    odd = '{"resourceType":"DeviceRequest","id":"o","_status":{"id":"s"},"status":"draft","intent":"order","weight":[1.0,100.00,0.10],"zebra":{"b":1,"a":2},'
    rest = '"codeCodeableConcept":{"text":"grün \\u00fc 😀"},"subject":{"reference":"Patient/teodric-amble"}}'
    call = ehr.call(BORDERLINE)
    call["context"]["draftOrders"]["entry"] = [{"resource": "HERE"}]
    body = json.dump(call).replace(b'"HERE"', (odd + rest).encode())
    address = ehr.address()
    headers = {"Authorization": f"Bearer {ehr.token(address)}", "Content-Type": "application/json"}
    answered = ehr.clinic.http.post(address, data=body, headers=headers).data
    assert odd.encode() in answered, "elements, order and digits"
    (back,) = many(json.parse(answered), "systemActions", "resource")
    assert {key: value for key, value in back.items() if key != "extension"} == json.parse((odd + rest).encode())


@pytest.mark.trap(8)
def test_a_hook_instance_may_come_again_and_be_no_uuid(ehr: Ehr) -> None:
    for who in (BORDERLINE, SHORT_OF_OXYGEN, BORDERLINE):
        assert ehr.sign(who, hookInstance="always-the-same")
    with ehr.clinic.plan.payer.store.reading() as tx:
        assert len(list(tx.hook_calls(CLIENT_ID, "always-the-same"))) == 3


WANTING: dict[str, Callable[[Json], object]] = {
    "no diagnosis": lambda order: [order.pop(name, None) for name in ("reasonCode", "reasonReference")],
    "no performer": lambda order: order.pop("performer", None),
    "no encounter": lambda order: order.pop("encounter", None),
    "no requester": lambda order: order.pop("requester", None),
    "no date": lambda order: [order.pop(name, None) for name in ("authoredOn", "occurrenceTiming")],
    "no subject": lambda order: order.pop("subject", None),
    "no code": lambda order: order.pop("codeCodeableConcept", None),
    "a status the guide's profile forbids": lambda order: order.update(status="active"),
    "a month for a day": lambda order: order.update(authoredOn="2024-05"),
    "a claim to a profile nobody knows": lambda order: order.update(meta={"profile": ["https://nobody.example/profile"]}),
    "references that lead nowhere": lambda order: order.update(reasonReference=[{"reference": "Condition/gone"}], requester={"reference": "Practitioner/gone"}),
    "content that breaks FHIR": lambda order: order.update(intent="wish", priority=7, note="a text"),
}


@pytest.mark.requirement("crd-2.2:found-32", "crd-2.2:found-34", "crd-2.0.1:63", "crd-2.2:conf-12")
@pytest.mark.trap(12, 21)
@pytest.mark.parametrize("lack", WANTING)
def test_an_order_that_lacks_something_or_breaks_its_profile_is_answered(lack: str, ehr: Ehr) -> None:
    (told,) = said(ehr.ask(changed(ehr, WANTING[lack])))
    assert told.covered in ("covered", "conditional") and told.reasons


@pytest.mark.trap(12)
def test_a_token_the_ehr_rejects_costs_a_sentence_and_no_status(ehr: Ehr) -> None:
    call = ehr.call(BORDERLINE)
    call["fhirAuthorization"]["access_token"] = "not-yours"
    (told,) = said(ehr.ask(call))
    assert told.pa_needed == "auth-needed" and "The EHR refused when asked for" in told.reasons[0]


@pytest.mark.trap(15)
@pytest.mark.parametrize(
    "naming",
    [
        lambda name, task: {"dispatchedOrders": [name], "fulfillmentTasks": [task]},
        lambda name, task: {"dispatchedOrders": [name], "fulfillmentTask": task},
        lambda name, task: {"dispatched-orders": [name], "fulfillment-tasks": [task]},
        lambda name, task: {"order": name, "task": task},
        lambda name, task: {"order": name},
    ],
)
def test_a_dispatch_in_any_naming_without_user_reads_its_order_from_the_ehr(naming: Callable[[str, Json], Json], ehr: Ehr) -> None:
    call = ehr.call(BORDERLINE)
    order = order_of(call)
    name = f"DeviceRequest/{order['id']}"
    task = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "focus": {"reference": name}}
    context = {"patientId": BORDERLINE, "performer": "Organization/fernhill-oxygen", **naming(name, task)}
    answered = ehr.send({**call, "hook": "order-dispatch", "context": context}, "order-dispatch-crd")
    (told,) = said(json.parse(answered.data))
    assert (told.covered, told.pa_needed) == ("covered", "auth-needed") and told.questionnaires


@pytest.mark.requirement("crd-2.0.1:267", "crd-2.2:resp-35")
@pytest.mark.trap(24)
def test_the_next_day_the_annotated_order_is_left_alone(ehr: Ehr) -> None:
    annotated = many(ehr.ask(ehr.call(BORDERLINE)), "systemActions", "resource")
    ehr.clinic.plan.clock.turn(days=1)
    call = ehr.call(BORDERLINE)
    call["context"]["draftOrders"]["entry"] = [{"resource": each} for each in annotated]
    assert "systemActions" not in ehr.ask(call)


@pytest.mark.trap(32)
def test_every_form_a_policy_can_name_has_a_version_and_is_in_the_package_of_that_name(clinic: System) -> None:
    chart = clinic.plan.charts.by_patient[BORDERLINE]
    forms = [edition.questionnaire for edition in clinic.plan.payer.shelf.editions() if edition.questionnaire]
    assert len(forms) >= 10
    for form in forms:
        url, _, version = form.partition("|")
        assert url.startswith("http") and version
        packages = unpack(clinic.post("Questionnaire/$questionnaire-package", question(chart.coverage, chart.orders, None, (form,))))
        assert (url, version) in [(package.questionnaire["url"], package.questionnaire["version"]) for package in packages], form


@pytest.mark.trap(36)
def test_queries_are_under_way_at_once_and_not_one_after_the_other() -> None:
    together = Barrier(AT_ONCE)

    def answered_only_in_company(query: str) -> Json:
        together.wait(timeout=30)
        return {"resourceType": "Bundle", "id": query}

    base = Base("https://ehr.example/fhir", ("https://ehr.example/fhir",))
    found = Fetcher(base, "token", Patience(60, 60)).together(answered_only_in_company, [str(n) for n in range(AT_ONCE)])
    assert [each and each["id"] for each in found] == [str(n) for n in range(AT_ONCE)]


@pytest.mark.trap(37)
def test_no_log_line_bears_a_token_or_a_patient(ehr: Ehr, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    call = ehr.call(BORDERLINE)
    address = ehr.address()
    token = ehr.token(address)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    ours = logging.getLogger("fhir_pa")
    ours.addHandler(caplog.handler)  # the test EHR in this process logs too; what it writes is the EHR's affair
    with caplog.at_level(logging.DEBUG, "fhir_pa"):
        ehr.clinic.http.post(address, data=json.dump(call), headers=headers)
        ehr.clinic.http.post(address, data=json.dump({**call, "context": None}), headers={**headers, "Authorization": f"Bearer {ehr.token(address)}"})
        ehr.clinic.http.post(address, data=b"{", headers=headers)
    ours.removeHandler(caplog.handler)
    logged = "\n".join(str(vars(record)) for record in caplog.records if record.name.startswith("fhir_pa"))
    out = capfd.readouterr().out
    for secret in (token, call["fhirAuthorization"]["access_token"], "Teodric", BORDERLINE):
        assert secret not in logged + out, secret
    assert logged.count("oakwood-ehr") >= 3, "nothing logged, nothing tested"


@pytest.mark.trap(40)
@pytest.mark.parametrize("known_by", ["coverage identifier", "coverage subscriberId", "patient identifier"])
def test_a_member_is_found_by_whichever_number_came(known_by: str, ehr: Ehr) -> None:
    chart = ehr.clinic.plan.charts.by_patient[BORDERLINE]
    number = chart.coverage["identifier"]
    coverage = {key: value for key, value in chart.coverage.items() if key not in ("identifier", "subscriberId")}
    patient = {key: value for key, value in chart.patient.items() if key != "identifier"}
    if known_by == "coverage identifier":
        coverage["identifier"] = number
    elif known_by == "coverage subscriberId":
        coverage["subscriberId"] = chart.coverage["subscriberId"]
    else:
        patient["identifier"] = chart.patient["identifier"]
    (told,) = ehr.sign(BORDERLINE, prefetch={"patient": patient, "coverage": searchset(coverage)})
    assert told.covered == "covered"


@pytest.mark.trap(43)
def test_another_order_under_a_known_id_is_another_order(ehr: Ehr) -> None:
    (first,) = ehr.sign()
    assert first.satisfied_pa_id
    reused = changed(ehr, lambda order: order["codeCodeableConcept"]["coding"][0].update(code="K0823"), SHORT_OF_OXYGEN)
    (other,) = said(ehr.ask(reused))
    assert other.assertion_id != first.assertion_id and other.satisfied_pa_id is None
    elsewhere = changed(ehr, lambda order: order.update(id=order_of(ehr.call(SHORT_OF_OXYGEN))["id"]), BORDERLINE)
    (patients,) = said(ehr.ask(elsewhere))
    assert patients.assertion_id not in (first.assertion_id, other.assertion_id) and patients.satisfied_pa_id is None


@pytest.mark.trap(44)
def test_calls_at_the_same_moment_do_not_mix(plan: Plan) -> None:
    """Each call wants something else; every answer is the one it gets alone."""
    calls: list[tuple[Ehr, Json]] = []
    for turn in range(12):
        ehr = Ehr(System(plan, CLIENT_ID, ("2.0.1", "2.2")[turn % 2]))
        switches = {"max-cards": turn % 3, "coverage-info": turn % 4 != 3, "unsolicited-determ": False}
        calls.append((ehr, ehr.call((BORDERLINE, SHORT_OF_OXYGEN)[turn // 2 % 2], extension={"davinci-crd.configuration": switches})))
    alone = [ehr.ask(call) for ehr, call in calls]
    assert len({str(answer) for answer in alone}) > 6, "the calls are too much alike"
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda pair: pair[0].ask(pair[1]), calls)) == alone


@pytest.mark.trap(46)
def test_what_was_said_is_on_file_with_the_edition_it_was_said_under(ehr: Ehr) -> None:
    (told,) = ehr.sign(BORDERLINE)
    store = ehr.clinic.plan.payer.store
    with store.reading() as tx:
        kept = tx.assertion(told.assertion_id)
    edition = open_shelf().edition("home_oxygen", "2026.1")
    assert kept is not None and (kept.topic, kept.version) == ("home_oxygen", "2026.1")
    assert kept.said["reasons"] == list(told.reasons)[: len(kept.said["reasons"])] and kept.said["edition"] == edition.fingerprint
