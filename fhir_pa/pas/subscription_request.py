"""A FHIR Subscription -> our Subscription, and back: rest-hook on the PAS topic, filtered by organization.

Source: PAS §specification "Subscriptions", profile-subscription; Subscriptions R5 Backport 1.1 for R4, channels and
payloads (pas.md §1.7 rules 60-68, traps 51-60). What we cannot honour is refused, all faults at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from fhir_pa.pas.dates import moment
from fhir_pa.pas.subscription import Content, Subscription, SubscriptionStatus
from ig_profiles.names import BACKPORT, PAS_TOPIC
from ig_profiles.outcome import Issue, Unprocessable, Unreadable
from ig_profiles.reading import Json, extension_value, extensions, many, text

FILTER_CRITERIA = BACKPORT + "backport-filter-criteria"
CHANNEL_TYPE = BACKPORT + "backport-channel-type"
PAYLOAD_CONTENT = BACKPORT + "backport-payload-content"
HEARTBEAT = BACKPORT + "backport-heartbeat-period"
TIMEOUT = BACKPORT + "backport-timeout"
MAX_COUNT = BACKPORT + "backport-max-count"

FILTER_NAMES = ("org-identifier", "orgIdentifier", "identifier")
CONTENTS = {"2.0.1": (Content.ID_ONLY, Content.FULL_RESOURCE, Content.EMPTY), "2.2": (Content.FULL_RESOURCE,)}
MEDIA_TYPES = ("application/fhir+json", "application/json")
_ASKS_FOR = {"off": SubscriptionStatus.OFF, "requested": SubscriptionStatus.REQUESTED, "active": SubscriptionStatus.REQUESTED}


def read(resource: Any, guide: str, client: str, identity: str) -> Subscription:
    """The subscription this client asks for, as ``requested`` (``off`` when it asks for silence).

    Raises Unreadable when it is no Subscription, Unprocessable with everything we cannot honour.
    """
    if not isinstance(resource, dict) or resource.get("resourceType") != "Subscription":
        raise Unreadable("The body is not a Subscription. Post the Subscription resource itself.", expression="Subscription")
    issues: list[Issue] = []
    channel = _object(resource.get("channel"))
    status = resource.get("status", "requested")
    wanted = _ASKS_FOR.get(status) if isinstance(status, str) else None
    if wanted is None:
        issues.append(_fault("status", "Set status to 'requested'; the server makes it 'active' after the handshake.", "value"))
    if (text(resource, "criteria") or "").split("|")[0] != PAS_TOPIC:
        issues.append(_fault("criteria", f"This server offers one topic. Set criteria to '{PAS_TOPIC}'.", "not-supported"))
    subscription = Subscription(
        id=identity,
        client=client,
        guide=guide,
        endpoint=_endpoint(channel, issues),
        headers=_headers(channel, issues),
        content=_content(channel, guide, issues),
        filters=_filters(resource, issues),
        status=wanted or SubscriptionStatus.REQUESTED,
        heartbeat_seconds=_count(channel, HEARTBEAT, issues),
        timeout_seconds=_count(channel, TIMEOUT, issues),
        max_count=_count(channel, MAX_COUNT, issues),
        ends_at=_end(resource, issues),
        resource=resource,
    )
    if issues:
        raise Unprocessable(*issues)
    return subscription


def write(subscription: Subscription) -> Json:
    """The Subscription as the client sent it, with our id and its present status."""
    return {**subscription.resource, "id": subscription.id, "status": str(subscription.status)}


def _endpoint(channel: Json, issues: list[Issue]) -> str:
    if channel.get("type") != "rest-hook" or extensions(channel.get("_type"), CHANNEL_TYPE):
        said = "This server delivers by rest-hook only. Set channel.type to 'rest-hook', without another channel type."
        issues.append(_fault("channel.type", said, "not-supported"))
    if channel.get("payload") not in MEDIA_TYPES:
        issues.append(_fault("channel.payload", "Notifications are JSON. Set channel.payload to 'application/fhir+json'.", "not-supported"))
    endpoint = text(channel, "endpoint") or ""
    if not _is_web_address(endpoint):
        issues.append(_fault("channel.endpoint", "Give the https address that will take the notifications, without user name or fragment.", "value"))
    return endpoint


def _is_web_address(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment and endpoint.isprintable()
    except ValueError:
        return False


def _headers(channel: Json, issues: list[Issue]) -> tuple[str, ...]:
    given = many(channel, "header")
    for position, header in enumerate(given):
        name = header.partition(":")[0].strip() if isinstance(header, str) and ":" in header else ""
        if not name or not header.isprintable() or not name.replace("-", "").replace("_", "").isalnum():
            issues.append(_fault(f"channel.header[{position}]", "Write each header as one line, 'Name: value'.", "value"))
    return tuple(header for header in given if isinstance(header, str))


def _content(channel: Json, guide: str, issues: list[Issue]) -> Content:
    offered = CONTENTS[guide]
    asked = extension_value(channel.get("_payload"), PAYLOAD_CONTENT)
    if asked not in [str(content) for content in offered]:
        said = f"Say how much a notification tells: give channel.payload the backport-payload-content '{offered[0]}'."
        issues.append(_fault("channel.payload", said, "not-supported"))
        return offered[0]
    return Content(asked)


def _filters(resource: Json, issues: list[Issue]) -> tuple[str, ...]:
    """The organizations asked for; ``org-identifier=A,B`` means either."""
    asked = [extension.get("valueString") for extension in extensions(resource.get("_criteria"), FILTER_CRITERIA)]
    how = "Filter by organization: give criteria one backport-filter-criteria 'org-identifier=…', several organizations with commas between."
    if len(asked) != 1 or not isinstance(asked[0], str):
        issues.append(_fault("criteria", how, "not-supported"))
        return ()
    name, _, values = asked[0].rpartition("?")[2].partition("=")
    found = tuple(dict.fromkeys(unquote(value).strip() for value in values.split(",") if value.strip()))
    if name not in FILTER_NAMES or "&" in values or not found:
        issues.append(_fault("criteria", f"The filter '{asked[0][:100]}' is not offered. {how}", "not-supported"))
    return found


def _count(channel: Json, url: str, issues: list[Issue]) -> int | None:
    value = extension_value(channel, url)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31):
        return value
    issues.append(_fault("channel", f"{url.rsplit('/', 1)[-1]} takes a whole number above zero.", "value"))
    return None


def _end(resource: Json, issues: list[Issue]) -> datetime | None:
    ends_at = moment(resource.get("end"))
    if "end" in resource and ends_at is None:
        issues.append(_fault("end", "Write the moment it ends with its time zone, e.g. 2027-06-30T00:00:00Z.", "value"))
    return ends_at


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _fault(element: str, said: str, code: str) -> Issue:
    return Issue(said, code, expression=f"Subscription.{element}")
