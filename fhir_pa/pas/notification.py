"""Notification Bundles for a subscriber: handshake, heartbeat, event, and the answers to ``$status`` and search.

Source: Subscriptions R5 Backport 1.1, backport-subscription-notification-r4 and backport-subscription-status-r4
(pas.md §1.7 rule 68, traps 53-57): type ``history``, Parameters first, numbers as strings.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fhir_pa.pas.answering import claim_response_url, instant
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.pas.response import write
from fhir_pa.pas.subscription import Content, Subscription, SubscriptionStatus
from fhir_pa.um.authorization import Authorization
from ig_profiles.names import BACKPORT, PAS_TOPIC
from ig_profiles.reading import Json


def handshake(subscription: Subscription, *, base_url: str, at: datetime) -> Json:
    """Asks whether the endpoint listens; counts as no event."""
    return _bundle(subscription, "handshake", subscription.events_sent, base_url, at)


def heartbeat(subscription: Subscription, *, base_url: str, at: datetime) -> Json:
    """Says that the subscription lives although nothing happened; counts as no event."""
    return _bundle(subscription, "heartbeat", subscription.events_sent, base_url, at)


def event(
    subscription: Subscription, event_number: int, occurred_at: datetime, authorization: Authorization, received: Json, *, base_url: str, at: datetime
) -> Json:
    """Tells that the answer to an authorization changed.

    ``full-resource`` brings the whole PAS Response Bundle as it stands now, ``id-only`` names the ClaimResponse (the
    client then inquires), ``empty`` only the event's number. ``received`` is the request Bundle last received.
    """
    base = base_url.rstrip("/")
    more: list[Json] = []
    focus: str | None = None
    if subscription.content is Content.FULL_RESOURCE:
        answer = write(authorization, received, subscription.guide, at=at, base_url=base, form="notification")
        identity = stable_uuid("Bundle", authorization.reference, authorization.revision, instant(at))
        focus = f"urn:uuid:{identity}"
        more = [_entry(focus, {**answer, "id": identity}, "POST", "Claim/$submit")]
    elif subscription.content is Content.ID_ONLY:
        focus = claim_response_url(authorization, base)
        more = [_entry(focus, None, "GET", focus.removeprefix(f"{base}/"))]
    parts: list[Json] = [{"name": "event-number", "valueString": str(event_number)}, {"name": "timestamp", "valueInstant": instant(occurred_at)}]
    if focus:
        parts.append({"name": "focus", "valueReference": {"reference": focus}})
    told = {"name": "notification-event", "part": parts}
    return _bundle(subscription, "event-notification", event_number, base, at, [told], more)


def status(subscriptions: Iterable[Subscription], *, base_url: str, at: datetime) -> Json:
    """The answer to ``$status``: where each subscription stands, as a searchset."""
    base = base_url.rstrip("/")
    parameters = [_status(each, "query-status", each.events_sent, base) for each in subscriptions]
    entries = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each, "search": {"mode": "match"}} for each in parameters]
    return {"resourceType": "Bundle", "type": "searchset", "timestamp": instant(at), "total": len(entries)} | ({"entry": entries} if entries else {})


def searchset(resources: Iterable[Json], base_url: str) -> Json:
    """These resources as the answer to a search."""
    base = base_url.rstrip("/")
    entries = [{"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": each, "search": {"mode": "match"}} for each in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries)} | ({"entry": entries} if entries else {})


def _bundle(
    subscription: Subscription, kind: str, events: int, base_url: str, at: datetime, told: list[Json] | None = None, more: list[Json] | None = None
) -> Json:
    base = base_url.rstrip("/")
    parameters = _status(subscription, kind, events, base)
    parameters["parameter"] += told or []
    first = _entry(f"urn:uuid:{parameters['id']}", parameters, "GET", f"Subscription/{subscription.id}/$status")
    return {
        "resourceType": "Bundle",
        "id": stable_uuid("Bundle", subscription.id, kind, events, instant(at)),
        "meta": {"profile": [BACKPORT + "backport-subscription-notification-r4"]},
        "type": "history",
        "timestamp": instant(at),
        "entry": [first, *(more or [])],
    }


def _status(subscription: Subscription, kind: str, events: int, base: str) -> Json:
    parameters: list[Json] = [
        {"name": "subscription", "valueReference": {"reference": f"{base}/Subscription/{subscription.id}"}},
        {"name": "topic", "valueCanonical": PAS_TOPIC},
        {"name": "status", "valueCode": str(subscription.status)},
        {"name": "type", "valueCode": kind},
        {"name": "events-since-subscription-start", "valueString": str(events)},
    ]
    if subscription.status is SubscriptionStatus.ERROR:
        said = "Notifications could not be delivered. Update the subscription to start it again."
        parameters.append({"name": "error", "valueCodeableConcept": {"text": said}})
    return {
        "resourceType": "Parameters",
        "id": stable_uuid("Parameters", subscription.id, kind, events),
        "meta": {"profile": [BACKPORT + "backport-subscription-status-r4"]},
        "parameter": parameters,
    }


def _entry(full_url: str, resource: Json | None, method: str, url: str) -> Json:
    """A history entry: FHIR wants request and response on each (bdl-3, bdl-4)."""
    what = {"resource": resource} if resource is not None else {}
    return {"fullUrl": full_url, **what, "request": {"method": method, "url": url}, "response": {"status": "200"}}
