"""Narrative in FHIR XML: the XHTML div, kept as the sender wrote it, character by character (FHIR R4 §narrative)."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from ig_profiles.xml.frame import Frame, Reading, parts
from ig_profiles.xml.shapes import XHTML, Json

_XML = "http://www.w3.org/XML/1998/namespace"


class Narrative(Frame):
    """The open div with everything in it.

    Its JSON form is its own text. Only where that text leans on namespaces declared around it (``<h:div>``) is it written anew,
    with XHTML as the default namespace.
    """

    __slots__ = ("_anew", "_names", "_node", "_start", "_verbatim")

    def __init__(self, reading: Reading, parent: Frame, step: str, node: Json, tag: str, attributes: dict[str, str]) -> None:
        super().__init__(reading, parent, step, parent.depth)
        self._node = node
        self._start = reading.parser.CurrentByteIndex
        self._verbatim = reading.default_namespace == (XHTML, reading.elements)
        self._anew: list[str] = []
        self._names: list[str] = []
        self.open(tag, attributes)

    def open(self, tag: str, attributes: dict[str, str]) -> Frame:
        self.depth += 1
        uri, name = parts(tag)
        if uri != XHTML:
            self.fault(f"is not XHTML. Write the narrative in {XHTML} only.", "xml-narrative", name)
        self._verbatim = self._verbatim and tag.count(" ") == 1
        declared = f' xmlns="{XHTML}"' if not self._names else ""
        self._names.append(name)
        self._anew.append(f"<{name}{declared}{''.join(self._attribute(*item) for item in attributes.items())}>")
        return self

    def _attribute(self, name: str, value: str) -> str:
        uri, local = parts(name)
        if uri not in ("", _XML):
            self.fault("is no attribute of XHTML. Leave it out.", "xml-narrative", local)
        return f" {'xml:' if uri else ''}{local}={quoteattr(value)}"

    def text(self, text: str) -> None:
        self._anew.append(escape(text))

    def close(self) -> None:
        self.depth -= 1
        self._anew.append(f"</{self._names.pop()}>")
        if not self._names:
            body, end = self.reading.body, self.reading.parser.CurrentByteIndex
            own = self._verbatim and body.startswith(b"</div", end)  # a div closed in itself has no end tag
            self._node[self.step] = body[self._start : body.index(b">", end) + 1].decode() if own else "".join(self._anew)
