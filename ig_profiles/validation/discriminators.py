"""Does this item belong to this slice? Discriminators by value, pattern, type, exists and profile, along nested paths.

A path is what FHIR allows there (§profiling, discriminator): names with dots, ``$this``, ``extension('url')``,
``resolve()`` and ``ofType(…)`` or ``as …``, which JSON needs no step for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ig_profiles.terminology import member
from ig_profiles.validation.checks import Checks
from ig_profiles.validation.matching import containing, exactly
from ig_profiles.validation.references import resolve
from ig_profiles.validation.resources import conforms
from ig_profiles.validation.run import Run
from ig_profiles.validation.site import Site
from ig_profiles.validation.tree import Element

Matcher = Callable[[Any, Run], bool]
_STEP = re.compile(r"extension\('([^']+)'\)|extension\(\"([^\"]+)\"\)|([A-Za-z]\w*)(\([^()]*\))?|\$this")


def matcher(checks: Checks, site: Site, ways: list[tuple[str, str]]) -> Matcher | None:
    """Whether an item matches by every discriminator; None when one of them says nothing about this slice."""
    tests: list[Matcher] = []
    for kind, path in ways:
        steps = _steps(path)
        test = _test(checks, site, kind, steps) if steps is not None else None
        if test is None:
            return None
        tests.append(test)
    return tests[0] if len(tests) == 1 else lambda item, run: all(test(item, run) for test in tests)


def _steps(path: str) -> list[tuple[str, str]] | None:
    """The path as ('child', name), ('extension', url) and ('resolve', '') steps; None for what is not understood."""
    steps: list[tuple[str, str]] = []
    rest = re.sub(r"\s+as\s+\w+$", "", path.strip())
    while rest:
        found = _STEP.match(rest)
        if found is None:
            return None
        url, name, call = found[1] or found[2], found[3], found[4]
        if url:
            steps.append(("extension", url))
        elif name and call is not None:
            if name not in ("resolve", "ofType", "as"):
                return None
            steps += [("resolve", "")] if name == "resolve" else []
        elif name:
            steps.append(("child", name))
        rest = rest[found.end() :].removeprefix(".")
    return steps


def _test(checks: Checks, site: Site, kind: str, steps: list[tuple[str, str]]) -> Matcher | None:
    element, expected = _walk(checks, site.element, steps)
    if kind in ("value", "pattern"):
        fits = _fits(checks, element, expected)
        return None if fits is None else lambda item, run: any(fits(value) for value in _values(item, steps, run))
    if element is None:
        return None
    if kind == "exists":
        there = element.least > 0
        return lambda item, run: bool(_values(item, steps, run)) is there if there or element.most == 0 else False
    if kind == "type":
        return _of_type(checks, element, steps)
    if kind == "profile":
        profiles = tuple(profile for row in element.types for profile in (row.get("profile") or row.get("targets") or ()))
        return lambda item, run: any(conforms(checks, run, value, profiles) for value in _values(item, steps, run)) if profiles else False
    return None


def _walk(checks: Checks, element: Element, steps: list[tuple[str, str]]) -> tuple[Element | None, Any]:
    """The slice's element at the end of the path, and the value that a pattern or fixed value higher up expects there."""
    expected = _told(element)
    here: Element | None = element
    for kind, name in steps:
        if kind == "resolve":
            continue
        if expected is not None:
            expected = _below(expected, name) if kind == "child" else None
        if here is not None:
            here = _extension(checks, here, name) if kind == "extension" else here.children.get(name) or here.children.get(f"{name}[x]")
        if here is not None and _told(here) is not None:
            expected = _told(here)
    return here, expected


def _extension(checks: Checks, element: Element, url: str) -> Element | None:
    child = element.children.get("extension")
    for part in child.slices if child is not None else []:
        if any(url in kind.get("profile", ()) for kind in part.types) or _told_url(part) == url:
            if part.children:
                return part
            table = checks.registry.extension(url)
            return checks.tree(table).root if table else part
    return None


def _told_url(part: Element) -> Any:
    child = part.children.get("url")
    return _told(child) if child is not None else None


def _told(element: Element) -> Any:
    """The fixed or pattern value of an element, from its type's slice too where it is a choice of one."""
    told = element.row.get("fixed") or element.row.get("pattern")
    if told is None and len(element.slices) == 1 and element.name.endswith("[x]"):
        told = element.slices[0].row.get("fixed") or element.slices[0].row.get("pattern")
    return told[1] if told else None


def _below(expected: Any, name: str) -> Any:
    if isinstance(expected, list):
        return next((found for item in expected if (found := _below(item, name)) is not None), None)
    return expected.get(name) if isinstance(expected, dict) else None


def _fits(checks: Checks, element: Element | None, expected: Any) -> Callable[[Any], bool] | None:
    """What the slice asks of the value at the path: its fixed or pattern value, those beneath it, or its required binding."""
    if expected is not None:
        fixed = element is not None and "fixed" in element.row
        return exactly(expected) if fixed else _contained(expected)
    if element is None:
        return None
    beneath = _beneath(element)
    if beneath:
        return lambda value: all(any(test(found) for found in _values(value, [("child", step) for step in names], None)) for names, test in beneath)
    strength, canonical = (*element.row.get("binding", ()), None, None)[:2]
    table = checks.registry.value_set(canonical) if strength == "required" and canonical else None
    return None if table is None else lambda value: member(table, value) is True


def _contained(expected: Any) -> Callable[[Any], bool]:
    each = [containing(item) for item in expected] if isinstance(expected, list) else []
    return (lambda value: any(test(value) for test in each)) if each else containing(expected)


def _beneath(element: Element) -> list[tuple[list[str], Callable[[Any], bool]]]:
    found: list[tuple[list[str], Callable[[Any], bool]]] = []
    for name, child in element.children.items():
        told = _told(child)
        if told is not None:
            found.append(([name.removesuffix("[x]")], exactly(told) if "fixed" in child.row else containing(told)))
        else:
            found += [([name.removesuffix("[x]"), *names], test) for names, test in _beneath(child)]
    return found


def _of_type(checks: Checks, element: Element, steps: list[tuple[str, str]]) -> Matcher | None:
    codes = frozenset(element.codes)
    if steps and steps[-1][0] == "resolve":
        codes = frozenset(table["type"] for row in element.types for canonical in row.get("targets", ()) if (table := checks.registry.profile(canonical)))
    if not codes:
        return None
    return lambda item, run: any(_kind(value) in codes for value in _values(item, steps, run))


def _kind(value: Any) -> str:
    kind = value.get("resourceType") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""


def _values(item: Any, steps: list[tuple[str, str]], run: Run | None) -> list[Any]:
    """Every value at the path; a choice is found under whichever key it stands."""
    found = [item]
    for kind, name in steps:
        below: list[Any] = []
        for value in found:
            if not isinstance(value, dict):
                continue
            if kind == "resolve":
                scope = resolve(run, value.get("reference")) if run is not None else None
                below += [scope.resource] if scope is not None else []
            elif kind == "extension":
                listed = value.get("extension")
                below += [each for each in listed if isinstance(each, dict) and each.get("url") == name] if isinstance(listed, list) else []
            else:
                there = value[name] if name in value else _choice(value, name)
                below += there if isinstance(there, list) else [] if there is None else [there]
        found = below
    return found


def _choice(value: dict[str, Any], name: str) -> Any:
    size = len(name)
    return next((value[key] for key in value if key.startswith(name) and key[size : size + 1].isupper()), None)
