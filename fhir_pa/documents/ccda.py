"""A C-CDA document -> its header (whom it is about, who wrote it, when, what it is) and the words of each section.

Entries are not read: what the sender wants weighed as data comes as FHIR resources. Source: HL7 CDA R2 (C-CDA 2.1, US Realm Header).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml import etree

from fhir_pa.documents.narrative import words
from fhir_pa.documents.xml_door import parse
from ig_profiles.names import LOINC, NPI, SNOMED
from ig_profiles.outcome import Unreadable
from ig_profiles.reading import Coding

V3 = {"v": "urn:hl7-org:v3"}
ROOT = "{urn:hl7-org:v3}ClinicalDocument"
_SYSTEMS = {"2.16.840.1.113883.6.1": LOINC, "2.16.840.1.113883.6.96": SNOMED}
_NPI_OID = "2.16.840.1.113883.4.6"
_DEEPEST = 10  # sections within sections


@dataclass(frozen=True)
class Person:
    """Somebody of the header: ``numbers`` are (root, extension) as written, an NPI under its own system."""

    name: str = ""
    family: str = ""
    birth_date: date | None = None
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """One section; ``depth`` is 0 for the outermost."""

    title: str
    text: str
    code: Coding | None = None
    depth: int = 0


@dataclass(frozen=True)
class ClinicalDocument:
    """All that is read. ``written_on`` is None when the document does not tell the day.

    ``body`` is the media type of a body that is no XML (a PDF inside), ``enclosed`` its bytes where they came along; such a
    document has no sections.
    """

    title: str
    code: Coding | None
    written_on: date | None
    patient: Person
    authors: tuple[Person, ...]
    custodian: str
    sections: tuple[Section, ...]
    body: str = ""
    enclosed: bytes = b""

    @property
    def heading(self) -> str:
        """The header for a person to read: what it is, about whom, by whom, when, and whether its body is something else than text."""
        about = ", ".join(filter(None, (self.patient.name or "not named", f"born {self.patient.birth_date}" if self.patient.birth_date else "")))
        by = "; ".join(author.name or "not named" for author in self.authors) or "not named"
        head = [self.title or "Clinical document", f"Patient: {about}", f"Author: {by}", f"Written: {self.written_on or 'no day given'}"]
        kind = f"Kind of document: {self.code.display or self.code.code} ({self.code.code})" if self.code else ""
        kept = f"Kept by: {self.custodian}" if self.custodian else ""
        inside = f"Its body is not text but {self.body}." if self.body else ""
        return "\n".join(filter(None, [*head, kind, kept, inside]))


def read(body: bytes) -> ClinicalDocument:
    """The document in these bytes. Raises Unreadable when it is no CDA, TooLarge beyond the limits."""
    root = parse(body)
    if root.tag != ROOT:
        raise Unreadable("The XML is no clinical document. Send a C-CDA, whose root is ClinicalDocument in urn:hl7-org:v3.")
    role = root.find("v:recordTarget/v:patientRole", V3)
    other = root.find("v:component/v:nonXMLBody/v:text", V3)
    return ClinicalDocument(
        title=_said(root.find("v:title", V3)),
        code=_code(root.find("v:code", V3)),
        written_on=_day(root.find("v:effectiveTime", V3)),
        patient=_person(role, "v:patient") if role is not None else Person(),
        authors=tuple(_author(node) for node in root.findall("v:author/v:assignedAuthor", V3)),
        custodian=_said(root.find("v:custodian/v:assignedCustodian/v:representedCustodianOrganization/v:name", V3)),
        sections=tuple(_sections(root.findall("v:component/v:structuredBody/v:component/v:section", V3), 0)),
        body=(other.get("mediaType") or "something else") if other is not None else "",
        enclosed=_enclosed(other) if other is not None else b"",
    )


def is_ccda(body: bytes) -> bool:
    """Whether these bytes look like a clinical document, without reading them whole."""
    return b"ClinicalDocument" in body[:4096] and body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def _enclosed(node: etree._Element) -> bytes:
    try:
        return base64.b64decode("".join((node.text or "").split()), validate=True) if node.get("representation") == "B64" else b""
    except (binascii.Error, ValueError):
        return b""


def _author(node: etree._Element) -> Person:
    person = _person(node, "v:assignedPerson")
    device = node.find("v:assignedAuthoringDevice/v:softwareName", V3)
    return Person(person.name or _said(device) or _said(node.find("v:representedOrganization/v:name", V3)), person.family, None, person.numbers)


def _person(role: etree._Element, inside: str) -> Person:
    who = role.find(inside, V3)
    name = who.find("v:name", V3) if who is not None else None
    born = _day(who.find("v:birthTime", V3)) if who is not None else None
    numbers = ((node.get("root") or "", node.get("extension") or "") for node in role.findall("v:id", V3))
    known = tuple((NPI if root == _NPI_OID else root, number) for root, number in numbers if number)
    return Person(_said(name), _said(name.find("v:family", V3)) if name is not None else "", born, known)


def _sections(found: list[etree._Element], depth: int) -> Iterator[Section]:
    for node in found if depth < _DEEPEST else []:
        text = node.find("v:text", V3)
        yield Section(_said(node.find("v:title", V3)), words(text) if text is not None else "", _code(node.find("v:code", V3)), depth)
        yield from _sections(node.findall("v:component/v:section", V3), depth + 1)


def _said(node: etree._Element | None) -> str:
    """The words of a header element, its parts with a space between."""
    return " ".join(" ".join(str(part) for part in node.itertext()).split()) if node is not None else ""


def _code(node: etree._Element | None) -> Coding | None:
    if node is None or not node.get("code"):
        return None
    system = node.get("codeSystem") or ""
    return Coding(_SYSTEMS.get(system, f"urn:oid:{system}" if system else ""), str(node.get("code")), node.get("displayName"))


def _day(node: etree._Element | None) -> date | None:
    """The day of a CDA time such as 20261120083000-0500; None when it is known only to the month, or not at all."""
    digits = (node.get("value") or "")[:8] if node is not None else ""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if len(digits) == 8 and digits.isascii() and digits.isdigit() else None
    except ValueError:
        return None
