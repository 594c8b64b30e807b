"""Notification Bundles for a subscriber: handshake, heartbeat, event, and the answers to ``$events``, ``$status`` and search.

Source: Subscriptions R5 Backport 1.1, backport-subscription-notification-r4 and backport-subscription-status-r4
(pas.md §1.7 rule 68, traps 53-57): type ``history``, Parameters first, numbers as strings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.pas.answering import claim_response_url, instant
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.pas.response import write
from fhir_pa.pas.subscription import Content, Subscription, SubscriptionStatus
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.names import BACKPORT, PAS_TOPIC
from ig_profiles.reading import Json


def handshake(subscription: Subscription, *, base_url: str, at: datetime) -> Json:
    """Asks whether the endpoint listens; counts as no event."""
    return _bundle(subscription, "handshake", subscription.events_sent, base_url, at)


def heartbeat(subscription: Subscription, *, base_url: str, at: datetime) -> Json:
    """Says that the subscription lives although nothing happened; counts as no event."""
    return _bundle(subscription, "heartbeat", subscription.events_sent, base_url, at)


@dataclass(frozen=True)
class Told:
    """One event: its number, when it was, and the authorization as it stands with the request Bundle last received for it."""

    number: int
    occurred_at: datetime
    authorization: Authorization
    received: Json


def event(subscription: Subscription, *told: Told, base_url: str, at: datetime) -> Json:
    """Tells that the answer to an authorization changed, or to several, in the order of their numbers; each case is brought once.

    ``full-resource`` brings the whole PAS Response Bundle as it stands now, ``id-only`` names the ClaimResponse (the
    client then inquires), ``empty`` only the event's number.
    """
    base = base_url.rstrip("/")
    parts, entries = _parts(subscription, told, base, at)
    return _bundle(subscription, "event-notification", told[-1].number, base, at, parts, entries)


def events(subscription: Subscription, told: Iterable[Told], *, base_url: str, at: datetime) -> Json:
    """The answer to ``$events``: events told before, in the order of their numbers; each case is brought once, as it stands."""
    base = base_url.rstrip("/")
    parts, entries = _parts(subscription, told, base, at)
    return _bundle(subscription, "query-event", subscription.events_sent, base, at, parts, entries)


def _parts(subscription: Subscription, told: Iterable[Told], base: str, at: datetime) -> tuple[list[Json], list[Json]]:
    """What is told of each event, and the entries they are about."""
    cases: dict[str, Json | None] = {}
    parts = []
    for each in told:
        reference = each.authorization.reference
        if reference not in cases:
            cases[reference] = _focus(subscription, each.authorization, each.received, base, at)
        parts.append(_told(each, cases[reference]))
    return parts, [entry for entry in cases.values() if entry]


def _focus(subscription: Subscription, authorization: Authorization, received: Json, base: str, at: datetime) -> Json | None:
    """The entry an event is about, with as much in it as the subscriber agreed to; None when it wants nothing but numbers."""
    if subscription.content is Content.FULL_RESOURCE:
        answer = write(authorization, received, subscription.guide, at=at, base_url=base, form="notification")
        identity = stable_uuid("Bundle", authorization.reference, authorization.revision, instant(at))
        return _entry(f"urn:uuid:{identity}", {**answer, "id": identity}, "POST", "Claim/$submit")
    if subscription.content is Content.ID_ONLY:
        focus = claim_response_url(authorization, base)
        return _entry(focus, None, "GET", focus.removeprefix(f"{base}/"))
    return None


def _told(told: Told, entry: Json | None) -> Json:
    parts: list[Json] = [{"name": "event-number", "valueString": str(told.number)}, {"name": "timestamp", "valueInstant": instant(told.occurred_at)}]
    if entry:
        parts.append({"name": "focus", "valueReference": {"reference": entry["fullUrl"]}})
    return {"name": "notification-event", "part": parts}


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
