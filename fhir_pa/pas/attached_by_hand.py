"""A document somebody uploads on a page -> the ``$submit-attachment`` Parameters a system would have sent, so that one way takes both.

Source: CDex 2.1 OperationDefinition submit-attachment; FHIR R4 §DocumentReference.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from ig_profiles.names import LOINC, NPI
from ig_profiles.reading import Json


@dataclass(frozen=True)
class Document:
    """One document: ``id`` is new, ``kind`` its LOINC code, ``media_type`` what the bytes are, ``title`` what its sender calls it."""

    id: str
    kind: str
    media_type: str
    title: str
    body: bytes


def parameters(documents: tuple[Document, ...], items: tuple[int, ...], case: Authorization, npi: str, author: str, at: datetime) -> Json:
    """The Parameters that bring these documents to this case, from the practice with this NPI; a member has none."""
    member = case.request.member.identifiers[0]
    head = [
        {"name": "TrackingId", "valueIdentifier": {"value": case.reference}},
        {"name": "AttachTo", "valueCode": "preauthorization"},
        *([{"name": "OrganizationId", "valueIdentifier": {"system": NPI, "value": npi}}] if npi else []),
        {"name": "MemberId", "valueIdentifier": {**({"system": member.system} if member.system else {}), "value": member.value}},
        {"name": "Final", "valueBoolean": True},
    ]
    return {"resourceType": "Parameters", "parameter": [*head, *(_attachment(each, items, case, author, at) for each in documents)]}


def _attachment(document: Document, items: tuple[int, ...], case: Authorization, author: str, at: datetime) -> Json:
    lines = [{"name": "LineItem", "valueString": str(sequence)} for sequence in items]
    code = {"coding": [{"system": LOINC, "code": document.kind}]}
    return {
        "name": "Attachment",
        "part": [*lines, {"name": "Code", "valueCodeableConcept": code}, {"name": "Content", "resource": _reference(document, code, case, author, at)}],
    }


def _reference(document: Document, code: Json, case: Authorization, author: str, at: datetime) -> Json:
    member = case.request.member
    moment = at.isoformat(timespec="seconds")
    content = {"contentType": document.media_type, "data": base64.b64encode(document.body).decode(), "title": document.title, "creation": moment}
    named = {**({"display": member.name} if member.name else {}), "identifier": {"value": member.identifiers[0].value}}
    return {
        "resourceType": "DocumentReference",
        "id": document.id,
        "status": "current",
        "type": code,
        "subject": named,
        "date": moment,
        "author": [{"display": author}],
        "description": document.title,
        "content": [{"attachment": content}],
    }
