"""Whether a narrative is XHTML as FHIR allows it: txt-1 and txt-2 (hl7.org/fhir/R4/narrative.html)."""

from __future__ import annotations

import re
from xml.parsers import expat


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTS = _words(
    """a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span
    strong sub sup table tbody td tfoot th thead tr tt ul var"""
)
_ATTRIBUTES = _words("title style class id lang xml:lang xml:space dir accesskey tabindex")
_OF_ELEMENT = {
    "a": _words("charset type name href hreflang rel rev shape coords target"),
    "img": _words("src alt longdesc height width usemap ismap border"),
    **dict.fromkeys(("col", "colgroup"), _words("span width align char charoff valign")),
    **dict.fromkeys(("tr", "tbody", "thead", "tfoot"), _words("align char charoff valign")),
    **dict.fromkeys(("td", "th"), _words("abbr axis headers scope rowspan colspan align char charoff valign nowrap width height bgcolor")),
    "table": _words("summary width border frame rules cellspacing cellpadding align bgcolor"),
    **dict.fromkeys(("blockquote", "q"), frozenset({"cite"})),
    "ol": frozenset({"start", "type"}),
    "li": frozenset({"value"}),
    "br": frozenset({"clear"}),
}
_XHTML = "http://www.w3.org/1999/xhtml"
_UNSAFE_LINK = re.compile(r"\s*(?:javascript|vbscript)\s*:|\s*data\s*:(?!\s*image/)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(\w+);")


def is_safe_narrative(div: str) -> bool:
    """Whether the text is one ``div`` with only formatting in it, no active content, and something to read or see.

    >>> is_safe_narrative('<div xmlns="http://www.w3.org/1999/xhtml"><p>Walks again.</p></div>')
    True
    >>> is_safe_narrative('<div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></div>')
    False
    """
    return not narrative_faults(div)


def narrative_faults(div: str) -> list[str]:
    """What FHIR does not allow in this narrative, one sentence each; the first is enough to refuse it."""
    if "<!" in re.sub(r"<!--.*?-->", "", div, flags=re.DOTALL) or "<?" in div:
        return ["Leave out document types, CDATA sections and processing instructions."]
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=None)
    parser.StartElementHandler = reader.starts
    parser.EndElementHandler = reader.ends
    parser.CharacterDataHandler = reader.says
    try:
        parser.Parse(_ENTITY.sub(" x ", div), True)
    except expat.ExpatError as error:
        return [f"The narrative is not well-formed XHTML: {expat.errors.messages.get(error.code, 'it cannot be read')}."]
    if not reader.has_content and not reader.faults:
        reader.faults.append("The narrative says nothing: give it text or an image.")
    return reader.faults


class _Reader:
    def __init__(self) -> None:
        self.faults: list[str] = []
        self.has_content = False
        self.depth = 0

    def starts(self, name: str, attributes: dict[str, str]) -> None:
        if self.depth == 0 and name != "div":
            self.faults.append(f"The narrative begins with '{name}'; begin with 'div'.")
        if self.depth == 0 and attributes.get("xmlns", _XHTML) != _XHTML:
            self.faults.append(f"The namespace of the narrative is {_XHTML}.")
        self.depth += 1
        if name not in _ELEMENTS:
            self.faults.append(f"The element '{name}' is not allowed in a narrative.")
        allowed = _OF_ELEMENT.get(name, frozenset())
        for key, value in attributes.items():
            if key not in _ATTRIBUTES and key not in allowed and not key.startswith("xmlns"):
                self.faults.append(f"The attribute '{key}' is not allowed on '{name}'.")
            elif key in {"href", "src", "cite", "longdesc"} and _UNSAFE_LINK.match(value):
                self.faults.append(f"The {key} of '{name}' runs a script; give an address.")
        self.has_content = self.has_content or name == "img"

    def ends(self, name: str) -> None:
        self.depth -= 1

    def says(self, text: str) -> None:
        self.has_content = self.has_content or bool(text.strip())
