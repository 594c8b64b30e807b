"""What is attached to a FHIR resource: its documents, their bytes and words, and whether a clinical document is about somebody else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from fhir_pa.documents import ccda, pdf
from fhir_pa.documents.ccda import ClinicalDocument
from fhir_pa.documents.pdf import Patience
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


@dataclass(frozen=True)
class Part:
    """Words of one part of a document: ``place`` says which within it (a section, a page), ``page`` its number where it has pages."""

    text: str
    place: str = ""
    page: int | None = None


@dataclass(frozen=True)
class Words:
    """What a person reads in a document; ``note`` says why not all of it is here, if it is not."""

    parts: tuple[Part, ...] = ()
    note: str = ""

    def whole(self) -> str:
        """All of it below one another, each part under its place."""
        return "\n\n".join("\n".join(filter(None, (part.place, part.text))) for part in self.parts)[:MUCH]


def words(attachment: Json, patience: Patience) -> Words | None:
    """Plain text as it is, a clinical document by header and sections, a PDF, also one inside it, by pages; None for anything else.

    Only a PDF takes time: it is never read on the way of a request, but when somebody asks what it says.
    """
    kind = (text(attachment, "contentType") or "").lower()
    if kind.startswith("text/plain"):
        body = content(attachment)
        return Words((Part(body.decode("utf-8", "replace")[:MUCH]),)) if body is not None else None
    document = clinical(attachment)
    if document is not None:
        sections = (Part(section.text, section.title or "a section without a title") for section in document.sections)
        inside = _pages(document.enclosed, patience) or Words()
        return Words((Part(document.heading), *sections, *inside.parts), inside.note)
    return _pages(content(attachment) or b"", patience) if not kind or "pdf" in kind else None


def _pages(body: bytes, patience: Patience) -> Words | None:
    if not pdf.is_pdf(body):
        return None
    read = pdf.read(body, patience)
    return Words(tuple(Part(said, f"page {number}", number) for number, said in enumerate(read.pages, 1)), read.note)


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
