"""A resource wherever one may stand: known type, its base definition, every profile it claims, and those asked of it here."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from ig_profiles.reading import Json
from ig_profiles.resource_types import RESOURCE_TYPES
from ig_profiles.validation.checks import Checks
from ig_profiles.validation.primitives import Check
from ig_profiles.validation.run import Findings, Path, Run, Scope, flat, shown
from ig_profiles.validation.site import TYPES, Site

_ABSTRACT = frozenset({"Resource", "DomainResource"})


def resource_here(checks: Checks, site: Site) -> Check | None:
    """The check of a resource at this site: of an allowed type, sound in itself, and as the profiles on the site want it."""
    types = site.element.types
    allowed = frozenset(kind["code"] for kind in types) - _ABSTRACT if not {kind["code"] for kind in types} & _ABSTRACT else frozenset()
    profiles = {kind["code"]: tuple(kind["profile"]) for kind in types if kind.get("profile")}
    delta, expected, profile = site.against is not None, " or ".join(sorted(allowed)), site.profile
    if delta and not profiles and (not allowed or allowed == frozenset(site.against.codes if site.against else ())):
        return None

    def check(value: Any, path: Path, run: Run) -> None:
        if not delta and not examine(checks, value, path, run):
            return
        kind = value.get("resourceType") if type(value) is dict else None
        if allowed and type(kind) is str and kind not in allowed:
            run.say("resource-type-other", path, profile, expected=expected, found=kind)
        wanted = profiles.get(kind) if type(kind) is str else None
        wanted = wanted or profiles.get("Resource") or profiles.get("DomainResource")
        if wanted and type(kind) is str and checks.is_resource(kind):
            conform(checks, run.inside(value, path), wanted, run)

    return check


def examine(checks: Checks, value: Any, path: Path, run: Run) -> bool:
    """Check a resource as what it says it is: its type and the profiles in its meta. False when it is no resource at all."""
    if type(value) is not dict:
        run.say("null" if value is None else "object-expected", path, found=shown(value), type="a resource")
        return False
    kind = value.get("resourceType")
    if type(kind) is not str:
        run.say("resource-type-missing", path, example="Patient")
        return False
    if kind in _ABSTRACT or not checks.is_resource(kind):
        near = get_close_matches(kind, RESOURCE_TYPES, 1)
        said = f"Did you mean '{near[0]}'?" if near else "Correct it."
        run.say("resource-type-unknown", (path, "resourceType", None), found=kind[:80], near=said)
        return False
    scope = run.inside(value, path)
    outer, run.scope = run.scope, scope
    checks.whole(kind)(value, path, run)
    claimed = [profile for index, profile in enumerate(_claimed(value)) if _known(checks, profile, kind, (path, index), run)]
    run.scope = outer
    for profile in claimed or [TYPES + kind]:
        run.findings.append(outcome(checks, run, scope, profile))
    return True


def outcome(checks: Checks, run: Run, scope: Scope, canonical: str) -> Findings:
    """What a resource says about one profile: checked once, however many ask.

    While it is being checked the answer is that nothing was found, so that a circle of references ends. Where the resource
    has just passed a profile of the same type, only the difference between the two is checked.
    """
    key = (id(scope.resource), canonical)
    found = run.outcomes.get(key)
    if found is None:
        found = run.outcomes[key] = []
        passed = run.passed.get(id(scope.resource))
        check = (checks.difference_check(canonical, passed) if passed else None) or checks.profile_check(canonical)
        if check is not None:
            outer, run.findings = run.findings, found
            before, run.scope = run.scope, scope
            check(scope.resource, scope.place, run)
            run.scope, run.findings = before, outer
            if not found:
                run.passed.setdefault(id(scope.resource), canonical)
    return found


def conform(checks: Checks, scope: Scope, profiles: tuple[str, ...], run: Run) -> None:
    """The resource must follow one of the profiles: of several, the findings of the nearest one count."""
    found = [outcome(checks, run, scope, profile) for profile in profiles if checks.profile_check(profile)]
    if found:
        run.findings.append(min(found, key=weight) if len(found) > 1 else found[0])


def conforms(checks: Checks, run: Run, value: Any, profiles: tuple[str, ...]) -> bool:
    """Whether a resource at hand follows one of the profiles, asked by a discriminator."""
    if type(value) is not dict:
        return False
    kinds = {value.get("resourceType") if type(value.get("resourceType")) is str else None, *_ABSTRACT}
    fitting = [profile for profile in profiles if checks.profiled(profile) in kinds - {None}]
    scope = run.inside(value, (run.scope.place, "resolve()", None))
    return any(not broken(outcome(checks, run, scope, profile)) for profile in fitting)


def broken(findings: Findings) -> bool:
    """Whether an error is among the findings."""
    return any(issue.severity in ("error", "fatal") for issue in flat(findings))


def weight(findings: Findings) -> int:
    """How much is wrong: errors far more than the rest."""
    return sum(1000 if issue.severity in ("error", "fatal") else 1 for issue in flat(findings))


def _claimed(value: Json) -> list[str]:
    meta = value.get("meta")
    profiles = meta.get("profile") if type(meta) is dict else None
    if type(profiles) is not list:
        return []
    if len(profiles) == 1:
        return profiles if type(profiles[0]) is str else []
    return list(dict.fromkeys(profile for profile in profiles if type(profile) is str))


def _known(checks: Checks, profile: str, kind: str, at: tuple[Path, int], run: Run) -> bool:
    """Whether a claimed profile is known here and is one for this type."""
    place: Path = (((at[0], "meta", None)), "profile", at[1])
    wanted = checks.profiled(profile)
    if wanted is None:
        run.say("profile-unknown", place, found=shown(profile))
    elif wanted not in checks.ancestors(kind):
        run.say("profile-other-type", place, found=profile, expected=wanted, type=kind)
    else:
        return True
    return False

