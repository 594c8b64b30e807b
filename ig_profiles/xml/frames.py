"""The FHIR elements open while XML is read: each knows what may begin inside it, and leaves its JSON form behind."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from ig_profiles.xml.frame import INSTANCE, Frame, Ignored, Reading, parts
from ig_profiles.xml.narrative import Narrative
from ig_profiles.xml.shapes import FHIR, Child, Json, Kind, Shape

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")


class Holder(Frame):
    """The whole text, or an element that holds a resource: exactly one inside."""

    __slots__ = ("resource",)

    def __init__(self, reading: Reading, resource: Json, parent: Frame | None = None, step: str = "", depth: int = 0) -> None:
        super().__init__(reading, parent, step, depth)
        self.resource = resource

    def open(self, tag: str, attributes: dict[str, str]) -> Frame:
        uri, name = parts(tag)
        if uri != FHIR:
            return self.unknown(tag, "FHIR")
        shape = self.reading.shapes.resource(name)
        if shape is None:
            self.fault(f'is no resource type of FHIR R4. Write one, as in <Bundle xmlns="{FHIR}">.', "xml-resource", name)
            return Ignored(self.reading, self, "", self.depth + 1)
        if self.resource:
            self.fault("stands beside another resource. Give each an element of its own.", "xml-twice", name)
        self.resource["resourceType"] = name
        frame = Object(self.reading, self, "" if self.parent else name, self.depth + 1, shape, self.resource)
        frame.take(attributes)
        return frame

    def close(self) -> None:
        if not self.resource and not self.reading.issues:
            self.fault("holds no resource. Put one in, or leave the element out.", "xml-empty")


class Object(Frame):
    """A resource, or an element of a complex type."""

    __slots__ = ("node", "ragged", "shape")

    def __init__(self, reading: Reading, parent: Frame, step: str, depth: int, shape: Shape, node: Json) -> None:
        super().__init__(reading, parent, step, depth)
        self.shape = shape
        self.node = node
        self.ragged = False

    def take(self, attributes: dict[str, str]) -> None:
        """Keep the attributes that are elements of this type."""
        for name, value in attributes.items():
            if name in self.shape.attributes and value:
                self.node[name] = value
            elif name in self.shape.attributes:
                self.fault("is empty. Give it a value, or leave it out.", "xml-empty", name)
            elif not name.startswith(INSTANCE):
                mend = f'Write it as an element: <{name} value="…"/>.' if name in self.shape.children else "Leave it out."
                self.fault(f"is no attribute of {self.shape.name}. {mend}", "xml-attribute", name)

    def open(self, tag: str, attributes: dict[str, str]) -> Frame:
        child = self.shape.by_tag.get(tag) or self.shape.by_tag.get(" ".join(parts(tag)))
        if child is None:
            return self.unknown(tag, self.shape.name)
        if child.is_primitive:
            return Primitive(self, child, attributes)
        if child.kind is Kind.NARRATIVE:
            self.once(child)
            return Narrative(self.reading, self, child.name, self.node, tag, attributes)
        node: Json = {}
        step, depth = self.place(child, node)
        if child.kind is Kind.RESOURCE:
            holder = Holder(self.reading, node, self, step, depth - 1)
            if attributes:
                holder.fault("takes no attributes. Leave them out.", "xml-attribute")
            return holder
        frame = Object(self.reading, self, step, depth, self.reading.shapes.of(child.shape), node)
        if attributes:
            frame.take(attributes)
        return frame

    def place(self, child: Child, value: Any) -> tuple[str, int]:
        """Put the value under the element's name; its step in an expression, and its depth."""
        name = child.name
        if child.many:
            values = self.node.setdefault(name, [])
            values.append(value)
            return f"{name}[{len(values) - 1}]", self.depth + 2
        self.once(child)
        self.node[name] = value
        return name, self.depth + 1

    def once(self, child: Child) -> None:
        """Tell an element that may stand once and stands again."""
        if child.name in self.node or f"_{child.name}" in self.node:
            self.fault("stands twice, where it may stand once. Join the two, or leave one out.", "xml-twice", child.name)

    def beside(self, child: Child) -> Json:
        """A new object for the id and extensions of the primitive just placed, under its name with an underscore."""
        under: Json = {}
        if child.many:
            values = self.node.setdefault(f"_{child.name}", [])
            values.extend([None] * (len(self.node[child.name]) - 1 - len(values)))
            values.append(under)
            self.ragged = True
        else:
            self.node[f"_{child.name}"] = under
        return under

    def close(self) -> None:
        if not self.node:
            self.fault("is empty. Give it content, or leave it out.", "xml-empty")
        if self.ragged:
            self._even()

    def _even(self) -> None:
        """Values and their ``_`` companions are arrays of one length; values that are all absent have none."""
        for name in [name for name, values in self.node.items() if name[0] == "_" and isinstance(values, list)]:
            values = self.node[name[1:]]
            self.node[name].extend([None] * (len(values) - len(self.node[name])))
            if all(value is None for value in values):
                del self.node[name[1:]]


class Primitive(Frame):
    """An element with a value, an id, extensions."""

    __slots__ = ("child", "holder", "under", "value")

    def __init__(self, holder: Object, child: Child, attributes: dict[str, str]) -> None:
        text = attributes.get("value")
        self.value: Any
        self.value, wrong = _value(child.kind, text) if text is not None else (None, "")
        step, depth = holder.place(child, self.value)
        super().__init__(holder.reading, holder, step, depth - 1)
        self.holder = holder
        self.child = child
        self.under: Json | None = None
        if wrong:
            self.fault(wrong, "xml-value")
        if len(attributes) != (text is not None):
            self._take(attributes)

    def _take(self, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            if name == "id" and value:
                self._under()["id"] = value
            elif name != "value" and not name.startswith(INSTANCE):
                self.fault(f"is no attribute of {self.child.name}, or is empty. Give a value and, if need be, an id.", "xml-attribute", name)

    def _under(self) -> Json:
        if self.under is None:
            self.under = self.holder.beside(self.child)
        return self.under

    def open(self, tag: str, attributes: dict[str, str]) -> Frame:
        if parts(tag) != (FHIR, "extension"):
            return self.unknown(tag, f"a {self.child.shape}")
        extensions = self._under().setdefault("extension", [])
        extensions.append({})
        shape = self.reading.shapes.of("Extension")
        frame = Object(self.reading, self, f"extension[{len(extensions) - 1}]", self.depth + 3, shape, extensions[-1])
        frame.take(attributes)
        return frame

    def text(self, text: str) -> None:
        super().text(text)
        self.value = self.value or text.strip() or self.value

    def close(self) -> None:
        if self.value is None and self.under is None:
            self.fault('has no value. Write value="…", or leave the element out.', "xml-empty")
        elif self.value is None and not self.child.many:
            del self.holder.node[self.child.name]


def _value(kind: Kind, text: str) -> tuple[Any, str]:
    """The JSON value this text stands for, and what is wrong with it."""
    if kind is Kind.STRING:
        return text, "" if text else "has an empty value. Give it a value, or leave it out."
    if kind is Kind.BOOLEAN:
        return text == "true", "" if text in ("true", "false") else "is a boolean. Write true or false."
    if kind is Kind.INTEGER:
        return (int(text), "") if _INTEGER.fullmatch(text) else (text, "is a whole number. Write digits only, without leading zeros.")
    return (Decimal(text), "") if _DECIMAL.fullmatch(text) else (text, "is a decimal number. Write it as in 12.50, without leading zeros or a plus.")
