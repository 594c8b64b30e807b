"""Card: one piece of advice, as a value, and as CDS Hooks writes it (CDS Hooks 2.0, Card Attributes; crd.md §1.6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment, PackageLoader, StrictUndefined

from cds_hooks.answer import CoverageAnswer
from cds_hooks.configuration import Option
from cds_hooks.dialect import Dialect
from ig_profiles.names import CRD_CARD_TYPES, CRD_TEMP_CODES
from ig_profiles.reading import Coding, Json, without_empty

SUMMARY_LIMIT = 139  # "less than 140 characters"
IF_NONE_EXIST = "davinci-crd.if-none-exist"
_ESCAPE = re.compile(r"\\([\\`*<>\[\]~|_])")
_MARKING = re.compile(r"[\\`*<>\[\]~|]|\b_|_\b")


@dataclass(frozen=True)
class Source:
    """Who speaks: the insurer's name as printed on the member's card, and where it lives on the web."""

    name: str
    url: str
    phone: str | None = None


@dataclass(frozen=True)
class Link:
    """A page to read, or an app to launch: one with ``app_context`` (a string the app is handed) is a SMART launch."""

    label: str
    url: str
    app_context: str | None = None


@dataclass(frozen=True)
class Action:
    """One change to the record, taken with the others of its suggestion or not at all.

    ``resource`` is whole for ``create`` and ``update``; a ``delete`` names ``resource_id`` (``Type/id``) alone.
    ``if_none_exist`` is the search that makes a create conditional.
    """

    kind: Literal["create", "update", "delete"]
    description: str
    resource: Json | None = field(default=None, repr=False)
    resource_id: str | None = None
    if_none_exist: str | None = None

    def __post_init__(self) -> None:
        if (self.kind == "delete") != (self.resource is None) or (self.kind == "delete") != bool(self.resource_id):
            raise ValueError(f"A {self.kind} action needs {'resource_id and no resource' if self.kind == 'delete' else 'a resource and no resource_id'}.")


@dataclass(frozen=True)
class Suggestion:
    """Something the clinician may take with one click; alternatives are suggestions of their own, never actions of one."""

    label: str
    actions: tuple[Action, ...]
    recommended: bool = False

    def __post_init__(self) -> None:
        if not self.actions:
            raise ValueError(f"The suggestion {self.label!r} changes nothing. Give it an action, or tell it in the card's words.")


@dataclass(frozen=True)
class Draft:
    """A card before it is worded: its type, its template with what that needs, and the answers it is about.

    ``pick`` says whether one of the suggestions may be taken or several. ``overrides`` are the reasons a clinician may
    give for not following it; each needs a display. ``about`` empty means the whole call. ``key`` tells cards of one
    template about the same orders apart.
    """

    topic: Option
    template: str
    words: dict[str, Any]
    about: tuple[CoverageAnswer, ...]
    indicator: Literal["info", "warning", "critical"] = "info"
    links: tuple[Link, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    pick: Literal["at-most-one", "any"] = "at-most-one"
    overrides: tuple[Coding, ...] = ()
    key: str = ""

    @property
    def orders(self) -> list[str]:
        """The orders it is about, as ``Type/id``."""
        return list(dict.fromkeys(answer.basis.order for answer in self.about))


def escaped(value: Any) -> Any:
    r"""A text put into a template, with what GitHub-flavoured Markdown would read as marks made plain letters.

    >>> escaped("Oxygen <2 l> *now*"), escaped(7)
    ('Oxygen \\<2 l\\> \\*now\\*', 7)
    """
    return _MARKING.sub(lambda mark: f"\\{mark.group()}", value) if isinstance(value, str) else value


_TEMPLATES = Environment(
    loader=PackageLoader("cds_hooks"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,
    auto_reload=False,
    finalize=escaped,
)


def worded(draft: Draft, source: Source, dialect: Dialect, instance: str) -> Json:
    """The card on the wire. Its uuid, and those of its suggestions, are the same whenever the same call is answered."""
    summary, _, detail = _TEMPLATES.get_template(draft.template).render(draft.words).strip().partition("\n\n")
    name = "/".join(part for part in [source.url, instance, draft.template, draft.key, *draft.orders] if part)
    card: Json = {
        "uuid": str(uuid5(NAMESPACE_URL, name)),
        "summary": shortened(_ESCAPE.sub(r"\1", summary)),
        "indicator": draft.indicator,
        "detail": detail.strip(),
        "source": {"label": source.name, "url": source.url, "topic": _topic(draft.topic, dialect)},
        "selectionBehavior": draft.pick if draft.suggestions else None,
        "overrideReasons": [{"code": reason.code, "system": reason.system, "display": reason.display} for reason in draft.overrides],
        "links": [_link(link) for link in draft.links],
        "extension": _associated(draft.orders, dialect) if draft.orders else None,
    }
    written: Json = without_empty(card)
    return written | ({"suggestions": _suggestions(draft.suggestions, name)} if draft.suggestions else {})


def shortened(summary: str) -> str:
    """The summary in fewer than 140 characters, cut between words.

    >>> len(shortened("word " * 40)), shortened("Short enough.")
    (136, 'Short enough.')
    """
    words = " ".join(summary.split())
    return words if len(words) <= SUMMARY_LIMIT else words[: SUMMARY_LIMIT - 2].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _suggestions(suggestions: Sequence[Suggestion], card: str) -> list[Json]:
    """Each with a uuid of its own, those of the same label too."""
    labels = [each.label for each in suggestions]
    names = [label if labels.index(label) == at else f"{label}#{at}" for at, label in enumerate(labels)]
    return [_suggestion(each, f"{card}#{name}") for each, name in zip(suggestions, names, strict=True)]


def _suggestion(suggestion: Suggestion, name: str) -> Json:
    written: Json = {"label": suggestion.label, "uuid": str(uuid5(NAMESPACE_URL, name))}
    if suggestion.recommended:
        written["isRecommended"] = True
    return written | {"actions": [_action(action) for action in suggestion.actions]}


def _action(action: Action) -> Json:
    """A resource is written exactly as it was made or received: nothing in it is stripped."""
    written: Json = {"type": action.kind, "description": action.description}
    if action.resource is not None:
        written["resource"] = action.resource
    if action.resource_id is not None:
        written["resourceId"] = action.resource_id
    return written | ({"extension": {IF_NONE_EXIST: action.if_none_exist}} if action.if_none_exist else {})


def _link(link: Link) -> Json:
    kind = "absolute" if link.app_context is None else "smart"
    return {"label": link.label, "url": link.url, "type": kind, "appContext": link.app_context}


def _topic(option: Option, dialect: Dialect) -> Json:
    return {"system": CRD_CARD_TYPES if dialect == "2.2" else CRD_TEMP_CODES, "code": option.code, "display": option.name}


def _associated(orders: list[str], dialect: Dialect) -> Json:
    """Which of the call's orders the card is about; 2.2 renamed the extension and made its values references."""
    if dialect == "2.2":
        return {"davinci-crd.associated-resource": [{"reference": order} for order in orders]}
    return {"davinci-associated-resource": orders}
