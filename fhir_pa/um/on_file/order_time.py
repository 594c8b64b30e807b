"""Order time: a service certified while it was ordered, and the request that may still be sent for it afterwards.

What was certified with the order is not weighed a second time: a request that asks for no more is answered with that
certification (decision 0005).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event, Item
from fhir_pa.um.case.transitions import CERTIFICATIONS
from fhir_pa.um.deciding.determination import Authorized, Certify
from fhir_pa.um.deciding.exclusion import Answer
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, RequestedItem

SIGNED = "order signed"
_SIGNED_BECAUSE = "Certified with the answer to the order; nobody had to ask."
_TAKEN_UP_BECAUSE = "The service was certified when the order was signed; the request is answered with that certification."


def open_with_order(
    number: str, reference: str, request: AuthorizationRequest, answers: Mapping[int, Answer], received: str, client: str, at: datetime
) -> Authorization:
    """The case of an order the engine certified; its trail begins with the signing instead of a request."""
    opened = Authorization.open(number, reference, request, answers, received, client, at)
    signed = Event(at, SIGNED, client, opened.trail[0].items, _SIGNED_BECAUSE)
    return replace(opened, trail=(signed, *opened.trail[1:]))


def certifies_all(request: AuthorizationRequest, on_file: Iterable[Authorization], today: date) -> Authorization | None:
    """The order-time case that certifies everything this request asks for; None when there is none, or it asks for more.

    A request with several items, or one that numbers its item otherwise, is a case of its own (``carried``).
    """
    if len(request.items) != 1:
        return None
    (asked,) = request.items
    for authorization in on_file:
        item = _certifying(asked, [authorization], today)
        if item is not None and len(authorization.items) == 1 and item.sequence == asked.sequence:
            return authorization
    return None


def taken_up(before: Authorization, request: AuthorizationRequest, received: str, client: str, at: datetime) -> Authorization:
    """The case after the provider's own request for it came: known by the request's numbers, its determination unchanged."""
    (item,), (asked,) = before.items, request.items
    known = replace(asked, trace_numbers=tuple(dict.fromkeys((*asked.trace_numbers, *item.requested.trace_numbers))))
    numbers = tuple(dict.fromkeys((*request.trace_numbers, *before.request.trace_numbers)))
    merged = replace(request, items=(known,), trace_numbers=numbers, assertion=before.request.assertion)
    event = Event(at, "received", client, (item.sequence,), _TAKEN_UP_BECAUSE)
    return replace(
        before,
        request=merged,
        items=(replace(item, requested=known),),
        trail=(*before.trail, event),
        revision=before.revision + 1,
        submission=received,
        received=(*before.received, received),
    )


def carried(request: AuthorizationRequest, on_file: Iterable[Authorization], today: date) -> tuple[AuthorizationRequest, dict[int, Certify]]:
    """The request and the certifications its items have already, by sequence; such an item names the number it has.

    For a request that asks for several services, some of them certified with their orders: those keep what they have.
    """
    cases = list(on_file)
    answers: dict[int, Certify] = {}
    items: list[RequestedItem] = []
    for asked in request.items:
        case = next((each for each in cases if _certifying(asked, [each], today) is not None), None)
        item = _certifying(asked, [case], today) if case else None
        if case is None or item is None or item.determination.edition is None or item.determination.authorized is None:
            items.append(asked)
            continue
        determination = item.determination
        because = f"Certified as {case.number} when the order was signed; the same certification stands here."
        answers[asked.sequence] = Certify(because, determination.findings, item.determination.edition, item.determination.authorized)
        items.append(replace(asked, authorization_number=asked.authorization_number or case.number))
    return replace(request, items=tuple(items)), answers


def _certifying(asked: RequestedItem, cases: Iterable[Authorization], today: date) -> Item | None:
    """The item of one of these order-time cases that certifies all that is asked."""
    if asked.cancelled or asked.certification_type is not CertificationType.INITIAL or asked.code_end is not None:
        return None
    for case in cases:
        for item in case.items if case.request.assertion else ():
            held = item.determination.authorized
            same = any(mine.same_as(theirs) for mine in item.requested.service.codes for theirs in asked.service.codes)
            same = same and not asked.at_another_site_than(item.requested)
            if item.state in CERTIFICATIONS and held is not None and same and _within(asked, held, today):
                return item
    return None


def _within(asked: RequestedItem, held: Authorized, today: date) -> bool:
    service = asked.service
    first = service.on or today
    if not held.starts_on <= first <= held.until or (service.until is not None and service.until > held.until):
        return False
    if service.quantity is None or held.quantity is None:
        return True
    return service.quantity <= held.quantity and service.unit in (None, held.unit)
