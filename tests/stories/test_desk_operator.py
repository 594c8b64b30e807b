"""Who runs the server sees what waits, what nobody heard, who may call and what is slow, with the rows behind each number; and no member."""

from __future__ import annotations

import pytest

from fhir_pa.operations.operator.prefetch_doctor import ADVICE
from fhir_pa.provider.play.payer_file import CLIENT_ID, NURSE, PULMONOLOGIST
from tests.stories.asking import BORDERLINE, oxygen, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.ehr import Ehr
from tests.stories.parties import OPERATOR, Plan, Staff, System
from tests.stories.test_subscriptions import heard, subscribed, wish

PAGES = ("", "/deliveries", "/clocks", "/clocks?hours=0", "/conformance", "/prefetch?client=x&hook=order-sign&template=patient", "/work/tell_subscriber")


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


@pytest.fixture
def marsh(plan: Plan) -> AtDesk:
    at_desk = AtDesk(plan, OPERATOR)
    at_desk.sign_in()
    return at_desk


def test_whoever_runs_the_server_is_led_to_its_page_and_sees_no_case(plan: Plan, clinic: System, marsh: AtDesk) -> None:
    submit(clinic, oxygen(clinic, BORDERLINE))
    (case,) = Staff(plan, PULMONOLOGIST).worklist()
    assert marsh.http.get("/desk").headers["Location"] == "/desk/operator"
    told = words(marsh.page("/desk/operator"))
    assert "Worklist" not in told and "Teodric" not in told
    for path in (f"/desk/cases/{case['number']}", "/desk/worklist.json", f"/desk/cases/{case['number']}.json"):
        assert marsh.http.get(path).status_code == 403, path
    assert Staff(plan, OPERATOR).call("GET", "/um/worklist").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_for_operators_alone_and_has_its_twin(plan: Plan, marsh: AtDesk, path: str) -> None:
    marsh.page(f"/desk/operator{path}")
    plain, _, asked = path.partition("?")
    assert marsh.data(f"/desk/operator{plain}.json?{asked}")
    nurse = AtDesk(plan, NURSE)
    nurse.sign_in()
    assert "no operator, and only operators may" in words(nurse.page(f"/desk/operator{path}", 403))
    assert "/desk/operator" not in nurse.page("/desk")


def test_the_short_addresses_lead_to_the_pages_and_through_the_door(plan: Plan, marsh: AtDesk) -> None:
    assert marsh.http.get("/operator").headers["Location"] == "/desk/operator"
    assert marsh.http.get("/policies").headers["Location"] == "/desk/policies"
    stranger = AtDesk(plan, OPERATOR)
    assert stranger.http.get("/desk/operator").headers["Location"] == "/desk/sign-in?next=/desk/operator"
    assert stranger.sign_in(then="/desk/operator").headers["Location"] == "/desk/operator"


def test_clocks_near_breach_are_counted_and_listed_the_first_due_first(plan: Plan, clinic: System, marsh: AtDesk) -> None:
    submit(clinic, oxygen(clinic, BORDERLINE))
    assert marsh.data("/desk/operator.json")["near"] == {"hours": 24, "due": 0, "over": 0}
    plan.clock.turn(days=8)
    marsh.sign_in()
    assert marsh.data("/desk/operator.json")["near"]["over"] == 1
    told = marsh.page("/desk/operator/clocks?hours=0")
    assert "1 day over" in words(told) and "Teodric" not in told
    assert "Give hours as a number" in words(marsh.page("/desk/operator/clocks?hours=soon", 422))


def test_what_nobody_heard_is_told_again_from_the_page_once_the_subscriber_listens(plan: Plan, clinic: System, marsh: AtDesk) -> None:
    identity = subscribed(clinic)
    submit(clinic, oxygen(clinic, BORDERLINE))
    quill = Staff(plan, PULMONOLOGIST)
    quill.decide(quill.worklist()[0]["number"], items=[1], decision="certify", because="Falls to 84 % on stairs.")
    with plan.payer.store.transaction() as tx:
        notice = tx.take(identity, "story", 10)
        assert notice and tx.failed(notice, "It answered 500.", None)
    told = words(marsh.page("/desk/operator/deliveries?state=unheard"))
    assert "It answered 500." in told and "Only its client leads it back" in told and "Tell them again" not in told
    assert marsh.data("/desk/operator.json")["unheard"] == 1
    again = f"/desk/operator/subscriptions/{identity}/redelivery"
    assert "nobody listens" in words(marsh.post(again, status=409).text)
    clinic.call("PUT", f"Subscription/{identity}", wish(clinic))
    plan.tell(identity)
    heard_before = len(heard(clinic))
    assert "Tell them again" in words(marsh.page("/desk/operator/deliveries?state=unheard"))
    back = marsh.post(again).headers["Location"]
    assert "1 notice is back in the line" in words(marsh.page(back))
    plan.tell(identity)
    assert len(heard(clinic)) == heard_before + 1 and marsh.data("/desk/operator.json")["unheard"] == 0


def test_nobody_but_an_operator_puts_dead_letters_back(plan: Plan, clinic: System) -> None:
    identity = subscribed(clinic)
    physician = AtDesk(plan, PULMONOLOGIST)
    physician.sign_in()
    refused = physician.post(f"/desk/operator/subscriptions/{identity}/redelivery", status=403)
    assert "only operators may look after the server" in words(refused.text)


def test_clients_are_shown_with_their_keys_by_thumbprint_and_no_secret(plan: Plan, marsh: AtDesk) -> None:
    told = marsh.data("/desk/operator.json")
    clinic = next(each for each in told["callers"] if each["id"] == CLIENT_ID)
    (key,) = clinic["keys"]
    assert key["thumbprint"] == plan.keys[CLIENT_ID].backend.thumbprint() and not key["trouble"]
    assert told["own_key"]["thumbprint"] and told["own_key"]["until"] > told["own_key"]["since"]
    page = marsh.page("/desk/operator")
    assert key["thumbprint"] in page
    assert "system/claim.cru" in page
    assert str(plan.keys[CLIENT_ID].backend.as_dict(private=True)["d"]) not in page + str(told)


def test_the_prefetch_doctor_names_the_ehr_the_template_and_what_it_cost(plan: Plan, clinic: System, marsh: AtDesk) -> None:
    ehr = Ehr(clinic)
    body = ehr.call(BORDERLINE)
    ehr.ask({**body, "prefetch": {**body["prefetch"], "coverage": {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}}})
    told = marsh.data("/desk/operator.json")["prefetch"]
    row = next(each for each in told["rows"] if each["template"] == "coverage")
    assert (row["client"], row["hook"], row["state"], row["calls"], row["of_calls"]) == (CLIENT_ID, "order-sign", "failed", 1, 1)
    assert row["fetches"] == 1 and row["advice"] == ADVICE["failed"] and row["query"].startswith("Coverage?")
    assert not [each for each in told["rows"] if each["template"] == "patient"], "what came is not complained of"
    (call,) = marsh.data(f"/desk/operator/prefetch.json?client={CLIENT_ID}&hook=order-sign&template=coverage")["rows"]
    assert call["state"] == "failed" and call["fetches"] == 1
    plan.clock.turn(days=31)
    marsh.sign_in()
    assert marsh.data("/desk/operator.json")["prefetch"]["rows"] == []


def test_timings_are_told_by_operation_in_milliseconds(marsh: AtDesk) -> None:
    for _ in range(3):
        marsh.page("/desk/operator")
    row = next(each for each in marsh.data("/desk/operator.json")["timings"] if each["operation"] == "operator")
    assert row["count"] >= 3 and 0 < row["median"] <= row["p95"] <= row["p99"]


def test_the_conformance_ledger_is_told_with_its_statements(marsh: AtDesk) -> None:
    totals = {each["guide"]: each for each in marsh.data("/desk/operator.json")["conformance"]}
    assert totals["pas-2.2.1"]["proven"] > 30
    listed = marsh.data("/desk/operator/conformance.json?guide=pas-2.2.1&status=not%20yet")
    assert listed["total"] == totals["pas-2.2.1"]["not yet"]


def test_work_that_waits_is_counted_by_kind_and_listed(plan: Plan, clinic: System, marsh: AtDesk) -> None:
    with plan.payer.store.transaction() as tx:
        tx.look_later()
    (row,) = [each for each in marsh.data("/desk/operator.json")["work"] if each["name"] == "look_at_the_clocks"]
    assert row["count"] == 1 and row["state"] in ("delayed", "queued")
    listed = marsh.data("/desk/operator/work/look_at_the_clocks.json")
    assert listed["total"] == 1 and listed["rows"][0]["key"].startswith("clocks:")
    assert "Look at the clocks" in words(marsh.page("/desk/operator"))
