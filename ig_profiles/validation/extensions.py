"""Extensions: each to its definition by url, where it may stand, and how many of those the profile names."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from ig_profiles.reading import Json
from ig_profiles.validation.checks import Checks
from ig_profiles.validation.contexts import Owner, fits, spoken, stands
from ig_profiles.validation.lists import nothing
from ig_profiles.validation.primitives import Check
from ig_profiles.validation.run import Path, Run, shown
from ig_profiles.validation.site import Handler, Site, sequence
from ig_profiles.validation.slicing import Slicing
from ig_profiles.validation.tree import Element


class _Named:
    """An extension that is known here: its check, where it may stand, and, as a slice, how many there may be."""

    __slots__ = ("url", "check", "context", "modifier", "part", "least", "most", "placed")

    def __init__(self, url: str, check: Check | None, table: Json | None, part: Element | None, where: Owner, modifying: bool) -> None:
        self.url, self.check, self.part = url, check, part
        self.context: list[Json] = (table or {}).get("context", [])
        self.modifier = bool(table and table["elements"][0].get("modifier"))
        self.least = part.least if part else 0
        self.most = part.most if part else None
        self.placed = self.modifier is modifying and fits(self.context, where)


def extension_handler(checks: Checks, site: Site, owner: Site, code: str) -> Handler:
    """The handler of ``extension`` or ``modifierExtension`` on an element of this type."""
    element, name, delta = site.element, site.element.name, site.against is not None
    if site.against is not None and element.same_as(site.against):
        return nothing
    if element.most == 0:
        return _none_allowed(name, site.profile) if not (site.against is not None and site.against.most == 0) else nothing
    where, modifying = Owner(checks, owner, code), name == "modifierExtension"
    slices = _slices(checks, site, where, modifying)
    known: dict[str, _Named] = dict(slices)
    closed = (element.row.get("slicing") or {}).get("rules") == "closed"
    parts_of = owner.tree.table["url"] if code == "Extension" and owner.tree.table.get("derivation") == "constraint" else None
    profile, counted = site.profile, [named for named in slices.values() if named.least or named.most is not None]
    anything = checks.type_check("Extension")

    def handle(value: Any, holder: Json, path: Path, run: Run) -> None:
        if type(value) is not list or not value:
            if not delta:
                run.say("empty" if value == [] else "list-expected", (path, name, None), found=shown(value))
            return
        urls = []
        for index, item in enumerate(value):
            here = (path, name, index)
            url = item.get("url") if type(item) is dict else None
            urls.append(url)
            if type(url) is not str:
                if not delta:
                    anything(item, here, run)
                continue
            named = known.get(url)
            if closed and url not in slices:
                run.say("slice-closed", here, profile, slices=" or ".join(sorted(slices)) or "nothing")
            if named is None:
                if delta:
                    continue
                named = _find(checks, url, known, where, modifying)
                if named is None:
                    _unknown(item, url, here, run)
                    continue
            if named.check is not None:
                named.check(item, here, run)
            if not named.placed and not delta:
                _place(named, url, holder, path, here, run)
        for named in counted:
            found = urls.count(named.url)
            if found < named.least or (named.most is not None and found > named.most):
                _miscounted(named, urls, name, path, run, profile)

    def _unknown(item: Json, url: str, here: Path, run: Run) -> None:
        if ":" not in url and parts_of is not None:
            near = get_close_matches(url, list(slices), 1)
            said = f"Did you mean '{near[0]}'?" if near else f"Its parts are {', '.join(sorted(slices))}." if slices else "It has none."
            run.say("extension-part-unknown", here, profile, url=parts_of, found=url[:120], near=said)
        elif modifying:
            run.say("modifier-unknown", here, profile, url=shown(url))
        elif ":" in url:
            run.say("extension-unknown", here, url=shown(url))
        anything(item, here, run)

    def _place(named: _Named, url: str, holder: Json, path: Path, here: Path, run: Run) -> None:
        if named.modifier is not modifying:
            run.say("modifier-misplaced", here, named.url, url=url, is_modifier=_MODIFIES[named.modifier], expected=_KEYS[named.modifier])
        if named.context and not stands(url, named.context, where, holder, path, run):
            run.say("extension-context", here, named.url, url=url, expected=spoken(named.context), found=where.name)

    return handle


_MODIFIES = {True: "is a modifier", False: "is no modifier"}
_KEYS = {True: "modifierExtension", False: "extension"}


def _none_allowed(name: str, profile: str) -> Handler:
    def handle(value: Any, holder: Json, path: Path, run: Run) -> None:
        run.say("not-allowed", (path, name, None), profile)

    return handle


def _miscounted(named: _Named, urls: list[Any], name: str, path: Path, run: Run, profile: str) -> None:
    part = named.part.slice if named.part else named.url
    found = [index for index, url in enumerate(urls) if url == named.url]
    if len(found) < named.least:
        run.say("slice-too-few", (path, name, None), profile, slice=part, min=named.least, found=len(found), how=f"url {named.url}")
    elif named.most is not None and len(found) > named.most:
        run.say("slice-too-many", (path, name, found[named.most]), profile, slice=part, max=named.most, found=len(found), how=f"url {named.url}")


def missing_extensions(site: Site) -> Slicing:
    """What to say where the whole list is absent and extensions in it are required."""
    profile, required = site.profile, [(part, slice_url(part)) for part in site.element.slices if part.least]

    def missing(value: list[Any], path: Path, run: Run) -> None:
        for part, url in required:
            run.say("slice-too-few", path, profile, slice=part.slice, min=part.least, found=0, how=f"url {url}")

    return missing


def _slices(checks: Checks, site: Site, where: Owner, modifying: bool) -> dict[str, _Named]:
    """The extensions the profile names here, by url."""
    found: dict[str, _Named] = {}
    for part in site.element.slices:
        url = slice_url(part)
        if url is None:
            continue
        table = checks.registry.extension(url)
        content = site._replace(element=part, against=None if part.children and not _defined(part) else site.element)
        check = checks.one_value(content, "Extension")
        if table is None and content.against is not None:  # its definition is not at hand: an extension it is all the same
            check = sequence([checks.type_check("Extension"), *([check] if check else [])])
        found[url] = _Named(url, check, table, part, where, modifying)
    return found


def _defined(part: Element) -> bool:
    return any(kind.get("profile") for kind in part.types)


def slice_url(part: Element) -> str | None:
    """The url that tells this slice: fixed in it, or of the profile on its type; CRD 2.2 names one profile with ``[x]`` escaped."""
    child = part.children.get("url")
    told = (child.row.get("fixed") or child.row.get("pattern")) if child is not None else None
    if told:
        return str(told[1])
    return next((str(canonical).partition("|")[0] for kind in part.types for canonical in kind.get("profile", ())), None)


def _find(checks: Checks, url: str, known: dict[str, _Named], where: Owner, modifying: bool) -> _Named | None:
    """An extension that the profile does not name, but the registry knows; kept, so that it is sought once."""
    if ":" not in url or "|" in url:
        return None
    table = checks.registry.extension(url)
    if table is None:
        return None
    found = known[url] = _Named(url, checks.profile_check(url), table, None, where, modifying)
    return found
