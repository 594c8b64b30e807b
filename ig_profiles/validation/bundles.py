"""Rules of a Bundle as a whole: full URLs absolute, unique and true to the id; links once; what its type allows (FHIR R4 §bundle)."""

from __future__ import annotations

import re
from typing import Any

from ig_profiles.reading import Index, Json, one
from ig_profiles.validation.run import Path, Run, spell

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_RESTFUL = re.compile(r"https?://.*/[A-Z][A-Za-z]{1,60}/[A-Za-z0-9\-.]{1,64}")
_WITH_REQUEST = frozenset({"batch", "transaction", "history"})
_WITH_RESPONSE = frozenset({"batch-response", "transaction-response", "history"})
_CARRIES_NAMES = frozenset({"document", "message", "collection"})


def bundle_rules(bundle: Json, path: Path, run: Run) -> None:
    """Make the entries known, so that references in them resolve; then what holds for them together."""
    entries = bundle.get("entry")
    entries = entries if type(entries) is list else []
    named = bundle.get("type")
    index, place = Index(), spell(path)
    first: dict[tuple[str, Any], int] = {}
    for number, entry in enumerate(entries):
        if type(entry) is not dict:
            continue
        told, resource = entry.get("fullUrl"), entry.get("resource")
        url = told if type(told) is str else ""
        if type(resource) is dict:
            index.add(resource, url, f"{place}.entry[{number}].resource")
            run.entries[id(resource)] = index.entries[-1]
        if url:
            here = ((path, "entry", number), "fullUrl", None)
            _full_url(url, resource, here, run)
            version = _version(resource)
            earlier = first.setdefault((url, version), number)
            if earlier != number and not (named == "history" and version is None):
                run.say("full-url-twice", here, constraint="bdl-7", found=url[:200], first=earlier)
        elif told is None and type(resource) is dict and type(named) is str and named in _CARRIES_NAMES:
            run.say("full-url-missing", (path, "entry", number))
    run.scope.index = index
    if "link" in bundle:
        _links(bundle, path, run)
    if type(named) is str:
        _as_its_type(bundle, named, entries, path, run)


def _as_its_type(bundle: Json, kind: str, entries: list[Any], path: Path, run: Run) -> None:
    """What a Bundle of its type has, and has not: bdl-1 to bdl-5 and bdl-9 to bdl-12."""

    def say(key: str, what: str, hint: str, where: Path = path) -> None:
        run.say("bundle-rule", where, constraint=key, key=key, what=what, hint=hint)

    if "total" in bundle and kind not in ("searchset", "history"):
        say("bdl-1", f"total is only for a searchset or history, and this is a {kind}", "Leave total out.")
    for index, entry in enumerate(entries):
        if type(entry) is not dict or not entry:
            continue
        here = (path, "entry", index)
        if "search" in entry and kind != "searchset":
            say("bdl-2", f"entry.search is only for a searchset, and this is a {kind}", "Leave search out.", here)
        if ("request" in entry) != (kind in _WITH_REQUEST):
            hint = "Leave request out." if "request" in entry else "Add request with method and url."
            say("bdl-3", f"entry.request is for a batch, transaction or history, and this is a {kind}", hint, here)
        if ("response" in entry) != (kind in _WITH_RESPONSE):
            hint = "Leave response out." if "response" in entry else "Add response with its status."
            say("bdl-4", f"entry.response is for the answer to a batch or transaction, or a history, and this is a {kind}", hint, here)
        if "resource" not in entry and "request" not in entry and "response" not in entry:
            say("bdl-5", "The entry holds nothing", "Give it a resource, a request or a response.", here)
    if kind == "document":
        identifier = bundle.get("identifier")
        if type(identifier) is not dict or "system" not in identifier or "value" not in identifier:
            say("bdl-9", "A document has an identifier", "Add identifier with system and value.")
        if "timestamp" not in bundle:
            say("bdl-10", "A document says when it was made", "Add timestamp.")
    first = {"document": ("bdl-11", "Composition"), "message": ("bdl-12", "MessageHeader")}.get(kind)
    if first and one(entries[:1], "resource", "resourceType") != first[1]:
        say(first[0], f"A {kind} begins with a {first[1]}", f"Put the {first[1]} into the first entry.")


def _full_url(url: str, resource: Any, here: Path, run: Run) -> None:
    if not _ABSOLUTE.fullmatch(url):
        run.say("full-url-relative", here, found=url[:200])
        return
    if "/_history/" in url:
        run.say("full-url-version", here, constraint="bdl-8", found=url[:200])
        return
    if type(resource) is not dict or not url.startswith("http"):
        return
    kind, identity = resource.get("resourceType"), resource.get("id")
    if type(kind) is not str or type(identity) is not str or url.endswith(f"/{kind}/{identity}"):
        return
    if _RESTFUL.fullmatch(url):
        run.say("full-url-other-id", here, found=url[:200], expected=f"{kind}/{identity}"[:200])


def _version(resource: Any) -> Any:
    meta = resource.get("meta") if type(resource) is dict else None
    version = meta.get("versionId") if type(meta) is dict else None
    return version if type(version) is str else None


def _links(bundle: Json, path: Path, run: Run) -> None:
    relations: set[str] = set()
    links = bundle.get("link")
    for index, link in enumerate(links if type(links) is list else ()):
        relation = link.get("relation") if type(link) is dict else None
        if type(relation) is str and relation in relations:
            run.say("bundle-link-twice", (((path, "link", index)), "relation", None), found=relation[:80])
        elif type(relation) is str:
            relations.add(relation)
