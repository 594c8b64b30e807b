"""The appeal packet as a document of its own: the letter first, then what it rests on; everything in it is escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from fhir_pa.um.proving.packet import Packet, in_words

_TEMPLATES = Environment(loader=PackageLoader("fhir_pa.letters"), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def html(packet: Packet, words: str) -> str:
    """The packet with this letter, as one HTML page, complete in itself."""
    paragraphs = [each.strip() for each in words.replace("\r\n", "\n").split("\n\n") if each.strip()]
    return _TEMPLATES.get_template("packet.html.j2").render(packet=packet, paragraphs=paragraphs, said=in_words)
