"""One open element while FHIR XML is read: where it is, what is told of it when something is wrong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol

from ig_profiles.outcome import Issue
from ig_profiles.xml.shapes import FHIR, XHTML, Shapes

INSTANCE = "http://www.w3.org/2001/XMLSchema-instance "


class Reading(Protocol):
    """What a frame uses of the walk through the text; ``default_namespace`` is the last one declared, and before which element."""

    body: bytes
    shapes: Shapes
    parser: Any
    issues: list[Issue]
    default_namespace: tuple[str, int]

    @property
    def elements(self) -> int:
        """How many elements have begun so far."""

    def fault(self, text: str, name: str, expression: str) -> None:
        """Keep what is wrong here."""


class Frame(ABC):
    """One open element. ``step`` is its part of the expression, ``depth`` the nesting its JSON form has."""

    __slots__ = ("depth", "parent", "reading", "step")

    def __init__(self, reading: Reading, parent: Frame | None, step: str, depth: int) -> None:
        self.reading = reading
        self.parent = parent
        self.step = step
        self.depth = depth

    @abstractmethod
    def open(self, tag: str, attributes: dict[str, str]) -> Frame:
        """The frame of an element that begins inside this one."""

    def text(self, text: str) -> None:
        """Text inside this element; whitespace between elements means nothing."""
        if not text.isspace():
            self.fault('holds text. FHIR XML writes every value as an attribute: value="…".', "xml-text")

    @abstractmethod
    def close(self) -> None:
        """The element ends."""

    def expression(self) -> str:
        """Where this is, as a FHIRPath expression."""
        steps: list[str] = []
        frame: Frame | None = self
        while frame is not None:
            steps.append(frame.step)
            frame = frame.parent
        return ".".join(step for step in reversed(steps) if step)

    def fault(self, what: str, name: str, below: str = "") -> None:
        """Tell what is wrong with this element, or with the one ``below`` it, under our message id ``name``."""
        below = parts(below)[1][:80]
        subject = below or self.step.split("[")[0] or "The body"
        self.reading.fault(f"{subject} {what}", name, ".".join(part for part in (self.expression(), below) if part))

    def unknown(self, tag: str, inside: str) -> Frame:
        """Tell that this element has no place here, and pass over it with everything in it."""
        uri, local = parts(tag)
        if uri == FHIR and local != "div":
            self.fault(f"is no element of {inside}. Correct the name, or leave it out.", "xml-element", local)
        else:
            stands = f"is in the namespace {uri[:80]}" if uri else "is in no namespace"
            self.fault(f'{stands}. Declare xmlns="{XHTML if local == "div" else FHIR}", or leave it out.', "xml-namespace", local)
        return Ignored(self.reading, self, "", self.depth + 1)


class Ignored(Frame):
    """Something that has no place here; it was told once, where it began."""

    __slots__ = ()

    def open(self, tag: str, attributes: dict[str, str]) -> Frame:
        return Ignored(self.reading, self, "", self.depth + 1)

    def text(self, text: str) -> None:
        """Passed over."""

    def close(self) -> None:
        """Nothing is left behind."""


def parts(tag: str) -> tuple[str, str]:
    """Namespace and local name of a tag as expat gives it, its prefix left out.

    >>> parts("http://hl7.org/fhir status f"), parts("status")
    (('http://hl7.org/fhir', 'status'), ('', 'status'))
    """
    found = tag.split(" ")
    return (found[0], found[1]) if len(found) > 1 else ("", tag)
