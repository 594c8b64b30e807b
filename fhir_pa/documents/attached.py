"""What is attached to a FHIR resource: its documents, their bytes and words, and whether a clinical document is about somebody else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date

from fhir_pa.documents import ccda
from fhir_pa.documents.ccda import ClinicalDocument
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json, many, text

MUCH = 200_000  # characters of one document's words
_MARKUP = ("xml", "cda")


def attachments(resource: Json) -> list[Json]:
    """Attachments of documents and reports, and those answered in a form."""
    found = [*many(resource, "content", "attachment"), *many(resource, "presentedForm")]
    return [each for each in (*found, *_answered(resource)) if isinstance(each, dict)]


def content(attachment: Json) -> bytes | None:
    """The bytes that came with it; None when they lie elsewhere or are no base64."""
    data = text(attachment, "data")
    try:
        return base64.b64decode(data, validate=True) if data else None
    except (binascii.Error, ValueError):
        return None


def clinical(attachment: Json) -> ClinicalDocument | None:
    """The C-CDA document attached, or None when it is none, or none that can be read."""
    kind = (text(attachment, "contentType") or "").lower()
    body = content(attachment) if not kind or any(each in kind for each in _MARKUP) else None
    if body is None or not ccda.is_ccda(body):
        return None
    with suppress(Refusal):
        return ccda.read(body)
    return None


def words(attachment: Json) -> str | None:
    """What a person reads in it: plain text as it is, a clinical document by its header and sections; None for anything else."""
    if (text(attachment, "contentType") or "").lower().startswith("text/plain"):
        body = content(attachment)
        return body.decode("utf-8", "replace")[:MUCH] if body is not None else None
    document = clinical(attachment)
    return document.text()[:MUCH] if document is not None else None


def of_another(resource: Json, name: str, born: date | None, numbers: Iterable[str]) -> bool:
    """Whether a clinical document attached to this resource is about somebody else than the member, by its own header.

    Two birthdays settle it; without them the family name does, unless the document bears one of the member's numbers.
    """
    return any(_differs(document, name, born, frozenset(numbers)) for each in attachments(resource) if (document := clinical(each)) is not None)


def _differs(document: ClinicalDocument, name: str, born: date | None, numbers: frozenset[str]) -> bool:
    patient = document.patient
    if patient.birth_date is not None and born is not None:
        return patient.birth_date != born
    if numbers & {number for _, number in patient.numbers}:
        return False
    return bool(patient.family and name) and not set(patient.family.casefold().split()) & set(name.casefold().split())


def _answered(node: Json) -> Iterator[Json]:
    for item in many(node, "item"):
        yield from many(item, "answer", "valueAttachment")
        yield from _answered(item)
