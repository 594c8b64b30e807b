"""Where in an XML text an expression stands: line and column, for whoever must mend the file by hand.

The text is read a second time, and only when there is something to point at.
"""

from __future__ import annotations

from xml.parsers import expat

from ig_profiles.places import Place, steps

Path = tuple[tuple[str, int], ...]


class XmlPlaces:
    """The places of every element in one FHIR XML text, which must have been read before.

    >>> text = '<Patient xmlns="http://hl7.org/fhir">\\n <name><family value="Penhallow"/></name></Patient>'
    >>> XmlPlaces(text.encode()).of("Patient.name[0].family")
    Place(line=2, column=8)
    """

    def __init__(self, body: bytes) -> None:
        self._found: dict[Path, Place] = {}
        self._open: list[Path] = []  # the path of each open element
        self._seen: list[dict[str, int]] = []  # how many children of each name each open element had so far
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.Parse(body, True)

    def of(self, expression: str) -> Place:
        """The place of the element the expression names, or of the nearest element around it."""
        path: list[tuple[str, int]] = []
        for step in steps(expression):
            path = [*path[:-1], (path[-1][0], step)] if isinstance(step, int) and path else [*path, (str(step), 0)]
        while path and tuple(path) not in self._found:
            path.pop()
        return self._found.get(tuple(path), Place(1, 1))

    def _start(self, tag: str, _: dict[str, str]) -> None:
        name = tag.rsplit(":", 1)[-1]
        path = self._open[-1] if self._open else ()
        if name[:1].islower():  # a resource type begins with a capital, and is no step of an expression
            position = self._seen[-1].get(name, 0) if self._seen else 0
            if self._seen:
                self._seen[-1][name] = position + 1
            path = (*path, (name, position))
        self._found.setdefault(path, Place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1))
        self._open.append(path)
        self._seen.append({})

    def _end(self, _: str) -> None:
        self._open.pop()
        self._seen.pop()
