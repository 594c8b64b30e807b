"""Tell one subscriber one thing: the notification Bundle is written from the case as it stands and posted to the endpoint.

Chapter: Subscriptions R5 Backport 1.1, notifications and errors; PAS, Subscriptions.
"""

from __future__ import annotations

from fhir_pa.auth.caller import ANYBODY
from fhir_pa.operations.notices.subscribe import endpoints_of
from fhir_pa.operations.requests.inquire import request_of
from fhir_pa.outbound.addresses import NotAllowed
from fhir_pa.outbound.guarded import Limits, NotReached, post
from fhir_pa.pas import notification
from fhir_pa.pas.notice import DeliveryResult, Notice, NoticeKind
from fhir_pa.pas.notification import Told
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.reading import Json


def deliver(notice: Notice, payer: Payer) -> DeliveryResult:
    """Post it; a 2xx answer means heard. What the subscriber may no longer hear, or can never hear, is hopeless."""
    subscription = notice.subscription
    client = ANYBODY if payer.settings.open and subscription.client == ANYBODY.id else payer.directory.client(subscription.client)
    if client is None:
        return DeliveryResult(False, "the client is not registered any more", hopeless=True)
    headers = dict(header.split(":", 1) for header in subscription.headers if ":" in header)
    headers = {name.strip(): value.strip() for name, value in headers.items()} | {"Content-Type": "application/fhir+json"}
    limits = Limits(total=float(subscription.timeout_seconds or Limits.total))
    try:
        reply = post(
            subscription.endpoint,
            dump(write(notice, payer)),
            endpoints_of(client, subscription.endpoint),
            headers,
            limits,
            payer.settings.private_networks,
        )
    except NotAllowed as why:
        return DeliveryResult(False, str(why), hopeless=True)
    except NotReached as why:
        return DeliveryResult(False, str(why))
    heard = 200 <= reply.status < 300
    return DeliveryResult(heard, "" if heard else f"the endpoint answered {reply.status}")


def write(notice: Notice, payer: Payer) -> Json:
    """The notification Bundle for this notice."""
    base, at = payer.fhir_base(notice.subscription.guide), payer.clock()
    authorization = notice.authorization
    if notice.kind is NoticeKind.HEARTBEAT:
        return notification.heartbeat(notice.subscription, base_url=base, at=at)
    if notice.kind is NoticeKind.HANDSHAKE or authorization is None:
        return notification.handshake(notice.subscription, base_url=base, at=at)
    with payer.store.reading() as tx:
        told = [Told(each.event_number, each.at, case, request_of(case, tx)) for each in notice.together if (case := each.authorization)]
    return notification.event(notice.subscription, *told, base_url=base, at=at)
