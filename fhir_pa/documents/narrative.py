"""The narrative block of a CDA section -> plain lines: paragraphs and list items on lines of their own, a table's cells side by side."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

MUCH = 200_000  # characters of one section
_LINES = frozenset({"paragraph", "item", "tr", "br", "caption", "list", "table", "thead", "tbody", "footnote", "renderMultiMedia"})
_CELLS = frozenset({"th", "td"})


def words(narrative: etree._Element) -> str:
    """What a person would read there; longer texts are cut off, and say so."""
    text = "".join(_spoken(narrative))
    lines = (" ".join(line.split()).strip("| ").strip() for line in text.split("\n"))
    found = "\n".join(line for line in lines if line)
    return found if len(found) <= MUCH else f"{found[:MUCH]}\n(cut off here: {len(found):,} characters in all)"


def _spoken(node: etree._Element) -> Iterator[str]:
    kind = etree.QName(node).localname
    if kind in _LINES:
        yield "\n"
    if kind in _CELLS:
        yield " | "
    if kind == "item":
        yield "- "
    yield (node.text or "").replace("\n", " ")
    for child in node.iterchildren(etree.Element):
        yield from _spoken(child)
        yield (child.tail or "").replace("\n", " ")
    if kind in _LINES:
        yield "\n"
