"""Subscriptions of both generations: what is agreed, what is refused, and what a subscriber is sent."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.subscription import Subscription as FhirSubscription

from fhir_pa.pas import notification, subscription_request
from fhir_pa.pas.notification import Told
from fhir_pa.pas.subscription import Content, Subscription, SubscriptionStatus
from ig_profiles.json import dump
from ig_profiles.names import PAS_TOPIC
from ig_profiles.outcome import Refusal, Unreadable
from ig_profiles.reading import Json
from tests.fhir_pa.pas_bundles import extension
from tests.fhir_pa.pas_cases import LATER, PAYER_BASE, every_decision
from tests.fhir_pa.published_profiles import faults


def asked(content: str = "full-resource", **channel: Any) -> Json:
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Decisions on our requests",
        "criteria": PAS_TOPIC,
        "_criteria": {"extension": [extension(subscription_request.FILTER_CRITERIA, valueString="org-identifier=OAKISA,http://x.example%7C9000000023")]},
        "channel": {
            "extension": [
                extension(subscription_request.HEARTBEAT, valueUnsignedInt=86400),
                extension(subscription_request.TIMEOUT, valueUnsignedInt=60),
                extension(subscription_request.MAX_COUNT, valuePositiveInt=10),
            ],
            "type": "rest-hook",
            "endpoint": "https://oakwood.example/hook",
            "payload": "application/fhir+json",
            "_payload": {"extension": [extension(subscription_request.PAYLOAD_CONTENT, valueCode=content)]},
            "header": ["Authorization: Bearer s3cret"],
            **channel,
        },
    }


def agreed(guide: str = "2.2", content: str = "full-resource") -> Subscription:
    return subscription_request.read(asked(content), guide, "oakwood-ehr", "sub-1")


def test_a_subscription_is_read_as_requested() -> None:
    subscription = agreed()
    assert subscription.status is SubscriptionStatus.REQUESTED
    assert (subscription.id, subscription.client, subscription.guide) == ("sub-1", "oakwood-ehr", "2.2")
    assert subscription.endpoint == "https://oakwood.example/hook"
    assert subscription.headers == ("Authorization: Bearer s3cret",)
    assert subscription.content is Content.FULL_RESOURCE
    assert subscription.filters == ("OAKISA", "http://x.example|9000000023")
    assert (subscription.heartbeat_seconds, subscription.timeout_seconds, subscription.max_count) == (86400, 60, 10)


def test_it_is_written_back_as_sent_with_our_id_and_status() -> None:
    written = subscription_request.write(replace(agreed(), status=SubscriptionStatus.ACTIVE))
    FhirSubscription.model_validate_json(dump(written))
    assert written == {**asked(), "id": "sub-1", "status": "active"}
    assert faults(subscription_request.write(agreed()), "profile-subscription", "2.2") == []


@pytest.mark.parametrize("name", ["org-identifier=A", "orgIdentifier=A", "identifier=A", "ClaimResponse?identifier=A"])
@pytest.mark.pas_trap(55)
def test_every_spelling_of_the_filter_found_in_the_wild_is_taken(name: str) -> None:
    resource = asked()
    resource["_criteria"]["extension"][0]["valueString"] = name
    assert subscription_request.read(resource, "2.2", "c", "s").filters == ("A",)


@pytest.mark.requirement("pas-2.0.1:145")
@pytest.mark.parametrize("content", ["id-only", "full-resource", "empty"])
def test_2_0_1_lets_the_client_choose_how_much_is_told(content: str) -> None:
    assert agreed("2.0.1", content).content == content


def test_the_client_may_switch_off() -> None:
    assert subscription_request.read({**asked(), "status": "off"}, "2.2", "c", "s").status is SubscriptionStatus.OFF


BROKEN: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({"criteria": "http://elsewhere.example/topic"}, {}, "Subscription.criteria", PAS_TOPIC),
    ({"status": "error"}, {}, "Subscription.status", "'requested'"),
    ({"status": ["x"]}, {}, "Subscription.status", "'requested'"),
    ({"_criteria": {}}, {}, "Subscription.criteria", "org-identifier="),
    ({"_criteria": {"extension": [extension(subscription_request.FILTER_CRITERIA, valueString="patient=1")]}}, {}, "Subscription.criteria", "not offered"),
    (
        {"_criteria": {"extension": [extension(subscription_request.FILTER_CRITERIA, valueString="identifier=1&patient=2")]}},
        {},
        "Subscription.criteria",
        "not offered",
    ),
    ({}, {"type": "websocket"}, "Subscription.channel.type", "rest-hook"),
    ({}, {"_type": {"extension": [extension(subscription_request.CHANNEL_TYPE, valueCoding={"code": "zulip"})]}}, "Subscription.channel.type", "rest-hook"),
    ({}, {"payload": "application/fhir+xml"}, "Subscription.channel.payload", "application/fhir+json"),
    ({}, {"_payload": None}, "Subscription.channel.payload", "backport-payload-content 'full-resource'"),
    ({}, {"endpoint": "ftp://oakwood.example"}, "Subscription.channel.endpoint", "https"),
    ({}, {"endpoint": "https://user@oakwood.example/"}, "Subscription.channel.endpoint", "without user name"),
    ({}, {"endpoint": None}, "Subscription.channel.endpoint", "https"),
    ({}, {"header": ["X: a\r\nHost: evil"]}, "Subscription.channel.header[0]", "one line"),
    ({}, {"header": ["no colon"]}, "Subscription.channel.header[0]", "'Name: value'"),
    ({}, {"extension": [extension(subscription_request.TIMEOUT, valueUnsignedInt="soon")]}, "Subscription.channel", "whole number"),
]


@pytest.mark.requirement("pas-2.2.1:spec-56", "pas-2.2.1:spec-58")
@pytest.mark.parametrize(("given", "channel", "expression", "mend"), BROKEN)
def test_what_cannot_be_honoured_is_refused_with_how_to_mend_it(given: Json, channel: Json, expression: str, mend: str) -> None:
    with pytest.raises(Refusal) as refused:
        subscription_request.read({**asked(**channel), **given}, "2.2", "c", "s")
    assert [mend in issue.text for issue in refused.value.issues if issue.expression == expression] == [True]


@pytest.mark.requirement("pas-2.2.1:spec-62")
def test_2_2_takes_only_whole_resources() -> None:
    with pytest.raises(Refusal, match="backport-payload-content 'full-resource'"):
        agreed("2.2", "id-only")


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        subscription_request.read({"resourceType": "Subscription"}, "2.2", "c", "s")
    assert len(refused.value.issues) == 6


def test_another_resource_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="Post the Subscription resource itself"):
        subscription_request.read({"resourceType": "Bundle"}, "2.2", "c", "s")


# --- notifications ----------------------------------------------------------------------------------------------------


def parameters(bundle: Json) -> Json:
    first: Json = bundle["entry"][0]["resource"]
    return {each["name"]: next((each[key] for key in each if key != "name"), None) for each in first["parameter"]}


def checked(bundle: Json) -> Json:
    """The notification, after looking at what every one must have."""
    Bundle.model_validate_json(dump(bundle))
    assert bundle["type"] == "history"
    assert all(each["fullUrl"] and each["request"]["method"] and each["response"]["status"] for each in bundle["entry"])
    assert bundle["entry"][0]["request"] == {"method": "GET", "url": "Subscription/sub-1/$status"}
    assert bundle["entry"][0]["resource"]["resourceType"] == "Parameters"
    return parameters(bundle)


@pytest.mark.pas_trap(53, 54)
def test_a_handshake_counts_no_event() -> None:
    told = checked(notification.handshake(agreed(), base_url=PAYER_BASE, at=LATER))
    assert (told["type"], told["status"], told["events-since-subscription-start"]) == ("handshake", "requested", "0")
    assert told["subscription"] == {"reference": f"{PAYER_BASE}/Subscription/sub-1"}
    assert told["topic"] == PAS_TOPIC and "notification-event" not in told


def test_a_heartbeat_tells_the_count_so_far() -> None:
    beating = replace(agreed(), status=SubscriptionStatus.ACTIVE, events_sent=7)
    told = checked(notification.heartbeat(beating, base_url=PAYER_BASE, at=LATER))
    assert (told["type"], told["status"], told["events-since-subscription-start"]) == ("heartbeat", "active", "7")


@pytest.mark.requirement("pas-2.2.1:spec-61")
@pytest.mark.pas_trap(53, 57)
def test_a_full_resource_event_brings_the_whole_response_bundle() -> None:
    case, received = every_decision("2.2")
    active = replace(agreed(), status=SubscriptionStatus.ACTIVE)
    bundle = notification.event(active, Told(3, LATER, case, received), base_url=PAYER_BASE, at=LATER)
    told = checked(bundle)
    assert (told["type"], told["events-since-subscription-start"]) == ("event-notification", "3")
    part = {each["name"]: next(each[key] for key in each if key != "name") for each in told["notification-event"]}
    assert part["event-number"] == "3" and part["timestamp"] == "2026-11-20T15:00:00.000+00:00"
    focus = bundle["entry"][1]
    assert part["focus"] == {"reference": focus["fullUrl"]}
    assert focus["resource"]["resourceType"] == "Bundle"
    assert faults(focus["resource"], "profile-pas-response-bundle", "2.2") == []


@pytest.mark.requirement("pas-2.0.1:145")
@pytest.mark.pas_trap(57)
def test_an_id_only_event_names_the_claim_response_and_tells_nothing() -> None:
    case, received = every_decision("2.0.1")
    bundle = notification.event(agreed("2.0.1", "id-only"), Told(1, LATER, case, received), base_url=PAYER_BASE, at=LATER)
    told = checked(bundle)
    assert told["notification-event"][-1]["valueReference"] == {"reference": f"{PAYER_BASE}/ClaimResponse/PR0001"}
    assert all("resource" not in each for each in bundle["entry"][1:])
    assert b"SYN-01" not in dump(bundle) and b"Penhallow" not in dump(bundle)


def test_an_empty_event_has_no_focus() -> None:
    case, received = every_decision("2.0.1")
    bundle = notification.event(agreed("2.0.1", "empty"), Told(1, LATER, case, received), base_url=PAYER_BASE, at=LATER)
    assert [part["name"] for part in checked(bundle)["notification-event"]] == ["event-number", "timestamp"]
    assert len(bundle["entry"]) == 1


def test_status_is_a_searchset_that_says_what_went_wrong() -> None:
    broken = replace(agreed(), status=SubscriptionStatus.ERROR, events_sent=2)
    answered = notification.status([broken, agreed()], base_url=PAYER_BASE, at=LATER)
    Bundle.model_validate_json(dump(answered))
    assert (answered["type"], answered["total"]) == ("searchset", 2)
    told = parameters(answered)
    assert (told["type"], told["status"], told["events-since-subscription-start"]) == ("query-status", "error", "2")
    assert "Update the subscription" in told["error"]["text"]


def test_a_search_gives_each_resource_under_its_address() -> None:
    found = notification.searchset([subscription_request.write(agreed())], PAYER_BASE)
    Bundle.model_validate_json(dump(found))
    assert found["entry"][0]["fullUrl"] == f"{PAYER_BASE}/Subscription/sub-1"
    assert notification.searchset([], PAYER_BASE) == {"resourceType": "Bundle", "type": "searchset", "total": 0}


def test_reading_changes_nothing_of_what_was_sent() -> None:
    resource = asked()
    before = deepcopy(resource)
    subscription_request.read(resource, "2.2", "c", "s")
    assert resource == before
