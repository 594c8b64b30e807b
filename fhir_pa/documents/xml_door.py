"""The one door through which somebody else's XML document comes in: nothing is expanded, nothing fetched, and there is a limit to all."""

from __future__ import annotations

from lxml import etree

from ig_profiles.outcome import TooLarge, Unreadable

MAX_BYTES = 10 * 1024 * 1024
MAX_ELEMENTS = 250_000


def parse(body: bytes, max_bytes: int = MAX_BYTES, max_elements: int = MAX_ELEMENTS) -> etree._Element:
    """The root element of this document, without comments and processing instructions.

    Raises Unreadable for what is no well-formed XML or has a document type, TooLarge beyond the limits.
    """
    if len(body) > max_bytes:
        raise TooLarge(f"The document has {len(body):,} bytes; {max_bytes:,} are read. Send it in parts.")
    reader = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, reader)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"The document is not well-formed XML (line {error.lineno}). Send it as it was written.") from None
    if root.getroottree().docinfo.doctype:
        raise Unreadable("The document has a document type (DOCTYPE), which a clinical document has not. Leave it out.")
    if sum(1 for _ in zip(root.iter(), range(max_elements + 1), strict=False)) > max_elements:
        raise TooLarge(f"The document has more than {max_elements:,} elements. Send it in parts.")
    return root
