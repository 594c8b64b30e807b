"""An authorization as rows for lookups and reports; the truth stays the JSON of its revision."""

from __future__ import annotations

from typing import Any

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.determination import Determination

Row = dict[str, Any]


def case(authorization: Authorization) -> Row:
    """The one row that points to the present revision."""
    clock, request = authorization.clock, authorization.request
    return {
        "number": authorization.number,
        "reference": authorization.reference,
        "revision": authorization.revision,
        "client": authorization.client,
        "requestor_npi": request.requestor.npi,
        "line_of_business": request.line_of_business,
        "urgent": clock.urgent,
        "action": str(authorization.action),
        "pended": bool(authorization.pended),
        "received_at": authorization.opening_clock.received_at,
        "internal_due_at": clock.internal_due_at,
        "legal_due_at": clock.legal_due_at,
    }


def items(authorization: Authorization) -> list[Row]:
    """One row for each requested service, as it stands."""
    return [_item(authorization.number, item) for item in authorization.items]


def determinations(authorization: Authorization) -> list[Row]:
    """One row for each determination there ever was, numbered within its item."""
    return [
        _determination(authorization, item.sequence, position, determination)
        for item in authorization.items
        for position, determination in enumerate((*item.earlier, item.determination), start=1)
    ]


def trail(authorization: Authorization) -> list[Row]:
    """One row for each line of the trail."""
    return [
        {
            "number": authorization.number,
            "position": position,
            "revision": authorization.revision,
            "at": event.at,
            "what": event.what,
            "by": event.by,
            "items": " ".join(str(sequence) for sequence in event.items),
            "because": event.because,
        }
        for position, event in enumerate(authorization.trail, start=1)
    ]


def _item(number: str, item: Item) -> Row:
    coding = next(iter(item.requested.service.codes), None)
    system, code = (coding.system, coding.code) if coding else (None, None)
    return {
        "number": number,
        "sequence": item.sequence,
        "state": str(item.state),
        "action": str(item.determination.action),
        "code_system": system,
        "code": code,
    }


def _determination(authorization: Authorization, sequence: int, position: int, determination: Determination) -> Row:
    edition, authorized, signed = determination.edition, determination.authorized, determination.signed_by
    return {
        "number": authorization.number,
        "sequence": sequence,
        "position": position,
        "revision": authorization.revision,
        "action": str(determination.action),
        "because": determination.because,
        "decided_at": determination.decided_at,
        "topic": edition.topic if edition else None,
        "edition": edition.version if edition else None,
        "fingerprint": edition.fingerprint if edition else None,
        "starts_on": authorized.starts_on if authorized else None,
        "until": authorized.until if authorized else None,
        "person": signed.person if signed else None,
        "role": signed.role if signed else None,
        "reason_codes": " ".join(determination.reason_codes),
    }
