"""One value of one type: its form, its parts, its fixed or pattern value, its code, its target, its rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ig_profiles.validation.bindings import binding
from ig_profiles.validation.checks import Checks
from ig_profiles.validation.invariants import rules
from ig_profiles.validation.matching import containing, exactly, quoted
from ig_profiles.validation.narrative import narrative
from ig_profiles.validation.natives import NATIVE
from ig_profiles.validation.objects import children_same, object_check
from ig_profiles.validation.primitives import Check, is_primitive, primitive, usual
from ig_profiles.validation.references import targets
from ig_profiles.validation.resources import resource_here
from ig_profiles.validation.run import Path, Run, shown
from ig_profiles.validation.site import Site, sequence
from ig_profiles.validation.tree import Element


def one_value(checks: Checks, site: Site, code: str) -> Check | None:
    """Everything the site asks of one value of this type; None when that is nothing beyond ``site.against``."""
    code = site.plain(code)
    expected = _expected(site, "fixed", code) + _expected(site, "pattern", code)
    if is_primitive(code):
        parts = ([] if expected and usual(code) else _form(site, code)) + _limits(site)  # the one right text has the right form
        parts += rules(_own_rules(site, ()), site.profile)
    elif checks.is_resource(code):
        return resource_here(checks, site)
    else:
        check = complex_value(checks, site, code)
        parts = ([check] if check else []) + _profiles(checks, site, code)
        if code == "Reference" and not _same(site, "types"):
            parts += targets(checks, site)
    parts += expected
    if not _same(site, "binding"):
        parts += binding(checks.registry, site.element, code)
    return sequence(parts)


def complex_value(checks: Checks, site: Site, code: str) -> Check | None:
    """The parts of an object and the rules on it; shared with every other use of the type where a profile adds none."""
    kind = checks.type_tree(code)
    told = kind.root.rules if kind else ()
    own = rules(_own_rules(site, told), site.profile)
    if site.against is not None:
        return sequence(own) if children_same(site.element, site.against) else object_check(checks, site, code, own)
    if kind is not None and site.element is not kind.root and not site.base.children and _as_published(site, kind.root):
        return sequence([checks.type_check(code), *own])
    every = rules(dict.fromkeys((*told, *site.element.rules)), site.profile)
    return object_check(checks, site, code, [*NATIVE.get(code, ()), *every])


def _as_published(site: Site, root: Element) -> bool:
    """Whether the profile asks no more of the parts than their type does."""
    return all(name in root.children and root.children[name].same_as(child) for name, child in site.element.children.items())


def _own_rules(site: Site, told: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str, str]]:
    before = site.against.rules if site.against is not None else ()
    return [rule for rule in site.element.rules if rule not in told and rule not in before]


def _same(site: Site, key: str) -> bool:
    return site.against is not None and site.element.row.get(key) == site.against.row.get(key)


def _form(site: Site, code: str) -> list[Check]:
    if site.against is not None:
        return []
    form = narrative if code == "xhtml" else primitive(code)
    return [form] if form else []


def _profiles(checks: Checks, site: Site, code: str) -> list[Check]:
    """The profiles on the type itself; of several, the value must follow one."""
    if _same(site, "types"):
        return []
    named = [profile for kind in site.element.types if kind["code"] == code for profile in kind.get("profile", [])]
    known = [check for profile in named if (check := checks.profile_check(profile))]
    if len(known) < 2 or len(known) < len(named):
        return known if len(named) == 1 else []
    return [_any_of(known)]


def _any_of(several: list[Check]) -> Check:
    def check(value: Any, path: Path, run: Run) -> None:
        best: list[Any] | None = None
        for each in several:
            found = run.aside(each, value, path)
            if not found:
                return
            best = found if best is None or len(found) < len(best) else best
        run.findings.extend(best or ())

    return check


def _expected(site: Site, key: str, code: str) -> list[Check]:
    """The check of a fixed or pattern value, where it is one of this type."""
    told = site.element.row.get(key)
    if told is None or _same(site, key) or told[0].lower() != code.lower():
        return []
    fits = exactly(told[1]) if key == "fixed" else containing(told[1])
    expected, profile = quoted(told[1]), site.profile
    message = key if isinstance(told[1], (dict, list)) else "fixed"

    def check(value: Any, path: Path, run: Run) -> None:
        if not fits(value):
            found = quoted(value) if isinstance(value, (dict, list)) else shown(value)
            run.say(message, path, profile, expected=expected, found=found)

    return [check]


def _limits(site: Site) -> list[Check]:
    row, asked = site.element.row, list[Check]()
    longest = row.get("maxLength")
    if longest is not None and not _same(site, "maxLength"):

        def length(value: Any, path: Path, run: Run) -> None:
            if isinstance(value, str) and len(value) > longest:
                run.say("value-too-long", path, site.profile, found=len(value), limit=longest)

        asked.append(length)
    for key, beyond in (("minValue", lambda value, limit: value < limit), ("maxValue", lambda value, limit: value > limit)):
        limit = row.get(key)
        limit = limit[1] if isinstance(limit, list) else limit
        if isinstance(limit, (int, float, Decimal)) and not _same(site, key):
            asked.append(_bound(beyond, limit, site.profile))
    return asked


def _bound(beyond: Any, limit: Any, profile: str) -> Check:
    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) in (int, float, Decimal) and beyond(value, limit):
            run.say("value-out-of-range", path, profile, found=value, limit=limit)

    return check
