"""C-CDA documents: the header and the words of each section are read, nothing is expanded or fetched, and another patient is noticed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest

from fhir_pa.documents import attached, ccda, xml_door
from fhir_pa.documents.pdf import Patience
from ig_profiles.names import LOINC, NPI
from ig_profiles.outcome import Refusal, TooLarge, Unreadable
from tests.fhir_pa.clinical_documents import attached as attachment_of
from tests.fhir_pa.clinical_documents import document

BORN = date(1951, 4, 12)


def test_the_header_says_whom_it_is_about_who_wrote_it_when_and_what_it_is() -> None:
    read = ccda.read(document(number="SYN-01"))
    assert (read.title, read.written_on, read.custodian) == ("CT of the chest, follow-up", date(2026, 11, 1), "Fernhill Imaging")
    assert read.code is not None and (read.code.system, read.code.code) == (LOINC, "18748-4")
    assert (read.patient.name, read.patient.birth_date) == ("Orla Penhallow", BORN) and read.patient.numbers == (("2.16.840.1.113883.19.5", "SYN-01"),)
    (author,) = read.authors
    assert author.name == "Ada Quill MD" and author.numbers == ((NPI, "9000000031"),)


def test_each_section_is_read_as_a_person_reads_it() -> None:
    findings, impression, addendum = ccda.read(document()).sections
    assert findings.code is not None and findings.code.code == "18782-3"
    assert findings.text.split("\n") == [
        "A nodule of 6 mm in the left upper lobe.",
        "- No effusion.",
        "- Trachea midline.",
        "Measure | Value",
        "pO2 | 52 mmHg",
    ]
    assert (impression.title, impression.text, impression.depth) == ("Impression", "Stable.\nFollow-up in three months.", 0)
    assert (addendum.title, addendum.depth) == ("Addendum", 1)


def test_the_whole_reads_with_its_header_first() -> None:
    read = attached.words(attachment_of(document()), Patience(0))
    assert read is not None
    said = read.whole()
    assert said.startswith("CT of the chest, follow-up\nPatient: Orla Penhallow, born 1951-04-12\nAuthor: Ada Quill MD\nWritten: 2026-11-01\n")
    assert "Impression\nStable." in said and "kept by nobody" not in said


def test_a_document_whose_body_is_a_pdf_says_so() -> None:
    header = document().split(b"<component>", 1)[0]
    body = b'<component><nonXMLBody><text mediaType="application/pdf">JVBE</text></nonXMLBody></component>'
    read = ccda.read(header + body + b"</ClinicalDocument>")
    assert read.sections == () and "Its body is not text but application/pdf." in read.heading


@pytest.mark.parametrize(
    ("body", "mending"),
    [
        (b"", "not well-formed"),
        (b"%PDF-1.7", "not well-formed"),
        (b"<ClinicalDocument>", "not well-formed"),
        (b"<ClinicalDocument/>", "whose root is ClinicalDocument in urn:hl7-org:v3"),
        (b'<!DOCTYPE ClinicalDocument><ClinicalDocument xmlns="urn:hl7-org:v3"/>', "Leave it out"),
        (b'<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><c>&b;</c>', "Leave it out"),
        (b'<!DOCTYPE c SYSTEM "http://127.0.0.1:1/x.dtd"><c/>', "Leave it out"),
        (b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&nbsp;</title></ClinicalDocument>', "not well-formed"),
        (b"<a>" * 300 + b"</a>" * 300, "not well-formed"),
    ],
)
def test_what_is_no_clinical_document_is_refused_and_nothing_in_it_is_expanded(body: bytes, mending: str) -> None:
    with pytest.raises(Unreadable, match=mending):
        ccda.read(body)


def test_there_is_a_limit_to_bytes_and_to_elements() -> None:
    with pytest.raises(TooLarge, match="Send it in parts"):
        xml_door.parse(b"<a>" + b"x" * 100 + b"</a>", max_bytes=50)
    with pytest.raises(TooLarge, match="more than 10 elements"):
        xml_door.parse(b"<a>" + b"<b/>" * 20 + b"</a>", max_elements=10)


@pytest.mark.parametrize("byte", range(0, 256, 7))
def test_a_document_damaged_anywhere_is_read_or_refused_and_never_a_crash(byte: int) -> None:
    whole = bytearray(document())
    for place in range(0, len(whole), 211):
        damaged = bytes(whole[:place]) + bytes([byte]) + bytes(whole[place + 1 :])
        with suppress(Refusal):
            ccda.read(damaged)


@pytest.mark.parametrize("kind", ["application/xml", "text/xml; charset=utf-8", "application/hl7-v3+xml", "application/cda+xml", ""])
def test_an_attachment_is_known_as_a_clinical_document_by_what_it_is(kind: str) -> None:
    said = attached.words(attachment_of(document(), kind), Patience(0))
    assert said is not None and "Stable." in said.whole()


@pytest.mark.parametrize("kind", ["application/pdf", "image/png"])
def test_whatever_says_it_is_something_else_stays_as_it_is(kind: str) -> None:
    assert attached.words(attachment_of(document(), kind), Patience(0)) is None
    assert attached.words({"contentType": "application/xml", "data": "no base64!"}, Patience(0)) is None
    plain = attached.words({"contentType": "text/plain", "data": "U3RhYmxlLg=="}, Patience(0))
    assert plain is not None and plain.whole() == "Stable."


@pytest.mark.parametrize(
    ("body", "another"),
    [
        (document(), False),
        (document(born="19510413"), True),
        (document(born="19510413", number="SYN-01"), True),
        (document(born="1951"), False),
        (document(born="1951", family="Crane"), True),
        (document(born="1951", family="Crane", number="SYN-01"), False),
        (document(family="Marsh"), False),
    ],
    ids=["same", "another birthday", "a family's number, another birthday", "birthday unknown", "another name", "her number, her maiden name", "married since"],
)
def test_another_patient_is_noticed_by_birthday_else_by_name_and_number(body: bytes, another: bool) -> None:
    reference = {"resourceType": "DocumentReference", "content": [{"attachment": attachment_of(body)}]}
    assert attached.of_another(reference, "Orla Penhallow", BORN, ("SYN-01",)) is another
