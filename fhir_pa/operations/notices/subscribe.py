"""Subscription create, read, update, delete, search, $status and $events: whoever submits may hear of what becomes of it.

Chapters: PAS, Subscriptions; Subscriptions R5 Backport 1.1 (R4). A client may only subscribe for the organizations and
sending systems the payer has registered for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from fhir_pa.auth.caller import ANYBODY, Caller
from fhir_pa.auth.directory import Client
from fhir_pa.configuration import LOOPBACK
from fhir_pa.operations.requests.inquire import request_of
from fhir_pa.outbound.addresses import NotAllowed, check_url
from fhir_pa.pas import notification, subscription_request
from fhir_pa.pas.notice import NoticeKind
from fhir_pa.pas.notification import Told
from fhir_pa.pas.subscription import Content, Subscription
from fhir_pa.storage.store import Reading
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Forbidden, NotFound, Unprocessable
from ig_profiles.reading import Json
from ig_profiles.resource_text import read_resource

EVENTS_AT_ONCE = 100
LESS = {
    Content.FULL_RESOURCE: ("full-resource", "id-only", "empty"),
    Content.ID_ONLY: ("id-only", "empty"),
    Content.EMPTY: ("empty",),
}  # nobody gets more than the agreed content by asking again


def create(body: bytes, guide: str, caller: Caller, payer: Payer) -> Json:
    """Keep a new subscription as ``requested``; its handshake follows at once. Raises Refusal for what is not offered."""
    asked = subscription_request.read(read_resource(body, guide), guide, caller.id, str(uuid.uuid4()))
    _must_be_its_own(asked, caller)
    _must_not_be_over(asked, payer)
    with payer.store.transaction() as tx:
        tx.add_subscription(asked)
    return subscription_request.write(asked)


def read(identity: str, guide: str, caller: Caller, payer: Payer) -> Json:
    """One of the caller's subscriptions, with its present status."""
    with payer.store.reading() as tx:
        return subscription_request.write(_own(identity, guide, caller, tx))


def update(identity: str, body: bytes, guide: str, caller: Caller, payer: Payer) -> Json:
    """Change a subscription, or ask for it again after an error; status ``off`` ends it."""
    asked = subscription_request.read(read_resource(body, guide), guide, caller.id, identity)
    _must_be_its_own(asked, caller)
    _must_not_be_over(asked, payer)
    with payer.store.transaction() as tx:
        before = _own(identity, guide, caller, tx)
        changed = replace(asked, events_sent=before.events_sent)
        tx.save_subscription(changed)
    return subscription_request.write(changed)


def delete(identity: str, guide: str, caller: Caller, payer: Payer) -> None:
    """End a subscription; what waited for it is not told any more."""
    with payer.store.transaction() as tx:
        _own(identity, guide, caller, tx)
        tx.delete_subscription(identity)


def search(parameters: Mapping[str, list[str]], guide: str, caller: Caller, payer: Payer) -> Json:
    """The caller's subscriptions, narrowed by ``url`` and ``status``."""
    with payer.store.reading() as tx:
        mine = [each for each in tx.subscriptions(caller.id) if each.guide == guide]
    wanted = {name: {value for given in values for value in given.split(",")} for name, values in parameters.items()}
    found = [
        each
        for each in mine
        if (not wanted.get("url") or each.endpoint in wanted["url"]) and (not wanted.get("status") or each.status in wanted["status"])
    ]
    return notification.searchset([subscription_request.write(each) for each in found], payer.fhir_base(guide))


def status(identities: tuple[str, ...], guide: str, caller: Caller, payer: Payer) -> Json:
    """Where subscriptions stand and how many events they had, as a searchset of status Parameters."""
    with payer.store.reading() as tx:
        mine = [_own(identity, guide, caller, tx) for identity in identities] or [each for each in tx.subscriptions(caller.id) if each.guide == guide]
    return notification.status(mine, base_url=payer.fhir_base(guide), at=payer.clock())


def events(identity: str, asked: Mapping[str, list[str]], guide: str, caller: Caller, payer: Payer) -> Json:
    """Events of one subscription told again, whether or not they were heard: by number, both ends included.

    ``eventsSinceNumber`` and ``eventsUntilNumber`` bound them, ``content`` may ask for less than was agreed. What they are
    about is told as it stands now, as in a notification (pas.md trap 45). At most so many come at once; ask for the rest.
    """
    since, until = _number(asked, "eventsSinceNumber", 1), _number(asked, "eventsUntilNumber", None)
    with payer.store.reading() as tx:
        subscription = _with_content(_own(identity, guide, caller, tx), asked)
        wanted = [each for each in tx.notices(identity) if each.kind is NoticeKind.EVENT and since <= each.event_number <= (until or each.event_number)]
        told = []
        for each in sorted(wanted, key=lambda record: record.event_number)[: subscription.max_count or EVENTS_AT_ONCE]:
            authorization = tx.authorization(each.number or "")
            told.append(Told(each.event_number, each.at, authorization, request_of(authorization, tx)))
    return notification.events(subscription, told, base_url=payer.fhir_base(guide), at=payer.clock())


def _with_content(subscription: Subscription, asked: Mapping[str, list[str]]) -> Subscription:
    wanted = next(iter(asked.get("content", [])), str(subscription.content))
    if wanted not in LESS[subscription.content]:
        offered = "', '".join(LESS[subscription.content])
        raise Unprocessable(f"This subscription tells '{subscription.content}'. Ask for one of '{offered}'.", expression="content")
    return replace(subscription, content=Content(wanted))


def _number(asked: Mapping[str, list[str]], name: str, default: Any) -> Any:
    given = next(iter(asked.get(name, [])), None)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit()):
        raise Unprocessable(f"{name} is '{given[:40]}'. Give the number of an event, counted from 1.", expression=name)
    return int(given)


def _own(identity: str, guide: str, caller: Caller, tx: Reading) -> Subscription:
    found = tx.subscription(identity)
    if found.client != caller.id or found.guide != guide:
        raise NotFound(f"No Subscription {identity} is on file. Search for yours, or create one.")
    return found


def _must_not_be_over(asked: Subscription, payer: Payer) -> None:
    if asked.ends_at is not None and asked.ends_at <= payer.clock():
        raise Unprocessable("The subscription would end before it begins. Give a later 'end', or none.", expression="Subscription.end")


def _must_be_its_own(asked: Subscription, caller: Caller) -> None:
    client = caller.client
    if client is None:
        raise Forbidden("Subscriptions belong to providers' systems. Use a client's access token.")
    strange = [value for value in asked.filters if value.rsplit("|", 1)[-1] not in client.organizations]
    if strange and not caller.is_open:
        raise Forbidden(
            f"{client.name} may not subscribe for '{strange[0]}'. Subscribe for one of its own: {', '.join(client.organizations) or 'none is registered'}.",
            expression="Subscription.criteria",
        )
    try:
        check_url(asked.endpoint, endpoints_of(client, asked.endpoint))
    except NotAllowed as why:
        raise Forbidden(f"{why} Ask the payer to register the endpoint's URL prefix.", expression="Subscription.channel.endpoint") from None


def endpoints_of(client: Client, endpoint: str) -> tuple[str, ...]:
    """The URL prefixes at which this client may be told; in open mode (loopback only) any address of this machine."""
    loopback = urlsplit(endpoint).hostname in LOOPBACK
    return (endpoint,) if client.id == ANYBODY.id and loopback else client.notification_endpoints
