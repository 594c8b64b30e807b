"""Whether a narrative is XHTML as FHIR allows it: txt-1 and txt-2 (hl7.org/fhir/R4/narrative.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTS = _words(
    """a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span
    strong sub sup table tbody td tfoot th thead tr tt ul var"""
)
_ATTRIBUTES = _words("title style class id lang xml:lang xml:space dir accesskey tabindex xmlns")
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
_LINKS = frozenset({"href", "src", "cite", "longdesc"})
_UNSAFE_LINK = re.compile(r"(?:javascript|vbscript):|data:(?!image/)", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20]+")
_TAG = re.compile(r"""<(?:!--(?:[^-]|-(?!-))*--|(/?)([A-Za-z][\w:.-]*)([^<>"']*(?:"[^"<]*"[^<>"']*|'[^'<]*'[^<>"']*)*))>""")
_ATTRIBUTE = re.compile(r"""\s+([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_BAD_AMPERSAND = re.compile(r"&(?!\w+;|#\d+;|#x[0-9a-fA-F]+;)")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|colon|tab|newline);", re.IGNORECASE)


def is_safe_narrative(div: str) -> bool:
    """Whether the text is one ``div`` with only formatting in it, no active content, and something to read or see.

    >>> is_safe_narrative('<div xmlns="http://www.w3.org/1999/xhtml"><p>Walks again.</p></div>')
    True
    >>> is_safe_narrative('<div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></div>')
    False
    """
    return next(narrative_faults(div), None) is None


def narrative_faults(div: str) -> Iterator[str]:
    """What FHIR does not allow in this narrative, one sentence each; the first is enough to refuse it."""
    text = div.strip()
    pieces = _TAG.split(text)
    words = "".join(pieces[::4])
    if "<" in words:
        yield "The narrative is not well-formed XHTML: a '<' begins no element. Leave out document types, CDATA and instructions; write '&lt;' in text."
        return
    if text[:4] != "<div" or text[-1:] != ">" or text[-3:] == "-->":
        yield "The narrative is to be one 'div' with everything inside."
        return
    if "&" in words and _BAD_AMPERSAND.search(words):
        yield "The narrative has an '&' that begins no entity; write '&amp;'."
    open_elements: list[str] = []
    done = shows_image = False
    for closing, name, attributes in zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True):
        if done:
            yield "The narrative is to be one 'div' with everything inside."
            return
        if closing:
            if not open_elements or open_elements.pop() != name or attributes.strip():
                yield f"The narrative is not well-formed XHTML: '</{name}>' closes what is not open."
                return
            done = not open_elements
        elif name:
            if attributes or name not in _ELEMENTS:
                yield from _short_element_faults(name, attributes) if len(attributes) < 300 else _element_faults(name, attributes)
            if attributes[-1:] != "/":
                open_elements.append(name)
            else:
                done = not open_elements
                shows_image = shows_image or name == "img"
    if not done:
        yield f"The narrative is not well-formed XHTML: '{open_elements[-1]}' is not closed."
    elif not shows_image and (not words or words.isspace()):
        yield "The narrative says nothing: give it text or an image."


def _element_faults(name: str, attributes: str) -> tuple[str, ...]:
    return tuple(_faults_of(name, attributes.removesuffix("/")))


_short_element_faults = lru_cache(maxsize=1024)(_element_faults)


def _faults_of(name: str, attributes: str) -> Iterator[str]:
    if name not in _ELEMENTS:
        yield f"The element '{name}' is not allowed in a narrative."
    if not attributes:
        return
    allowed = _OF_ELEMENT.get(name, frozenset())
    end = 0
    seen = set()
    for match in _ATTRIBUTE.finditer(attributes):
        key, value = match[1], match[2] if match[2] is not None else match[3]
        if match.start() != end or key in seen:
            break
        seen.add(key)
        end = match.end()
        if key not in _ATTRIBUTES and key not in allowed and not key.startswith("xmlns:"):
            yield f"The attribute '{key}' is not allowed on '{name}'."
        elif key == "xmlns" and value != _XHTML:
            yield f"The namespace of the narrative is {_XHTML}."
        elif key in _LINKS and _UNSAFE_LINK.match(_UNSEEN.sub("", _REFERENCE.sub(_character, value))):
            yield f"The {key} of '{name}' runs a script; give an address."
    if attributes[end:].strip():
        yield f"The narrative is not well-formed XHTML: the attributes of '{name}' are not each written once as name=\"value\"."


def _character(match: re.Match[str]) -> str:
    """The character a reference stands for, so that ``&#106;avascript:`` is seen for what a browser makes of it."""
    number = int(match[1]) if match[1] else int(match[2], 16) if match[2] else None
    return ":" if match[0].lower() == "&colon;" else " " if number is None else chr(number) if number < 0x110000 else " "
