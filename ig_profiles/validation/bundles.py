"""Rules of a Bundle as a whole: full URLs absolute, unique and true to the id; links once (FHIR R4 §bundle, bdl-7 and bdl-8)."""

from __future__ import annotations

import re
from typing import Any

from ig_profiles.reading import Index, Json
from ig_profiles.validation.run import Path, Run, spell

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_RESTFUL = re.compile(r"https?://.*/([A-Z][A-Za-z]{1,60})/([A-Za-z0-9\-.]{1,64})")
_CARRIES_NAMES = frozenset({"document", "message", "collection"})


def bundle_rules(bundle: Json, path: Path, run: Run) -> None:
    """Make the entries known, so that references in them resolve; then what holds for them together."""
    known = run.scope.index = Index.of_bundle(bundle, spell(path))
    run.entries |= {id(entry.resource): entry for entry in known.entries}
    entries = bundle.get("entry")
    first: dict[tuple[str, Any], int] = {}
    history = bundle.get("type") == "history"
    for index, entry in enumerate(entries if type(entries) is list else ()):
        if type(entry) is not dict:
            continue
        url, resource = entry.get("fullUrl"), entry.get("resource")
        here = ((path, "entry", index), "fullUrl", None)
        if type(url) is str and url:
            _full_url(url, resource, here, run)
            version = _version(resource)
            earlier = first.setdefault((url, version), index)
            if earlier != index and not (history and version is None):
                run.say("full-url-twice", here, constraint="bdl-7", found=url[:200], first=earlier)
        elif url is None and type(resource) is dict and bundle.get("type") in _CARRIES_NAMES:
            run.say("full-url-missing", here[0])
    _links(bundle, path, run)


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
    restful = _RESTFUL.fullmatch(url)
    if restful and type(kind) is str and type(identity) is str and restful.groups() != (kind, identity):
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
