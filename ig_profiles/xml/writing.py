"""Dictionaries as FHIR JSON has them -> FHIR XML text, elements in the order of the specification (FHIR R4 §xml)."""

from __future__ import annotations

import re
from decimal import Decimal
from html.entities import html5
from itertools import zip_longest
from typing import Any

from ig_profiles.json import MAX_DEPTH
from ig_profiles.outcome import Issue, Refusal, TooLarge, Unreadable
from ig_profiles.xml.reading import parse
from ig_profiles.xml.shapes import FHIR, XHTML, Child, Json, Kind, Shape, Shapes

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_TO_ESCAPE = re.compile('[&<>"\t\n\r]')
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile("&([A-Za-z][A-Za-z0-9]*;)")
_XML_ENTITIES = ("amp;", "lt;", "gt;", "quot;", "apos;")


def dump(resource: Json, shapes: Shapes, pretty: bool = False, lenient: bool = False) -> bytes:
    """The resource as FHIR XML in UTF-8. Raises Unreadable naming every part that XML cannot say, or TooLarge.

    With ``lenient`` what XML cannot say is left out instead, save a narrative that is no XHTML, which is written as plain text:
    for answers that repeat what somebody sent.
    """
    writer = _Writer(shapes, pretty)
    writer.resource(resource, "", 0)
    if writer.issues and not lenient or not writer.parts:
        raise Unreadable(*writer.issues)
    text = '<?xml version="1.0" encoding="UTF-8"?>' + "".join(writer.parts)
    return text.encode()


class _Writer:
    """The text so far, in parts, and what could not be said."""

    def __init__(self, shapes: Shapes, pretty: bool) -> None:
        self.parts: list[str] = []
        self.issues: list[Issue] = []
        self._shapes = shapes
        self._pretty = pretty

    def resource(self, value: Any, where: str, depth: int) -> None:
        """The resource as an element of its type's name."""
        name = str(value.get("resourceType")) if isinstance(value, dict) else ""
        shape = self._shapes.resource(name)
        if shape is None:
            self._tell(where, "holds no resource whose type FHIR R4 knows. Correct resourceType.")
            return
        self._object(name, value, shape, where or name, depth, "" if where else f' xmlns="{FHIR}"')

    def _object(self, tag: str, value: Any, shape: Shape, where: str, depth: int, attributes: str = "") -> None:
        if not isinstance(value, dict) or not value:
            self._tell(where, f"is no {shape.name} with something in it. Write an object, or leave it out.")
            return
        if depth > MAX_DEPTH:
            raise TooLarge(f"The resource is nested more than {MAX_DEPTH} levels deep. Flatten it.")
        for name in shape.attributes:
            if isinstance(value.get(name), str) and value[name]:
                attributes += f' {name}="{self._attribute(value[name], where)}"'
        mark = len(self.parts)
        self.parts.append(self._indent(depth) + f"<{tag}{attributes}>")
        for child in self._present(value, shape, where):
            self._child(child, value.get(child.name), value.get(f"_{child.name}"), f"{where}.{child.name}", depth + 1)
        self._end(tag, mark, depth, bool(attributes) or shape.is_resource, where)

    def _present(self, value: Json, shape: Shape, where: str) -> list[Child]:
        """The elements this object has, in the order of the specification."""
        children, found = shape.children, {}
        for key in value:
            child = children.get(key) or children.get(key[1:] if key[:1] == "_" else key)
            if child is not None:
                found[child.name] = child
            elif key not in shape.attributes and not (key == "resourceType" and shape.is_resource):
                self._tell(f"{where}.{key[:80]}", f"is no element of {shape.name}. Correct the name, or leave it out.")
        return sorted(found.values(), key=_order)

    def _child(self, child: Child, value: Any, beside: Any, where: str, depth: int) -> None:
        if child.many:
            if not all(isinstance(each, list | None) for each in (value, beside)):
                self._tell(where, "may stand several times. Write a list.")
            for position, (one, under) in enumerate(zip_longest(_listed(value), _listed(beside))):
                self._element(child, one, under, f"{where}[{position}]", depth)
        elif isinstance(value, list) or isinstance(beside, list):
            self._tell(where, "may stand once. Write it without a list.")
        else:
            self._element(child, value, beside, where, depth)

    def _element(self, child: Child, value: Any, beside: Any, where: str, depth: int) -> None:
        if child.is_primitive:
            self._primitive(child, value, beside, where, depth)
        elif child.kind is Kind.RESOURCE:
            mark = len(self.parts)
            self.resource(value, where, depth + 1)
            if len(self.parts) > mark:
                self.parts.insert(mark, f"{self._indent(depth)}<{child.name}>")
                self.parts.append(f"{self._indent(depth)}</{child.name}>")
        elif child.kind is Kind.NARRATIVE:
            self.parts.append(self._indent(depth) + self._narrative(value, where))
        else:
            self._object(child.name, value, self._shapes.of(child.shape), where, depth)

    def _primitive(self, child: Child, value: Any, beside: Any, where: str, depth: int) -> None:
        attributes, extensions = "", []
        if isinstance(beside, dict):
            extensions = _listed(beside.get("extension"))
            if isinstance(beside.get("id"), str):
                attributes += f' id="{self._attribute(beside["id"], where)}"'
        if value is not None:
            text = _text(child.kind, value)
            if text is None:
                self._tell(where, f"is no {child.shape} as FHIR JSON writes one. Correct the value.")
            attributes += f' value="{self._attribute(text, where)}"' if text else ""
        mark = len(self.parts)
        self.parts.append(f"{self._indent(depth)}<{child.name}{attributes}>")
        for position, extension in enumerate(extensions):
            self._object("extension", extension, self._shapes.of("Extension"), f"{where}.extension[{position}]", depth + 1)
        self._end(child.name, mark, depth, bool(attributes), where)

    def _end(self, tag: str, mark: int, depth: int, stands: bool, where: str) -> None:
        """Close the element that began at ``mark``; one with nothing in it is left out, unless it ``stands`` by itself."""
        if len(self.parts) > mark + 1:
            self.parts.append(f"{self._indent(depth)}</{tag}>")
        elif stands:
            self.parts[mark] = self.parts[mark][:-1] + "/>"
        else:
            self._tell(where, "has nothing in it that XML can say. Leave it out.")
            del self.parts[mark:]

    def _narrative(self, value: Any, where: str) -> str:
        """The div as it is, when reading it gives the very same back; else as text, told."""
        div = value.strip() if isinstance(value, str) else ""
        for candidate in (_characters(div), _characters(div).replace("<div", f'<div xmlns="{XHTML}"', 1)):
            if self._reads_back(candidate):
                if candidate != _characters(div):
                    self._tell(where, f'declares no namespace. Begin it with <div xmlns="{XHTML}">.')
                return candidate
        self._tell(where, f'is no well-formed XHTML. Write one <div xmlns="{XHTML}">, with every tag closed.')
        return f'<div xmlns="{XHTML}">{self._attribute(div, where)}</div>'

    def _reads_back(self, div: str) -> bool:
        around = f'<Basic xmlns="{FHIR}"><text>{div}</text></Basic>'
        try:
            return bool(parse(around.encode(), self._shapes)["text"] == {"div": div})
        except Refusal:
            return False

    def _attribute(self, text: str, where: str) -> str:
        if _NO_XML.search(text):
            self._tell(where, "holds a control character, which XML cannot write. Leave the character out.")
            text = _NO_XML.sub("\ufffd", text)
        return _TO_ESCAPE.sub(_escape, text) if _TO_ESCAPE.search(text) else text

    def _indent(self, depth: int) -> str:
        return "\n" + "  " * depth if self._pretty else ""

    def _tell(self, where: str, what: str) -> None:
        subject = where.rsplit(".", 1)[-1] or "The value"
        self.issues.append(Issue(f"{subject} {what}", "structure", expression=where or None, message_id="xml-unsayable"))


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES[found.group()]


def _characters(div: str) -> str:
    """The div with characters in place of HTML's named entities, which XML does not know."""
    return _ENTITY.sub(lambda found: found.group() if found.group(1) in _XML_ENTITIES else html5.get(found.group(1), found.group()), div)


def _text(kind: Kind, value: Any) -> str | None:
    """The value as XML writes it, or None when it is not of this kind."""
    if kind is Kind.STRING:
        return value if isinstance(value, str) and value else None
    if kind is Kind.BOOLEAN:
        return ("true" if value else "false") if isinstance(value, bool) else None
    number = isinstance(value, int | Decimal | float if kind is Kind.DECIMAL else int) and not isinstance(value, bool)
    return str(value) if number else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _order(child: Child) -> int:
    return child.order
