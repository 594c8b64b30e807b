"""FHIR XML text -> dictionaries as FHIR JSON has them, driven by the shapes of the types (FHIR R4 §xml).

Read with expat, not as a tree, for three things a tree has lost: the narrative's own text, the line and column of each fault, and
limits that hold while reading. There is nothing to expand and nothing to fetch: a document type is refused as soon as it begins.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from ig_profiles.json import MAX_BYTES, MAX_DEPTH
from ig_profiles.outcome import Issue, TooLarge, Unreadable
from ig_profiles.xml.frame import Frame
from ig_profiles.xml.frames import Holder
from ig_profiles.xml.shapes import Json, Shapes

MAX_ELEMENTS = 250_000
MAX_ISSUES = 20


def parse(body: bytes, shapes: Shapes, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH, max_elements: int = MAX_ELEMENTS) -> Json:
    """The FHIR resource in these bytes. Elements are taken in any order; comments and processing instructions are passed over.

    Raises Unreadable, with every fault's expression, line and column (the first 20), or TooLarge.
    """
    if len(body) > max_bytes:
        raise TooLarge(f"The body has {len(body):,} bytes; this server takes {max_bytes:,}. Send large documents with $submit-attachment, one by one.")
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _not_utf_8("UTF-16")
    reader = _Reader(body, shapes, max_depth, max_elements)
    try:
        reader.parser.Parse(body, True)
    except expat.ExpatError as error:
        raise _malformed(error) from None
    if reader.issues:
        raise Unreadable(*reader.issues)
    return reader.resource


class _Reader:
    """The walk through one text: hands each event to the innermost open frame."""

    def __init__(self, body: bytes, shapes: Shapes, max_depth: int, max_elements: int) -> None:
        self.body = body
        self.shapes = shapes
        self.issues: list[Issue] = []
        self.resource: Json = {}
        self.default_namespace = ("", -1)
        self._open: list[Frame] = [Holder(self, self.resource)]
        self._max_depth = max_depth
        self._left = max_elements
        self._max_elements = max_elements
        self.parser = parser = expat.ParserCreate("utf-8", " ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartNamespaceDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._doctype
        parser.XmlDeclHandler = self._declaration

    def fault(self, text: str, name: str, expression: str) -> None:
        """Keep what is wrong here. Stops the reading when there are too many faults to be of help."""
        where = f"line {self.parser.CurrentLineNumber}, column {self.parser.CurrentColumnNumber + 1}"
        self.issues.append(Issue(f"At {where}: {text}", "structure", expression=expression or None, diagnostics=where, message_id=name))
        if len(self.issues) >= MAX_ISSUES:
            raise Unreadable(*self.issues)

    @property
    def elements(self) -> int:
        """How many elements have begun so far."""
        return self._max_elements - self._left

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        frame = self._open[-1].open(tag, attributes)
        self._left -= 1
        if self._left < 0:
            raise TooLarge(f"The body has more than {self._max_elements:,} elements. Send the resources in several calls.")
        if frame.depth > self._max_depth:
            raise TooLarge(f"The body is nested more than {self._max_depth} levels deep. Flatten it: FHIR resources stay well below that.")
        self._open.append(frame)

    def _end(self, tag: str) -> None:
        self._open.pop().close()

    def _text(self, text: str) -> None:
        self._open[-1].text(text)

    def _declared(self, prefix: str | None, uri: str | None) -> None:
        if prefix is None:
            self.default_namespace = (uri or "", self.elements)

    def _doctype(self, *_: Any) -> None:
        where = f"line {self.parser.CurrentLineNumber}"
        text = f"The body has a document type (DOCTYPE, {where}). FHIR XML has none: leave it out, and write characters instead of entities."
        raise Unreadable(Issue(text, "structure", diagnostics=where))

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
            raise _not_utf_8(encoding)


def _not_utf_8(encoding: str) -> Unreadable:
    return Unreadable(f"The body is written in {encoding[:40]}. FHIR is UTF-8: send it encoded, and declared, so.")


def _malformed(error: expat.ExpatError) -> Unreadable:
    where = f"line {error.lineno}, column {error.offset + 1}"
    said = expat.ErrorString(error.code)
    mend = "Write the character itself: XML knows no HTML entities." if "entity" in said else "Send one FHIR resource as well-formed UTF-8 XML."
    return Unreadable(Issue(f"The body is not XML: {said} at {where}. {mend}", "structure", diagnostics=where))
