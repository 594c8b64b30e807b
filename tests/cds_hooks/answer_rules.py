"""The rules an answer to a hook must keep: CDS Hooks 2.0, the response, and the logical models of CRD's response types (crd.md §1.6)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

from cds_hooks.configuration import OPTIONS
from ig_profiles.names import COVERAGE_INFORMATION, CRD_CARD_TYPES, CRD_TEMP_CODES
from ig_profiles.reading import Json, extensions, many

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
CLINICAL = ("order-sign", "order-select", "order-dispatch")
ORDERS = {
    "CommunicationRequest", "Device", "DeviceRequest", "Encounter", "Medication", "MedicationRequest", "NutritionOrder", "ServiceRequest", "VisionPrescription",
}  # fmt: skip


def broken(body: Any, dialect: str, hook: str = "") -> list[str]:
    """One line for each rule that is broken, with its place."""
    if not isinstance(body, dict) or not isinstance(body.get("cards"), list):
        return ["cards is not a list"]
    found = [f"root holds {name}" for name in body if name not in ("cards", "systemActions", "extension")]
    found += [f"cards[{at}] {each}" for at, card in enumerate(body["cards"]) for each in [*_card(card, dialect), *_typed(card, dialect, hook)]]
    if "systemActions" in body:
        found += [] if body["systemActions"] else ["systemActions is empty"]
        found += [f"systemActions[{at}] {each}" for at, action in enumerate(body["systemActions"]) for each in _system_action(action)]
    if not isinstance(body.get("extension", {}), dict):
        found.append("extension is no object")
    return found


def _rules(*rules: tuple[str, bool]) -> Iterator[str]:
    yield from (name for name, kept in rules if not kept)


def _card(card: Json, dialect: str) -> Iterator[str]:
    source, suggestions = card.get("source", {}), card.get("suggestions", [])
    topic = source.get("topic", {})
    yield from _rules(
        ("uuid", _is_uuid(card.get("uuid"))),
        ("summary", _is_text(card.get("summary")) and len(card["summary"]) < 140 and "\n" not in card["summary"]),
        ("indicator", card.get("indicator") in ("info", "warning", "critical")),
        ("source.label", _is_text(source.get("label"))),
        ("source.url", "url" not in source or _is_absolute(source["url"])),
        ("source.icon", "icon" not in source or _is_absolute(source["icon"])),
        ("source.topic", topic.get("code") in {option.code for option in OPTIONS} and _is_text(topic.get("display"))),
        ("source.topic.system", topic.get("system") == (CRD_CARD_TYPES if dialect == "2.2" else CRD_TEMP_CODES)),
        ("detail", "detail" not in card or reads_as_written(card["detail"])),
        ("selectionBehavior", card.get("selectionBehavior") in ("at-most-one", "any") if suggestions else "selectionBehavior" not in card),
        ("suggestions", "suggestions" not in card or (isinstance(suggestions, list) and bool(suggestions))),
        ("links", "links" not in card or bool(card["links"])),
        ("nothing empty", not list(_empty({name: value for name, value in card.items() if name != "suggestions"}))),
        ("overrideReasons", all(_is_text(reason.get(part)) for reason in card.get("overrideReasons", []) for part in ("code", "system", "display"))),
        ("extension", isinstance(card.get("extension", {}), dict) and _associated(card.get("extension", {}), dialect)),
    )
    for link in card.get("links", []):
        yield from _rules(
            ("link.label", _is_text(link.get("label"))),
            ("link.url", _is_absolute(link.get("url"))),
            ("link.type", link.get("type") in ("absolute", "smart")),
            ("link.appContext", "appContext" not in link or (link["type"] == "smart" and isinstance(link["appContext"], str))),
        )
    for suggestion in suggestions:
        yield from _rules(
            ("suggestion.label", _is_text(suggestion.get("label"))),
            ("suggestion.uuid", _is_uuid(suggestion.get("uuid"))),
            ("suggestion.isRecommended", type(suggestion.get("isRecommended", True)) is bool),
            ("suggestion.actions", isinstance(suggestion.get("actions"), list) and bool(suggestion["actions"])),
        )
        for action in suggestion.get("actions", []):
            yield from _action(action)
    told = [suggestion.get("uuid") for suggestion in suggestions]
    yield from _rules(("suggestion.uuid is its own", len(set(told)) == len(told)))


def _action(action: Json) -> Iterator[str]:
    deletes = action.get("type") == "delete"
    resource = action.get("resource")
    yield from _rules(
        ("action.type", action.get("type") in ("create", "update", "delete")),
        ("action.description", _is_text(action.get("description"))),
        ("action.resource", "resource" not in action if deletes else isinstance(resource, dict) and _is_text(resource.get("resourceType"))),
        ("action.resourceId", bool(re.fullmatch(r"[A-Z]\w+/[\w.-]+", str(action.get("resourceId")))) if deletes else "resourceId" not in action),
        ("action.extension", isinstance(action.get("extension", {}), dict)),
        ("an update names what it updates", action.get("type") != "update" or _is_text((resource or {}).get("id"))),
    )


def _system_action(action: Json) -> Iterator[str]:
    yield from _action(action)
    yield from _rules(
        ("updates", action.get("type") == "update"),
        ("carries coverage information", bool(extensions(action.get("resource"), COVERAGE_INFORMATION))),
    )


def _typed(card: Json, dialect: str, hook: str) -> Iterator[str]:
    """The card is of one response type, and keeps to its model; what has suggestions has no links, but to launch an app."""
    suggested = [suggestion["actions"] for suggestion in card.get("suggestions", [])]
    kinds = [name for name, fits in _TYPES.items() if fits(card, suggested, dialect)]
    if len(kinds) != 1:
        yield f"is of {len(kinds)} response types: {', '.join(kinds)}"
    if "coverage record" in kinds and hook in CLINICAL:
        yield "corrects a Coverage in front of a clinician"


def _of(actions: list[Json], kind: str, *types: str) -> bool:
    return all(action["type"] == kind and action["resource"]["resourceType"] in types for action in actions)


def _replaces(actions: list[Json]) -> bool:
    if len(actions) == 1:
        return _of(actions, "update", *ORDERS)
    return [action["type"] for action in actions] == ["delete", "create"] and actions[1]["resource"]["resourceType"] in ORDERS


def _asks_for_a_form(actions: list[Json]) -> bool:
    return [action["resource"]["resourceType"] for action in actions if action["type"] == "create"].count("Task") == 1 and _of(
        actions, "create", "Task", "Questionnaire", "Organization"
    )


def _of_one_coverage(suggested: list[list[Json]], dialect: str) -> bool:
    kinds = ("update", "create") if dialect == "2.0" else ("update",)
    return len(suggested) == 1 and len(suggested[0]) == 1 and any(_of(suggested[0], kind, "Coverage") for kind in kinds)


Fits = Callable[[Json, list[list[Json]], str], bool]
_TYPES: dict[str, Fits] = {
    "external reference": lambda card, suggested, dialect: _links(card) == {"absolute"} and not suggested,
    "instructions": lambda card, suggested, dialect: not _links(card) and not suggested and "detail" in card,
    "alternate request": lambda card, suggested, dialect: bool(suggested) and not _links(card) and all(map(_replaces, suggested)),
    "additional orders": lambda card, suggested, dialect: bool(suggested) and not _links(card) and all(_of(each, "create", *ORDERS) for each in suggested),
    "form completion": lambda card, suggested, dialect: bool(suggested) and not _links(card) and all(map(_asks_for_a_form, suggested)),
    "coverage record": lambda card, suggested, dialect: not _links(card) and _of_one_coverage(suggested, dialect),
    "app launch": lambda card, suggested, dialect: _links(card) == {"smart"} and not suggested and all("appContext" in link for link in card["links"]),
}


def _links(card: Json) -> set[str]:
    return set(many(card, "links", "type"))


def _associated(extension: Json, dialect: str) -> bool:
    name, kind = ("davinci-crd.associated-resource", dict) if dialect == "2.2" else ("davinci-associated-resource", str)
    return set(extension) <= {name} and all(isinstance(each, kind) for each in extension.get(name, []))


def reads_as_written(detail: Any) -> bool:
    """Whether it is Markdown that shows every line as it was meant: lists as lists, no HTML, no code by accident."""
    if not _is_text(detail):
        return False
    tokens = MARKDOWN.parse(detail)
    inside = [child.type for token in tokens for child in token.children or []]
    lists = sum(token.type == "list_item_open" for token in tokens)
    return lists == len(re.findall(r"^- ", detail, re.MULTILINE)) and not {"html_block", "code_block", "html_inline"} & {*inside, *(t.type for t in tokens)}


def _empty(node: Any) -> Iterator[Any]:
    if node is None or node in ({}, [], ""):
        yield node
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _empty(below)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_uuid(value: Any) -> bool:
    try:
        return str(uuid.UUID(value)) == value
    except (ValueError, TypeError, AttributeError):
        return False


def _is_absolute(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("https", "http") and bool(urlsplit(value).netloc)
