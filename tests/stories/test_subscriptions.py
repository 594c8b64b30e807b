"""A clinic's system subscribes for its authorizations: shaken hands with, told of every change, and never of anybody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from fhir_pa.provider.charts.practice import CLINIC_NPI, SUPPLIER_NPI
from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.pas.claim_response import PasAnswer, read_bundle
from fhir_pa.provider.pas.subscription import subscription
from fhir_pa.provider.play.payer_file import ONCOLOGIST
from ig_profiles import json
from ig_profiles.names import BACKPORT, PAS_TOPIC
from ig_profiles.reading import Json, many
from tests.stories.asking import BORDERLINE, inquire, oxygen, scans, submit, update
from tests.stories.parties import SECRET, SUPPLIER, Staff, System

WAYS = ["GET", "PUT", "DELETE"]


def wish(clinic: System, inbox: str = "story", organization: str = CLINIC_NPI, **channel: Any) -> Json:
    """The clinic's Subscription, its notices going to this inbox of the test EHR."""
    asked = subscription(clinic.guide, organization, f"{clinic.plan.ehr_url}/notifications/{inbox}", SECRET)
    return {**asked, "channel": {**asked["channel"], **channel}}


def subscribed(clinic: System, inbox: str = "story") -> str:
    """The id of an active subscription of the clinic."""
    made = clinic.post("Subscription", wish(clinic, inbox), status=201)
    clinic.plan.tell(made["id"])
    return str(made["id"])


def heard(clinic: System, inbox: str = "story") -> list[Json]:
    """What arrived at the inbox so far."""
    return list(requests.get(f"{clinic.plan.ehr_url}/inbox/{inbox}", timeout=20).json()["notifications"])


def told(notice: Json, clinic: System, asked: Any) -> PasAnswer:
    """The answer a notice leads to: 2.2 brings it, 2.0.1 names the ClaimResponse and the clinic inquires."""
    brought = [each for each in many(notice["bundle"], "entry", "resource") if each["resourceType"] == "Bundle"]
    if clinic.guide == "2.2":
        return read_bundle(brought[0])
    (found,) = inquire(clinic, asked)
    assert brought == [] and notice["focus"].endswith(f"/ClaimResponse/{found.item(1).reference or 'PR' + str(found.item(1).number)[2:]}")
    return found


def status_of(clinic: System, identity: str) -> dict[str, str]:
    """What $status says of the subscription: status and count of events."""
    (entry,) = clinic.get(f"Subscription/{identity}/$status")["entry"]
    return {part["name"]: next(str(value) for key, value in part.items() if key.startswith("value")) for part in entry["resource"]["parameter"]}


@pytest.mark.requirement("pas-2.0.1:209", "pas-2.0.1:210", "pas-2.0.1:211", "pas-2.0.1:141", "pas-2.2.1:spec-54")
@pytest.mark.pas_trap(51)
def test_a_subscription_is_created_shaken_hands_with_changed_and_deleted(clinic: System) -> None:
    answer = clinic.call("POST", "Subscription", wish(clinic))
    made = json.parse(answer.data)
    assert answer.status_code == 201 and answer.headers["Location"].endswith(f"/Subscription/{made['id']}")
    assert made["status"] == "requested"

    clinic.plan.tell(made["id"])
    (handshake,) = heard(clinic)
    assert (handshake["kind"], handshake["authorized"]) == ("handshake", True)
    assert clinic.get(f"Subscription/{made['id']}") == {**made, "status": "active"}

    changed = clinic.call("PUT", f"Subscription/{made['id']}", wish(clinic, "elsewhere"))
    assert changed.status_code == 200 and json.parse(changed.data)["status"] == "requested"
    clinic.plan.tell(made["id"])
    assert [notice["kind"] for notice in heard(clinic, "elsewhere")] == ["handshake"]

    assert clinic.call("DELETE", f"Subscription/{made['id']}").status_code == 204
    assert [clinic.call(way, f"Subscription/{made['id']}", wish(clinic) if way == "PUT" else None).status_code for way in WAYS] == [404, 404, 404]
    assert clinic.get("Subscription")["total"] == 0


@pytest.mark.requirement("pas-2.0.1:141", "pas-2.2.1:spec-54")
def test_a_subscription_is_found_by_url_and_by_status(clinic: System) -> None:
    first, second = subscribed(clinic, "first"), clinic.post("Subscription", wish(clinic, "second"), status=201)["id"]

    def found(query: str) -> list[str]:
        return [entry["resource"]["id"] for entry in many(clinic.get(f"Subscription?{query}"), "entry")]

    assert sorted(found("")) == sorted([first, second])
    assert found(f"url={clinic.plan.ehr_url}/notifications/second") == [second]
    assert found("status=active") == [first] and found("status=error") == []
    assert clinic.get(f"Subscription/$status?id={first}&id={second}")["total"] == 2


@pytest.mark.requirement("pas-2.0.1:152", "pas-2.2.1:spec-51", "pas-2.2.1:spec-60")
@pytest.mark.pas_trap(58)
def test_every_change_of_an_answer_is_told_partial_ones_too_until_the_final_one(clinic: System, physician: Staff) -> None:
    identity = subscribed(clinic)
    asked = scans(clinic)
    submit(clinic, asked)
    clinic.plan.tell(identity)
    assert [notice["kind"] for notice in heard(clinic)] == ["handshake"]

    (waiting,) = physician.worklist()
    decision = {"because": "Followed with the chest.", "criteria": ["thoracic_cancer"]}
    physician.decide(waiting["number"], items=[2], decision="certify", **decision)
    clinic.plan.tell(identity)
    partial = heard(clinic)[-1]
    assert (partial["kind"], partial["event_number"]) == ("event-notification", "1")
    assert told(partial, clinic, asked).actions == {1: CERTIFIED, 2: CERTIFIED, 3: PENDED}

    Staff(clinic.plan, ONCOLOGIST).decide(waiting["number"], items=[3], decision="deny", reason_code="0F", phone="555-555-0142", **decision)
    clinic.plan.tell(identity)
    final = heard(clinic)[-1]
    assert final["event_number"] == "2" and told(final, clinic, asked).actions == {1: CERTIFIED, 2: CERTIFIED, 3: NOT_CERTIFIED}
    assert status_of(clinic, identity)["events-since-subscription-start"] == "2"


@pytest.mark.requirement("pas-2.0.1:141", "pas-2.2.1:spec-54")
@pytest.mark.pas_trap(52, 56)
def test_an_endpoint_that_refuses_the_handshake_puts_the_subscription_in_error_until_the_client_asks_again(clinic: System) -> None:
    refusing = wish(clinic, header=["Authorization: Bearer wrong"])
    made = clinic.post("Subscription", refusing, status=201)
    for _ in range(40):
        clinic.plan.clock.turn(minutes=1)
        clinic.plan.tell(made["id"])
    assert status_of(clinic, made["id"])["status"] == "error" and heard(clinic) == []
    assert clinic.call("PUT", f"Subscription/{made['id']}", wish(clinic)).status_code == 200
    clinic.plan.tell(made["id"])
    assert status_of(clinic, made["id"])["status"] == "active"


@pytest.mark.requirement("pas-2.0.1:148", "pas-2.2.1:spec-59", "hrex-1.2:sec-20")
@pytest.mark.pas_trap(59)
def test_nobody_subscribes_for_or_touches_what_belongs_to_another_organization(clinic: System) -> None:
    for way, path in (("POST", "Subscription"), ("PUT", f"Subscription/{subscribed(clinic)}")):
        refused = clinic.call(way, path, wish(clinic, organization=SUPPLIER_NPI))
        (issue,) = json.parse(refused.data)["issue"]
        assert refused.status_code == 403 and issue["expression"] == ["Subscription.criteria"]
        assert f"Subscribe for one of its own: {CLINIC_NPI}" in issue["details"]["text"]
    both = clinic.call("POST", "Subscription", wish(clinic, organization=f"{CLINIC_NPI},{SUPPLIER_NPI}"))
    assert both.status_code == 403

    identity, stranger = subscribed(clinic), System(clinic.plan, SUPPLIER, clinic.guide)
    theirs = wish(clinic, organization=SUPPLIER_NPI)
    assert [stranger.call(way, f"Subscription/{identity}", theirs if way == "PUT" else None).status_code for way in WAYS] == [404, 403, 404]
    assert stranger.get("Subscription")["total"] == 0
    assert stranger.call("GET", f"Subscription/{identity}/$status").status_code == 404
    assert clinic.get(f"Subscription/{identity}")["status"] == "active"


@pytest.mark.pas_trap(60)
def test_notices_go_to_registered_endpoints_only(clinic: System) -> None:
    for endpoint in ("https://elsewhere.example/hook", "http://127.0.0.1:1/hook", "http://169.254.169.254/latest"):
        refused = clinic.call("POST", "Subscription", wish(clinic, endpoint=endpoint))
        (issue,) = json.parse(refused.data)["issue"]
        assert refused.status_code == 403 and "Ask the payer to register the endpoint's URL prefix." in issue["details"]["text"], endpoint
    assert clinic.get("Subscription")["total"] == 0


def _without_filter(asked: Json) -> None:
    del asked["_criteria"]


def _another_topic(asked: Json) -> None:
    asked["criteria"] = "http://example.org/topic"


def _another_filter(asked: Json) -> None:
    asked["_criteria"]["extension"][0]["valueString"] = "patient=Patient/orla-penhallow"


def _by_mail(asked: Json) -> None:
    asked["channel"]["type"] = "email"


def _by_websocket(asked: Json) -> None:
    asked["channel"]["type"] = "websocket"


def _without_endpoint(asked: Json) -> None:
    del asked["channel"]["endpoint"]


def _in_xml(asked: Json) -> None:
    asked["channel"]["payload"] = "application/fhir+xml"


def _without_content(asked: Json) -> None:
    del asked["channel"]["_payload"]


def _of_another_content(asked: Json) -> None:
    asked["channel"]["_payload"]["extension"][0]["valueCode"] = "everything"


STRANGE: dict[Callable[[Json], None], str] = {
    _without_filter: "give criteria one backport-filter-criteria 'org-identifier=…'",
    _another_topic: f"Set criteria to '{PAS_TOPIC}'.",
    _another_filter: "The filter 'patient=Patient/orla-penhallow' is not offered.",
    _by_mail: "Set channel.type to 'rest-hook'",
    _by_websocket: "Set channel.type to 'rest-hook'",
    _without_endpoint: "Give the https address that will take the notifications",
    _in_xml: "Set channel.payload to 'application/fhir+json'.",
    _without_content: "give channel.payload the backport-payload-content",
    _of_another_content: "give channel.payload the backport-payload-content",
}


@pytest.mark.requirement("pas-2.2.1:spec-57", "pas-2.0.1:141", "pas-2.2.1:spec-54")
def test_a_subscription_that_is_not_of_the_profile_is_refused_with_the_mending(clinic: System) -> None:
    for change, mending in STRANGE.items():
        asked = wish(clinic)
        change(asked)
        refused = clinic.call("POST", "Subscription", asked)
        (issue, *_) = json.parse(refused.data)["issue"]
        assert refused.status_code == 422 and issue["expression"][0].startswith("Subscription."), change.__name__
        assert mending in issue["details"]["text"], change.__name__
    assert clinic.get("Subscription")["total"] == 0


@pytest.mark.requirement("pas-2.0.1:149", "pas-2.2.1:spec-55")
def test_the_capability_statement_shows_that_subscriptions_are_offered(clinic: System) -> None:
    (rest,) = json.parse(clinic.http.get(f"/v{clinic.guide[:3]}/fhir/metadata").data)["rest"]
    (offered,) = [resource for resource in rest["resource"] if resource["type"] == "Subscription"]
    assert {each["code"] for each in offered["interaction"]} == {"create", "read", "update", "delete", "search-type"}
    assert offered["supportedProfile"] == [f"{BACKPORT}backport-subscription"]
    assert [each["valueCanonical"] for each in offered["extension"]] == [PAS_TOPIC]
    assert [each["name"] for each in offered["operation"]] == ["status", "events"]


def test_what_was_not_told_yet_is_not_told_any_more_after_the_subscription_is_deleted(clinic: System, physician: Staff) -> None:
    identity = subscribed(clinic)
    submit(clinic, oxygen(clinic, BORDERLINE))
    (waiting,) = physician.worklist()
    physician.decide(waiting["number"], items=[1], decision="certify", because="Falls on stairs.", criteria=["group_2"])
    clinic.call("DELETE", f"Subscription/{identity}")
    clinic.plan.tell(identity)
    assert [notice["kind"] for notice in heard(clinic)] == ["handshake"]


def test_an_update_that_changes_no_answer_is_no_event(clinic: System) -> None:
    identity = subscribed(clinic)
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    clinic.post("Claim/$submit", update(asked)[1])
    assert status_of(clinic, identity)["events-since-subscription-start"] == "0"


def decided_twice(clinic: System, physician: Staff) -> str:
    """A subscription with two events behind it: the scans of one request, certified one by one."""
    identity = subscribed(clinic)
    submit(clinic, scans(clinic))
    (waiting,) = physician.worklist()
    for item in (2, 3):
        physician.decide(waiting["number"], items=[item], decision="certify", because="Followed with the chest.", criteria=["thoracic_cancer"])
    clinic.plan.tell(identity)
    return identity


def replayed(answer: Json) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What $events answers: the status, and the parts of each event."""
    first = answer["entry"][0]["resource"]["parameter"]
    status = {part["name"]: next((value for key, value in part.items() if key.startswith("value")), None) for part in first}
    told = [{part["name"]: next(value for key, value in part.items() if key.startswith("value")) for part in each["part"]} for each in first if "part" in each]
    return status, told


def test_events_are_told_again_by_number_as_the_case_stands_now(clinic: System, physician: Staff) -> None:
    identity = decided_twice(clinic, physician)
    status, told_again = replayed(clinic.get(f"Subscription/{identity}/$events"))
    assert (status["type"], status["events-since-subscription-start"]) == ("query-event", "2")
    assert [each["event-number"] for each in told_again] == ["1", "2"]
    answer = clinic.get(f"Subscription/{identity}/$events?eventsSinceNumber=2&eventsUntilNumber=2")
    ((only,), brought) = replayed(answer)[1], answer["entry"][1:]
    assert only["event-number"] == "2" and [each["fullUrl"] for each in brought] == [only["focus"]["reference"]]
    if clinic.guide == "2.2":
        assert read_bundle(brought[0]["resource"]).actions == {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED}
    assert replayed(clinic.get(f"Subscription/{identity}/$events?eventsSinceNumber=3"))[1] == []


def test_events_may_be_asked_for_with_less_than_was_agreed_but_never_more(clinic: System, physician: Staff) -> None:
    identity = decided_twice(clinic, physician)
    numbers_only = clinic.get(f"Subscription/{identity}/$events?content=empty")
    assert len(numbers_only["entry"]) == 1 and len(replayed(numbers_only)[1]) == 2
    strange = "everything" if clinic.guide == "2.2" else "full-resource"
    for query, mending in ((f"content={strange}", "Ask for one of '"), ("eventsSinceNumber=first", "Give the number of an event")):
        refused = clinic.call("GET", f"Subscription/{identity}/$events?{query}")
        assert refused.status_code == 422 and mending in refused.text
    stranger = System(clinic.plan, SUPPLIER, clinic.guide)
    assert stranger.call("GET", f"Subscription/{identity}/$events").status_code == 404


@pytest.mark.requirement("pas-2.0.1:141", "pas-2.2.1:spec-54")
@pytest.mark.pas_trap(54, 57)
def test_a_system_that_takes_several_events_at_once_gets_one_notification_for_all_that_waited(clinic: System, physician: Staff) -> None:
    asked = wish(clinic)
    asked["channel"]["extension"] = [*asked["channel"].get("extension", []), {"url": f"{BACKPORT}backport-max-count", "valuePositiveInt": 10}]
    made = clinic.post("Subscription", asked, status=201)
    clinic.plan.tell(made["id"])
    request = scans(clinic)
    submit(clinic, request)
    scans_ = physician.worklist()[0]["number"]
    submit(clinic, oxygen(clinic, BORDERLINE))
    (oxygen_,) = (each["number"] for each in physician.worklist() if each["number"] != scans_)
    physician.decide(scans_, items=[2], decision="certify", because="Followed with the chest.", criteria=["thoracic_cancer"])
    physician.decide(oxygen_, items=[1], decision="certify", because="Falls on stairs.", criteria=["group_2"])
    physician.decide(scans_, items=[3], decision="certify", because="Followed with the chest.", criteria=["thoracic_cancer"])
    clinic.plan.tell(made["id"])
    handshake, *events = heard(clinic)
    assert handshake["kind"] == "handshake" and len(events) == 1
    status, parts = replayed(events[0]["bundle"])
    assert (status["type"], status["events-since-subscription-start"]) == ("event-notification", "3")
    assert [each["event-number"] for each in parts] == ["1", "2", "3"]
    brought = [each["fullUrl"] for each in events[0]["bundle"]["entry"][1:]]
    assert [each["focus"]["reference"] for each in parts] == [brought[0], brought[1], brought[0]] and len(brought) == 2, "each case once, as it stands"
    clinic.plan.tell(made["id"])
    assert len(heard(clinic)) == 2


@pytest.mark.pas_trap(56)
def test_a_subscription_ends_at_the_moment_it_says(clinic: System, physician: Staff) -> None:
    ends = clinic.plan.clock() + timedelta(hours=1)
    made = clinic.post("Subscription", {**wish(clinic), "end": ends.isoformat()}, status=201)
    clinic.plan.tell(made["id"])
    assert status_of(clinic, made["id"])["status"] == "active"
    clinic.plan.clock.turn(hours=1)
    submit(clinic, oxygen(clinic, BORDERLINE))
    (waiting,) = physician.worklist()
    physician.decide(waiting["number"], items=[1], decision="certify", because="Falls on stairs.", criteria=["group_2"])
    clinic.plan.tell(made["id"])
    assert [notice["kind"] for notice in heard(clinic)] == ["handshake"]
    assert clinic.get(f"Subscription/{made['id']}")["status"] == "off"


@pytest.mark.parametrize(("end", "mending"), [("2020-01-01T00:00:00Z", "Give a later 'end'"), ("tomorrow", "Write the moment it ends")])
def test_an_end_that_cannot_be_is_refused(clinic: System, end: str, mending: str) -> None:
    refused = clinic.call("POST", "Subscription", {**wish(clinic), "end": end})
    assert refused.status_code in (400, 422) and mending in refused.text
