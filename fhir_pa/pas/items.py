"""Claim.item -> requested services, each with its order, diagnoses, providers and days.

Source: PAS §specification, profile-claim and profile-claim-update (pas.md §3.2); update marks §1.6 rules 50-54.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from cds_hooks.orders import sites_of
from fhir_pa.pas.bundle import claim_elements
from fhir_pa.pas.codes import read_certification_type
from fhir_pa.pas.dates import days, full_date, number, period, quantity
from fhir_pa.pas.extensions import (
    ADMINISTRATIVE_REFERENCE,
    AUTHORIZATION_NUMBER,
    CERTIFICATION_TYPE,
    INFO_CANCELLED,
    INFO_CHANGED,
    ITEM_TRACE_NUMBER,
    REQUEST_TYPE,
    REQUESTED_SERVICE,
    SERVICE_CODE_END,
)
from fhir_pa.pas.people import CareTeamMember, identifiers
from fhir_pa.um.deciding.request import CertificationType, RequestedItem
from ig_profiles.names import DATA_ABSENT_REASON, PAS_TEMP_CODES, PLACE_OF_SERVICE, X12_REQUEST_TYPE, X12_SERVICE_TYPE
from ig_profiles.outcome import Issue
from ig_profiles.reading import Coding, Entry, Index, Json, code_in, codings, extension_value, extensions, many, one, text
from questionnaires.policy import RequestedService

_CONCEPTS_OF_ORDERS = (("code",), ("codeCodeableConcept",), ("medicationCodeableConcept",), ("oralDiet", "type"), ("enteralFormula", "baseFormulaType"))


def read_items(claim: Entry, index: Index, team: tuple[CareTeamMember, ...], issues: list[Issue]) -> tuple[RequestedItem, ...]:
    """Every requested service of the Claim; what cannot be an item is told in ``issues``."""
    found: dict[int, RequestedItem] = {}
    for where, node in claim_elements(claim, "item"):
        sequence = node.get("sequence")
        if isinstance(sequence, bool) or not isinstance(sequence, int) or sequence < 1:
            unnumbered = "The item has no sequence. Number the items from 1; the number names the item for life."
            issues.append(Issue(unnumbered, "required", expression=f"{where}.sequence"))
            continue
        if sequence in found:
            issues.append(Issue(f"Sequence {sequence} is used twice. Give every item its own number.", "duplicate", expression=f"{where}.sequence"))
            continue
        if not isinstance(node.get("productOrService"), dict):
            unsaid = "The item does not say what is asked for. Give productOrService, e.g. a HCPCS code."
            issues.append(Issue(unsaid, "required", expression=f"{where}.productOrService"))
        found[sequence] = _item(sequence, node, claim, index, team)
    return tuple(found.values())


def _item(sequence: int, node: Json, claim: Entry, index: Index, team: tuple[CareTeamMember, ...]) -> RequestedItem:
    order_reference = extension_value(node, REQUESTED_SERVICE)
    order = index.resolve(order_reference, claim)
    named = {value for value in many(node, "careTeamSequence") if isinstance(value, int)}
    certification = read_certification_type(extension_value(node, CERTIFICATION_TYPE))
    end = codings(extension_value(node, SERVICE_CODE_END))
    return RequestedItem(
        sequence=sequence,
        service=_service(node, order, claim, index),
        certification_type=certification or CertificationType.INITIAL,
        request_type=code_in(extension_value(node, REQUEST_TYPE), X12_REQUEST_TYPE) or "",
        category=next(iter(codings(node.get("category"))), None),
        trace_numbers=identifiers([extension.get("valueIdentifier") for extension in extensions(node, ITEM_TRACE_NUMBER)]),
        code_end=end[0] if end else None,
        modifiers=tuple(coding for concept in many(node, "modifier") for coding in codings(concept)[:1]),
        revenue=next(iter(codings(node.get("revenue"))), None),
        unit_price=number(one(node, "unitPrice", "value")),
        authorization_number=_string(extension_value(node, AUTHORIZATION_NUMBER)),
        administrative_reference=_string(extension_value(node, ADMINISTRATIVE_REFERENCE)),
        order=(order.full_url if order else None) or text(order_reference, "reference"),
        providers=tuple(someone.party for someone in team if someone.sequence in named),
        changed=_string(extension_value(node, INFO_CHANGED)) or "",
        sites=tuple(sorted({*sites_of(node), *(sites_of(order.resource) if order else ())})),
        cancelled=extension_value(node, INFO_CANCELLED) is True or certification is CertificationType.CANCEL,
    )


def _service(node: Json, order: Entry | None, claim: Entry, index: Index) -> RequestedService:
    ordered = order.resource if order else {}
    on, until = _first_known((days(node, "serviced"), _order_days(ordered), _event_days(claim)))
    amount, unit = _quantity(node, ordered)
    location = node.get("locationCodeableConcept")
    return RequestedService(
        codes=service_codes(node.get("productOrService"), ordered),
        diagnoses=item_diagnoses(node, claim, index, ordered),
        on=on,
        until=until,
        quantity=amount,
        unit=unit,
        place=code_in(location, PLACE_OF_SERVICE),
    )


def service_codes(concept: Any, order: Json) -> tuple[Coding, ...]:
    """The billing codes of the item; those of the order only where the item names no more than a kind of service.

    An order may be worded more widely than the item, so it never adds codes to an item that has its own.
    """
    own = tuple(coding for coding in codings(concept) if coding.system != DATA_ABSENT_REASON)
    if any(coding.system != X12_SERVICE_TYPE for coding in own):
        return own
    ordered = tuple(coding for path in _CONCEPTS_OF_ORDERS for coding in codings(many(order, *path)) if coding.system != X12_SERVICE_TYPE)
    return tuple(dict.fromkeys((*own, *ordered)))


def diagnoses(claim: Entry, index: Index) -> dict[int, tuple[Coding, ...]]:
    """The codes of each diagnosis of the Claim by its sequence, the Condition behind it read where it refers to one."""
    found: dict[int, tuple[Coding, ...]] = {}
    for position, (_, node) in enumerate(claim_elements(claim, "diagnosis")):
        condition = index.resolve(node.get("diagnosisReference"), claim)
        codes = codings(node.get("diagnosisCodeableConcept")) or codings(condition.resource.get("code") if condition else None)
        sequence = node.get("sequence")
        found[sequence if isinstance(sequence, int) else -1 - position] = codes
    return found


def item_diagnoses(node: Json, claim: Entry, index: Index, order: Json) -> tuple[Coding, ...]:
    """The diagnoses the item names; without such, all of the Claim; without any, the order's reason."""
    known = diagnoses(claim, index)
    wanted = [value for value in many(node, "diagnosisSequence") if isinstance(value, int) and value in known]
    chosen = [coding for sequence in (wanted or known) for coding in known[sequence]]
    return tuple(dict.fromkeys(chosen or codings(many(order, "reasonCode"))))


def _first_known(choices: Iterable[tuple[date | None, date | None]]) -> tuple[date | None, date | None]:
    return next((pair for pair in choices if any(pair)), (None, None))


def _order_days(order: Json) -> tuple[date | None, date | None]:
    bounds = period(one(order, "occurrenceTiming", "repeat", "boundsPeriod"))
    validity = period(one(order, "dispenseRequest", "validityPeriod"))
    return _first_known((days(order, "occurrence"), bounds, _timed_days(order), validity, (full_date(order.get("dateTime")), None)))


def _timed_days(order: Json) -> tuple[date | None, date | None]:
    """The days of occurrenceTiming.event, the one form of occurrence[x] that names a day and that PAS profiles of orders allow."""
    events = sorted(filter(None, map(full_date, many(order, "occurrenceTiming", "event"))))
    return (events[0], events[-1] if len(events) > 1 else None) if events else (None, None)


def _event_days(claim: Entry) -> tuple[date | None, date | None]:
    """The patient event or admission, where the items themselves name no day."""
    dated = [(code_in(node.get("category"), PAS_TEMP_CODES), days(node, "timing")) for _, node in claim_elements(claim, "supportingInfo")]
    return _first_known(pair for name in ("patientEvent", "admissionDates") for kind, pair in dated if kind == name)


def _quantity(node: Json, order: Json) -> tuple[Decimal | None, str | None]:
    choices = (node.get("quantity"), order.get("quantityQuantity"), one(order, "dispenseRequest", "quantity"))
    times = number(one(order, "occurrenceTiming", "repeat", "count"))
    return next((found for found in map(quantity, choices) if found[0] is not None), (times, None))


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
