"""Fill a service's prefetch templates for one hook call: CDS Hooks tokens, and the simple FHIRPath the CRD 2.2 templates use.

crd.md §1.4. A token is ``{{context.patientId}}`` or a path such as
``{{%encounter.participant.individual.resolve().ofType(Practitioner).id|context.draftOrders.entry.resource...}}``: names,
``entry.resource``, ``ofType(X)``, ``resolve()``, ``extension('url')``, ``value`` and the union ``|``. A template whose
token comes out empty is left unsatisfied (null would claim that we asked).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ig_profiles.reading import Json, many, text

TOKEN = re.compile(r"\{\{(.*?)\}\}")
STEP = re.compile(r"([%\w]+)(?:\((.*?)\))?(?:\.|$)")

Resolve = Callable[[str], Json | None]


def fill(templates: Mapping[str, str], context: Json, read: Resolve, search: Resolve) -> Json:
    """Prefetch by key, in the templates' order, each answered by a read or a search at the EHR.

    ``read`` takes ``Type/id``; resources that exist only in the hook's context are found there first.
    """
    prefetched: Json = {}
    drafts = {f"{item['resourceType']}/{item['id']}": item for item in _in_context(context)}

    def resolve(name: str) -> Json | None:
        return drafts.get(name) or read(name)

    for key, template in templates.items():
        query = expand(template, context, prefetched, resolve)
        if query is None:
            continue
        answer = search(query) if "?" in query else resolve(query)
        if answer is not None:
            prefetched[key] = answer
    return prefetched


def expand(template: str, context: Json, prefetched: Json, resolve: Resolve) -> str | None:
    """The query with every token filled, or None when a token has no value.

    >>> expand("Coverage?patient={{context.patientId}}&status=active", {"patientId": "orla"}, {}, lambda _: None)
    'Coverage?patient=orla&status=active'
    """
    query = template
    for token in TOKEN.findall(template):
        values = list(dict.fromkeys(value for path in token.split("|") for value in _walk(path.strip(), context, prefetched, resolve)))
        if not values:
            return None
        query = query.replace("{{" + token + "}}", ",".join(values))
    return query


def _walk(path: str, context: Json, prefetched: Json, resolve: Resolve) -> list[str]:
    steps = STEP.findall(path)
    (root, _), *rest = steps
    nodes: list[Any] = [context] if root == "context" else many(prefetched, root.lstrip("%"))
    for name, argument in rest:
        nodes = _step(nodes, name, argument, resolve)
    return [str(node) for node in nodes if isinstance(node, (str, int))]


def _step(nodes: list[Any], name: str, argument: str, resolve: Resolve) -> list[Any]:
    if name == "resolve":
        names = (node if isinstance(node, str) else text(node, "reference") for node in nodes)
        return [found for each in names if each and (found := resolve(each)) is not None]
    if name == "ofType":
        return [node for node in nodes if isinstance(node, dict) and node.get("resourceType") == argument]
    if name == "extension":
        return [item for item in many(nodes, "extension") if item.get("url") == argument.strip("'")]
    direct = many(nodes, name)
    if direct or not nodes:
        return direct
    choice = [value for node in nodes if isinstance(node, dict) for key, value in node.items() if re.fullmatch(rf"{name}[A-Z]\w*", key)]
    if choice:
        return choice
    return [node for node in many(nodes, "entry", "resource") if node.get("resourceType") == name]


def _in_context(context: Json) -> list[Json]:
    bundles = [value for value in context.values() if isinstance(value, dict) and value.get("resourceType") == "Bundle"]
    return [resource for resource in many(bundles, "entry", "resource") if "id" in resource]
