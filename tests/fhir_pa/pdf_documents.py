"""Invented PDFs, whole enough to be read, and such as were made to do harm to their reader."""

from __future__ import annotations

import zlib
from io import BytesIO

from pypdf import PdfReader, PdfWriter

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
STREAM = b"<< /Length %d%s >>\nstream\n%s\nendstream"


def written(objects: dict[int, bytes]) -> bytes:
    """A PDF of these objects, of which the first is the catalog."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (max(objects) + 1)
    out += b"".join(b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if number in places else b"f") for number in range(1, max(objects) + 1))
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, start))


def pages(*texts: str, filters: bytes = b"", packed: list[bytes] | None = None) -> bytes:
    """A PDF with one page for each text; ``packed`` are whole content streams in place of texts."""
    streams = packed or [b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % text.encode("latin-1") for text in texts]
    kids = b" ".join(b"%d 0 R" % (4 + 2 * each) for each in range(len(streams)))
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(streams)), 3: FONT}
    for each, stream in enumerate(streams):
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
        objects[4 + 2 * each] = page % (5 + 2 * each)
        objects[5 + 2 * each] = STREAM % (len(stream), filters, stream)
    return written(objects)


def locked(text: str, password: str) -> bytes:
    """One page that only opens with a password; with an empty one everybody may read, as many offices send theirs."""
    writer, out = PdfWriter(clone_from=PdfReader(BytesIO(pages(text)))), BytesIO()
    writer.encrypt(password, owner_password="the office keeps this one", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def bomb(megabytes: int = 256) -> bytes:
    """A page of a few kilobytes that unpacks to this much, packed twice."""
    inner = zlib.compressobj(9)
    zeros = b"0 " * (8 * 1024 * 1024)
    once = b"".join(inner.compress(zeros) for _ in range(megabytes // 16)) + inner.flush()
    return pages(packed=[zlib.compress(once, 9)], filters=b" /Filter [/FlateDecode /FlateDecode]")


def nested(depth: int = 200_000) -> bytes:
    """A page whose content is arrays within arrays."""
    return pages(packed=[b"[" * depth + b"]" * depth])


def circle() -> bytes:
    """A page tree that is its own child."""
    return written({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"})


def doubling(levels: int = 40) -> bytes:
    """A page tree in which every node has its one child twice: two to the power of ``levels`` pages."""
    node = b"<< /Type /Pages /Kids [%d 0 R %d 0 R] /Count 2 >>"
    tree = {2 + level: node % (3 + level, 3 + level) for level in range(levels)}
    return written({1: b"<< /Type /Catalog /Pages 2 0 R >>", **tree, 2 + levels: b"<< /Type /Page /MediaBox [0 0 9 9] >>"})
