"""A FHIR resource as lines a clinician can read: labels in words, codes by their display, quantities with their unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ig_profiles.reading import Json, many, text, without_empty

_PASSED_OVER = frozenset({"resourceType", "id", "meta", "text", "contained", "implicitRules", "language", "extension", "modifierExtension", "data"})
_CHOICES = re.compile(r"^(value|effective|onset|performed|occurrence|medication|abatement|authored)(?=[A-Z])")
_OF_A_CODING = frozenset({"system", "code", "display", "version", "userSelected", "id", "extension"})
DEEP = 8


def title(resource: Json) -> str:
    """What it is, in a few words.

    >>> title({"resourceType": "Observation", "code": {"text": "Oxygen saturation"}})
    'Observation: Oxygen saturation'
    """
    kind = text(resource, "resourceType") or "Resource"
    documents = (text(resource, "description"), text(resource, "content", "attachment", "title"))
    concepts = (_concept(each) for name in ("code", "type", "codeCodeableConcept", "medicationCodeableConcept", "vaccineCode") for each in many(resource, name))
    named = (*documents, *concepts)
    names = (_name(each) for each in many(resource, "name"))
    said = next(filter(None, (*named, *names)), "")
    return f"{_spaced(kind)}: {said}" if said else _spaced(kind)


def readable(resource: Json) -> list[Json]:
    """Lines of ``label``, ``value`` and ``depth`` (0 is the outermost); a form as its questions and answers."""
    if resource.get("resourceType") == "QuestionnaireResponse":
        return [*_lines({name: value for name, value in resource.items() if name != "item"}, 0), *_answers(resource, 0)]
    return list(_lines(resource, 0))


def _lines(node: Json, depth: int) -> Iterator[Json]:
    for name, value in node.items():
        if name in _PASSED_OVER or name.startswith("_"):
            continue
        for each in many(value):
            said = _said(each)
            if said is not None:
                yield {"label": _label(name), "value": said, "depth": depth}
            elif depth < DEEP:
                yield {"label": _label(name), "value": "", "depth": depth}
                yield from _lines(each, depth + 1)


def _answers(node: Json, depth: int) -> Iterator[Json]:
    for item in many(node, "item"):
        said = [_said(value) for answer in many(item, "answer") for name, value in answer.items() if name.startswith("value")]
        yield {"label": text(item, "text") or text(item, "linkId") or "", "value": ", ".join(each or "" for each in said), "depth": depth}
        yield from _answers(item, min(depth + 1, DEEP))
        for answer in many(item, "answer"):
            yield from _answers(answer, min(depth + 1, DEEP))


def _said(value: Any) -> str | None:
    """A value in words; None for one that has parts to be shown below."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, dict):
        return str(value)
    known = (_concept, _coding, _quantity, _period, _reference, _name, _identifier, _attachment)
    return next((said for said in (way(value) for way in known) if said), None) or (None if without_empty(value) else "")


def _concept(node: Any) -> str | None:
    if not isinstance(node, dict) or not (node.keys() & {"coding", "text"}) or node.keys() - {"coding", "text", "extension", "id"}:
        return None
    return text(node, "text") or ", ".join(filter(None, (_coding(each) for each in many(node, "coding")))) or None


def _coding(node: Any) -> str | None:
    if not isinstance(node, dict) or "code" not in node or not node.keys() <= _OF_A_CODING:
        return None
    return f"{node['display']} ({node['code']})" if node.get("display") else str(node["code"])


def _quantity(node: Json) -> str | None:
    if "value" not in node or not node.keys() <= {"value", "unit", "code", "system", "comparator", "id", "extension", "currency"}:
        return None
    if node.keys() <= {"value", "system", "id"} and "system" in node:
        return None
    unit = node.get("unit") or node.get("code") or node.get("currency")
    return " ".join(str(each) for each in (node.get("comparator"), node["value"], unit) if each is not None)


def _period(node: Json) -> str | None:
    if not node or not node.keys() <= {"start", "end", "id", "extension"}:
        return None
    return f"{node.get('start', '…')} to {node.get('end', '…')}"


def _reference(node: Json) -> str | None:
    if "reference" not in node or not node.keys() <= {"reference", "display", "type", "identifier", "id", "extension"}:
        return None
    return f"{node['display']} ({node['reference']})" if node.get("display") else str(node["reference"])


def _name(node: Any) -> str | None:
    if isinstance(node, str):
        return node
    if not isinstance(node, dict) or not node.keys() & {"family", "given"}:
        return None
    return text(node, "text") or " ".join(str(each) for part in ("prefix", "given", "family", "suffix") for each in many(node, part))


def _identifier(node: Json) -> str | None:
    if "value" not in node or "system" not in node or not node.keys() <= {"system", "value", "type", "use", "assigner", "period", "id", "extension"}:
        return None
    return f"{node['value']} ({node['system']})"


def _attachment(node: Json) -> str | None:
    if "contentType" not in node:
        return None
    return " · ".join(str(node[name]) for name in ("title", "contentType", "creation", "url") if node.get(name))


def _label(name: str) -> str:
    choice = _CHOICES.match(name)
    return _spaced(choice.group(1) if choice else name)


def _spaced(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return words[:1].upper() + words[1:]
