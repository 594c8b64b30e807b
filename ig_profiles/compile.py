"""StructureDefinition snapshot -> profile table: the facts a validator needs, none of the prose.

Table: ``{"url", "version", "type", "base", "kind", "abstract", "derivation", "context", "constraints", "elements"}``, see
``ig_profiles/definitions/README.md`` for every key of a row (hl7.org/fhir/R4/elementdefinition.html).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ig_profiles import errata
from ig_profiles.outcome import Unprocessable

Json = dict[str, Any]
Check = Callable[[str], Any]

_EXTENSIONS = "http://hl7.org/fhir/StructureDefinition/"
_FHIR_TYPE = f"{_EXTENSIONS}structuredefinition-fhir-type"
_MAX_VALUE_SET = f"{_EXTENSIONS}elementdefinition-maxValueSet"
_SYSTEM = "http://hl7.org/fhirpath/"
_PROSE = {"display", "text"}


def profile_table(definition: Json, check: Check | None = None) -> Json:
    """The table of one StructureDefinition; ``check`` compiles each constraint's FHIRPath and raises when it cannot.

    Raises Unprocessable, naming key, profile and expression, for an expression outside the language, and for a
    definition published without its snapshot.
    """
    elements = definition.get("snapshot", {}).get("element")
    if not elements:
        raise Unprocessable(f"{definition['url']} is published without a snapshot. Use a package with snapshots (the IG publisher writes them by default).")
    constraints: dict[tuple[str, str, str], int] = {}
    rows = [_row(element, definition, constraints) for element in elements]
    if check:
        for key, _, expression in constraints:
            _checked(check, key, expression, definition["url"])
    table = {
        "url": definition["url"],
        "version": definition.get("version"),
        "type": definition["type"],
        "base": definition.get("baseDefinition"),
        "kind": definition["kind"],
        "abstract": definition.get("abstract") or None,
        "derivation": definition.get("derivation"),
        "context": errata.contexts(definition["url"], [{"type": each["type"], "expression": each["expression"]} for each in definition.get("context", [])]),
        "constraints": [list(each) for each in constraints],
        "elements": rows,
    }
    return _present(table)


def _checked(check: Check, key: str, expression: str, url: str) -> None:
    try:
        check(expression)
    except Exception as error:
        text = f"Constraint {key} of {url} cannot be compiled: {error} Its expression is: {expression}"
        raise Unprocessable(f"{text} Extend ig_profiles.fhirpath, or state the correction in ig_profiles/errata.py.") from None


def _row(element: Json, definition: Json, constraints: dict[tuple[str, str, str], int]) -> Json:
    root = definition["snapshot"]["element"][0]["path"]
    row = {
        "id": element.get("id", element["path"]),
        "path": element["path"],
        "slice": element.get("sliceName"),
        "min": element.get("min", 0),
        "max": element.get("max", "*"),
        "types": [_type(each, element, definition) for each in element.get("type", []) if element["path"] != root],
        "ref": element["contentReference"].partition("#")[2] if "contentReference" in element else None,
        "binding": _binding(element.get("binding", {})),
        "must": element.get("mustSupport") or None,
        "modifier": element.get("isModifier") or None,
        "attribute": "xmlAttr" in element.get("representation", []) or None,
        "slicing": _slicing(element["slicing"]) if "slicing" in element else None,
        "maxLength": element.get("maxLength"),
        "minValue": _valued(element, "minValue"),
        "maxValue": _valued(element, "maxValue"),
        "regex": next((found for each in element.get("type", []) if (found := _regex(each))), None),
        "constraints": [_numbered(each, constraints) for each in element.get("constraint", []) if each.get("expression")],
        **_fixed_or_pattern(element),
    }
    return _present(row)


def _numbered(constraint: Json, constraints: dict[tuple[str, str, str], int]) -> int:
    expression = errata.expression(constraint["key"], constraint["expression"])
    return constraints.setdefault((constraint["key"], constraint["severity"], expression), len(constraints))


def _type(given: Json, element: Json, definition: Json) -> Json:
    code = given["code"]
    if code.startswith(_SYSTEM):
        said = next((each.get("valueUrl") or each.get("valueUri") for each in given.get("extension", []) if each["url"] == _FHIR_TYPE), None)
        of_resource = element.get("base", {}).get("path") == "Resource.id"
        own_value = element["path"].endswith(".value") and definition["kind"] == "primitive-type"
        code = "id" if of_resource else said if said and not own_value else code.removeprefix(_SYSTEM)
    return _present({"code": code, "profile": given.get("profile"), "targets": given.get("targetProfile")})


def _regex(given: Json) -> str | None:
    text = next((each.get("valueString") for each in given.get("extension", []) if each["url"] == f"{_EXTENSIONS}regex"), None)
    return text if text in errata.REVIEWED_REGEXES else None


def _binding(binding: Json) -> list[str] | None:
    if "valueSet" not in binding:
        return None
    widest = [each.get("valueCanonical") for each in binding.get("extension", []) if each["url"] == _MAX_VALUE_SET]
    return [binding["strength"], binding["valueSet"], *widest[:1]]


def _slicing(slicing: Json) -> Json:
    by = [[each["type"], each["path"]] for each in slicing.get("discriminator", [])]
    return _present({"by": by, "rules": slicing["rules"], "ordered": slicing.get("ordered") or None})


def _fixed_or_pattern(element: Json) -> Json:
    """A fixed value that quotes a display binds only its codes here, so it counts as a pattern."""
    fixed, pattern = _valued(element, "fixed"), _valued(element, "pattern")
    if fixed and _without_prose(fixed[1]) != fixed[1]:
        fixed, pattern = None, fixed
    return {"fixed": fixed, "pattern": [pattern[0], _without_prose(pattern[1])] if pattern else None}


def _valued(element: Json, prefix: str) -> list[Any] | None:
    """``patternCodeableConcept`` as ``["CodeableConcept", value]``; primitive type names begin small."""
    key = next((each for each in element if each.startswith(prefix) and each[len(prefix) :][:1].isupper()), None)
    if key is None:
        return None
    name = key[len(prefix) :]
    return [name if isinstance(element[key], dict) else name[0].lower() + name[1:], element[key]]


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_prose(inner) for key, inner in value.items() if key not in _PROSE}
    return [_without_prose(inner) for inner in value] if isinstance(value, list) else value


def _present(row: Json) -> Json:
    return {key: value for key, value in row.items() if value is not None and value != []}
