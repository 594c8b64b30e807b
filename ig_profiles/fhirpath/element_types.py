"""Element path -> type, read from the snapshots of FHIR's own types: what ``is``, ``as`` and ``ofType`` need beyond JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
_SYSTEM = "http://hl7.org/fhirpath/System."


def element_types(definitions: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The types of all elements that have just one, for ``Expression.evaluate(types=…)``.

    ``definitions`` are StructureDefinitions of resources and data types with snapshots (no profiles of them, no extensions).
    A content reference is kept as the path it points to. Choice elements are left out: their keys in JSON tell the type.

    >>> element_types([{"type": "Patient", "snapshot": {"element": [{"path": "Patient"}, {"path": "Patient.birthDate", "type": [{"code": "date"}]}]}}])
    {'Patient.birthDate': 'date'}
    """
    found: dict[str, str] = {}
    for definition in definitions:
        for element in definition.get("snapshot", {}).get("element", []):
            path, kinds = element["path"], element.get("type", [])
            if "contentReference" in element:
                found[path] = element["contentReference"].rpartition("#")[2]
            elif len(kinds) == 1 and "." in path and not path.endswith("[x]"):
                found[path] = _name(kinds[0])
    return found


def _name(kind: dict[str, Any]) -> str:
    told = next((item.get("valueUrl") or item.get("valueUri") for item in kind.get("extension", []) if item.get("url") == _FHIR_TYPE), None)
    name = str(told or kind["code"]).removeprefix(_SYSTEM)
    return name[0].lower() + name[1:] if kind["code"].startswith(_SYSTEM) and told is None else name
