"""References: well formed, found in the Bundle or among the contained, and pointing to what the profile wants."""

from __future__ import annotations

import re
from typing import Any

from ig_profiles.outcome import Issue
from ig_profiles.validation.checks import Checks
from ig_profiles.validation.primitives import Check
from ig_profiles.validation.resources import outcome
from ig_profiles.validation.run import Findings, Path, Run, Scope, flat
from ig_profiles.validation.site import TYPES, Site

_RELATIVE = re.compile(r"([A-Z][A-Za-z]{1,60})/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?")
_TAIL = re.compile(r".*/([A-Z][A-Za-z]{1,60})/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?")


def resolve(run: Run, reference: Any) -> Scope | None:
    """The resource a literal reference of the present resource points to, where it is at hand."""
    if type(reference) is not str or not reference:
        return None
    scope = run.scope
    key = (id(scope.root), reference)
    if key not in run.resolved:
        run.resolved[key] = _contained(scope, reference[1:]) if reference.startswith("#") else _entry(scope, reference)
    return run.resolved[key]


def _contained(scope: Scope, name: str) -> Scope | None:
    if not name:
        return Scope(scope.root, scope.root_place, scope.root, scope.root_place, scope.entry, scope.index)
    inside = scope.root.get("contained")
    for index, resource in enumerate(inside if type(inside) is list else ()):
        if type(resource) is dict and resource.get("id") == name:
            return Scope(resource, (scope.root_place, "contained", index), scope.root, scope.root_place, scope.entry, scope.index)
    return None


def _entry(scope: Scope, reference: str) -> Scope | None:
    if scope.index is None:
        return None
    found = scope.index.resolve(reference, scope.entry)
    if found is None:
        return None
    place: Path = (None, found.expression, None)
    return Scope(found.resource, place, found.resource, place, found, scope.index)


def reference(value: Any, path: Path, run: Run) -> None:
    """What holds for every Reference: a form, a contained resource that is there (ref-1), an entry where there is a Bundle."""
    said = value.get("reference") if type(value) is dict else None
    if type(said) is not str or not said:
        return
    here = (path, "reference", None)
    if said.startswith("#"):
        if resolve(run, said) is None:
            run.say("reference-contained", here, constraint="ref-1", found=said[:120], owner=run.scope.root.get("resourceType"))
        return
    local = ":" not in said.partition("?")[0]
    if local and not _RELATIVE.fullmatch(said) and "?" not in said:
        run.say("reference-format", here, found=said[:120])
    elif run.scope.index is not None and (local or said.startswith("urn:")) and "?" not in said and resolve(run, said) is None:
        run.say("reference-unresolved", here, found=said[:120])


def targets(checks: Checks, site: Site) -> list[Check]:
    """The check of what a Reference may point to: a resource type, and a profile where the resource is at hand."""
    wanted = [canonical for kind in site.element.types if kind["code"] == "Reference" for canonical in kind.get("targets", ())]
    tables = {canonical: checks.registry.profile(canonical) for canonical in wanted}
    types = frozenset(str(table["type"]) for table in tables.values() if table)
    if not wanted or "Resource" in types or any(table is None for table in tables.values()):
        return []
    by_type = {kind: tuple(canonical for canonical, table in tables.items() if table and table["type"] == kind) for kind in types}
    expected = " or ".join(sorted(types))
    profile = site.profile
    concrete = types - {"DomainResource"} == types

    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) is not dict:
            return
        said = value.get("reference")
        scope = resolve(run, said) if type(said) is str else None
        kind = scope.resource.get("resourceType") if scope is not None else _named_type(said)
        told = value.get("type")
        if type(told) is str and type(kind) is str and told.rpartition("/")[2] != kind and scope is not None:
            run.say("reference-type-differs", (path, "type", None), profile, said=told[:80], found=str(said)[:120], type=kind)
        kind = kind if kind is not None else told.rpartition("/")[2] if type(told) is str else None
        if type(kind) is not str or not checks.is_resource(kind):
            return
        if kind not in types:
            if concrete:
                run.say("reference-type", path, profile, expected=expected, found=str(said)[:120], type=kind)
            return
        if scope is not None and TYPES + kind not in by_type[kind]:
            _later(checks, run, scope, by_type[kind], path, str(said), profile)

    return [check]


def _named_type(said: Any) -> str | None:
    """The resource type a literal reference tells by its form."""
    if type(said) is not str or len(said) > 2048:
        return None
    found = _RELATIVE.fullmatch(said) or (_TAIL.fullmatch(said) if said.startswith("http") else None)
    return found[1] if found else None


def _later(checks: Checks, run: Run, scope: Scope, profiles: tuple[str, ...], path: Path, said: str, profile: str) -> None:
    """Look at the target's profile when all else is checked: once per resource and profile, and circles come to an end.

    What the target's own references point to is told there, not once more at everything that points to the target.
    """
    findings = run.findings

    def look() -> None:
        errors: list[list[Issue]] = []
        for canonical in profiles:
            found = outcome(checks, run, scope, canonical)
            if not found:
                return
            errors.append(_own_errors(found))
        if all(errors):
            because = min(errors, key=len)[0]
            run.findings, before = findings, run.findings
            where = f"at {because.expression}: {because.text}"
            run.say("reference-profile", path, profile, found=said[:120], expected=" or ".join(profiles), because=where)
            run.findings = before

    run.later.append(look)


def _own_errors(found: Findings) -> list[Issue]:
    return [issue for issue in flat(found) if issue.severity in ("error", "fatal") and issue.message_id != "reference-profile"]
