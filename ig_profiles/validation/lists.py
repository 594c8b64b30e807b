"""The handler of one key: one value or a list of them, how many there may be, and the rows of ``_key`` beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ig_profiles.reading import Json
from ig_profiles.validation.checks import Checks
from ig_profiles.validation.primitives import Check, is_primitive, primitive, usual
from ig_profiles.validation.run import Path, Run, shown
from ig_profiles.validation.site import Handler, Site, sequence
from ig_profiles.validation.slicing import least_of_slices, slicing
from ig_profiles.validation.tree import stem


def nothing(value: Any, holder: Json, path: Path, run: Run) -> None:
    """This key is looked at elsewhere, or nothing is asked of it here."""


def handler(checks: Checks, site: Site, key: str, code: str) -> Handler:
    """The handler of an element's key, for values of this type."""
    if site.against is not None and site.element.same_as(site.against):
        return nothing
    if site.element.most == 0:
        return nothing if site.against is not None and site.against.most == 0 else _not_allowed(key, site.profile)
    content = site.followed()
    check = checks.one_value(content, code)
    name = key
    if stem(site.element.name):
        name = f"{site.element.name[:-3]}.ofType({code})"
        check = _with_slices(checks, content, code, check)
    plain = is_primitive(content.plain(code))
    if site.repeats:
        return _many(checks, site, name, check, plain)
    if site.against is not None:
        made = _one_more(name, check)
    elif check is not None and plain and check is primitive(content.plain(code)) and (quick := usual(content.plain(code))):
        made = _one_text(name, check, quick)
    else:
        made = _one(name, check)
    return _with_rows(checks, site, made, key, code) if plain and _asks_extension(site) else made


def _not_allowed(key: str, profile: str) -> Handler:
    def handle(value: Any, holder: Json, path: Path, run: Run) -> None:
        run.say("not-allowed", (path, key, None), profile)

    return handle


def _with_slices(checks: Checks, site: Site, code: str, check: Check | None) -> Check | None:
    """A choice is sliced by type: what the slice of this type asks is asked too."""
    parts = [check] if check else []
    for part in site.element.slices:
        if code in part.codes:
            more = checks.one_value(site._replace(element=part, against=site.element), code)
            parts += [more] if more else []
    return sequence(parts)


def _one(name: str, check: Check | None) -> Handler:
    if check is None:
        return nothing

    def handle(value: Any, holder: Json, path: Path, run: Run) -> None:
        if type(value) is list:
            run.say("one-value-expected", (path, name, None))
        else:
            check(value, (path, name, None), run)

    return handle


def _one_text(name: str, check: Check, quick: Callable[[str], Any]) -> Handler:
    def handle(value: Any, holder: Json, path: Path, run: Run) -> None:
        if type(value) is str and quick(value):
            return
        if type(value) is list:
            run.say("one-value-expected", (path, name, None))
        else:
            check(value, (path, name, None), run)

    return handle


def _one_more(name: str, check: Check | None) -> Handler:
    """What a slice asks beside the unsliced element, which says itself when the shape is wrong."""
    if check is None:
        return nothing

    def handle(value: Any, holder: Json, path: Path, run: Run) -> None:
        if type(value) is not list:
            check(value, (path, name, None), run)

    return handle


def _many(checks: Checks, site: Site, name: str, check: Check | None, plain: bool) -> Handler:
    element, profile, delta = site.element, site.profile, site.against is not None
    least, most = element.least, element.most
    if site.against is not None:
        least = least if least > site.against.least else 0
        most = most if most != site.against.most else None
    slices = slicing(checks, site, name) if element.slices or element.row.get("slicing") else None
    rows = f"_{name}"

    def handle(value: Any, holder: Json, path: Path, run: Run) -> None:
        if type(value) is not list:
            if not delta:
                run.say("list-expected", (path, name, None), found=shown(value))
            return
        if not value:
            if not delta:
                run.say("empty", (path, name, None))
            return
        if check is not None:
            index = 0
            for item in value:
                if item is None and plain and _row(holder.get(rows), index):
                    index += 1
                    continue
                check(item, (path, name, index), run)
                index += 1
        count = len(value)
        if count < least:
            run.say("too-few", (path, name, None), profile, found=count, min=least)
        if most is not None and count > most:
            run.say("too-many", (path, name, None), profile, found=count, max=most)
        if slices is not None:
            slices(value, (path, name, None), run)

    return handle


def _row(rows: Any, index: int) -> bool:
    return type(rows) is list and index < len(rows) and type(rows[index]) is dict


def _asks_extension(site: Site) -> bool:
    """Whether a primitive must bear an extension, so that ``_key`` may not be absent."""
    child = site.element.children.get("extension")
    return child is not None and bool(child.least or least_of_slices(child))


def _with_rows(checks: Checks, site: Site, made: Handler, key: str, code: str) -> Handler:
    rows = checks.rows_check(site, code)

    def handle(value: Any, holder: Json, path: Path, run: Run) -> None:
        made(value, holder, path, run)
        if f"_{key}" not in holder:
            rows({}, (path, key, None), run)

    return handle


def primitive_rows(checks: Checks, site: Site, key: str, code: str) -> Handler:
    """The handler of ``_key``: id and extensions of a primitive, one row for each value where it repeats."""
    check = checks.rows_check(site, code)
    name = f"{site.element.name[:-3]}.ofType({code})" if stem(site.element.name) else key
    if site.element.most == 0:
        return _not_allowed(key, site.profile)

    def one(value: Any, holder: Json, path: Path, run: Run) -> None:
        if type(value) is dict and value:
            check(value, (path, name, None), run)
        elif type(value) is dict:
            run.say("empty", (path, name, None), name=f"_{key}")
        else:
            run.say("object-expected", (path, name, None), name=f"_{key}", found=shown(value), type="id and extension")

    def many(value: Any, holder: Json, path: Path, run: Run) -> None:
        if type(value) is not list:
            run.say("list-expected", (path, name, None), name=f"_{key}", found=shown(value))
            return
        values = holder.get(key)
        if type(values) is list and len(values) != len(value):
            run.say("extension-rows", (path, name, None), name=key, found=len(value), expected=len(values))
        for index, row in enumerate(value):
            if type(row) is dict and row:
                check(row, (path, name, index), run)
            elif row is not None:
                run.say("object-expected", (path, name, index), name=f"_{key}", found=shown(row), type="id and extension")
            elif not (type(values) is list and index < len(values) and values[index] is not None):
                run.say("null", (path, name, index))

    return many if site.repeats else one
