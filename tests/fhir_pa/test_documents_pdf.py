"""PDFs: their text is read page by page in a process of its own, and one made to do harm costs a bounded time and gives a sentence."""

from __future__ import annotations

import base64
import time

import pytest

from fhir_pa.documents import attached, pdf
from fhir_pa.documents.pdf import Patience
from tests.fhir_pa import pdf_documents as made
from tests.fhir_pa.clinical_documents import attached as attachment_of
from tests.fhir_pa.clinical_documents import document


def test_each_page_is_read_under_its_number() -> None:
    said = attached.words(attachment_of(made.pages("A nodule of 6 mm", "in the left upper lobe"), "application/pdf"), Patience())
    assert said is not None and said.note == ""
    assert [(part.page, part.place, part.text) for part in said.parts] == [(1, "page 1", "A nodule of 6 mm"), (2, "page 2", "in the left upper lobe")]


def test_one_that_opens_without_a_password_is_read_though_it_is_encrypted() -> None:
    assert pdf.read(made.locked("Stable.", ""), Patience()).pages == ("Stable.",)


@pytest.mark.parametrize(
    ("body", "mending"),
    [
        (made.locked("Stable.", "guess"), "Ask the sender for an unlocked copy"),
        (made.pages("A nodule", "and more")[:300], "It is damaged"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 50, "It is damaged"),
        (b"%PDF-", "It is damaged"),
        (made.circle(), "It is damaged"),
        (made.pages(""), "such as a scan or a fax"),
        (made.nested(), "Open the document itself"),
        (made.bomb(), "It unpacks to more than is read here"),
        (made.doubling(), "It unpacks to more than is read here"),
        (b"%PDF-" + b"0" * pdf.MAX_BYTES, "It unpacks to more than is read here"),
        (made.pages("word " * 100_000), "only its first pages were read"),
    ],
    ids=["locked", "cut off", "garbage", "empty", "circle", "scan", "nested", "bomb", "doubling", "huge", "long"],
)
def test_what_cannot_be_read_is_said_in_a_sentence(body: bytes, mending: str) -> None:
    said = pdf.read(body, Patience(60))
    assert mending in said.note and "Open the document itself." in said.note


def test_one_that_takes_too_long_is_stopped_and_what_was_read_before_is_kept() -> None:
    endless = made.pages(packed=[b"BT /F1 12 Tf (Stable.) Tj ET", b"BT " + b"(x) Tj " * 900_000])
    begun = time.monotonic()
    said = pdf.read(endless, Patience(4))
    assert said.pages in ((), ("Stable.",)) and "took too long and was stopped" in said.note
    assert time.monotonic() - begun < 60, "whoever asks is not kept waiting"


def test_whoever_has_no_time_is_told_so_and_may_ask_again() -> None:
    body = made.pages("Asked twice")
    assert "Ask again in a moment" in pdf.read(body, Patience(0)).note
    assert pdf.read(body, Patience()).pages == ("Asked twice",)
    assert pdf.read(body, Patience(0)).pages == ("Asked twice",), "what was read once is at hand"


def test_a_pdf_inside_a_clinical_document_is_read_behind_its_header() -> None:
    header = document().split(b"<component>", 1)[0]
    inside = base64.b64encode(made.pages("Read by Ada Quill"))
    body = b'<component><nonXMLBody><text mediaType="application/pdf" representation="B64">%s</text></nonXMLBody></component>' % inside
    said = attached.words(attachment_of(header + body + b"</ClinicalDocument>"), Patience())
    assert said is not None and said.parts[0].text.startswith("CT of the chest") and (said.parts[1].page, said.parts[1].text) == (1, "Read by Ada Quill")


def test_what_only_calls_itself_a_pdf_is_none() -> None:
    assert attached.words(attachment_of(b"<html>", "application/pdf"), Patience()) is None
