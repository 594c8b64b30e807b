"""Questionnaire, Library and ValueSet, read and searched: what the payer's policies publish, in the dialect of each base.

Chapter: FHIR R4 §RESTful API (read, search, paging); DTR payer service (dtr.md §1.1: scopes questionnaire, library, valueset).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlencode

from fhir_pa.operations.forms.dependencies import logics_of
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json
from questionnaires.adaptive_form import Address, search_form
from questionnaires.package import base_of, published, questionnaire_for
from questionnaires.package_request import Guide

KINDS = ("Questionnaire", "Library", "ValueSet")
PAGE, LARGEST = 20, 100


def read(kind: str, identity: str, guide: Guide, payer: Payer) -> Json:
    """The newest resource of this type with this id. Raises NotFound."""
    found = [each for each in _published(kind, guide, payer) if each["id"] == identity]
    if not found:
        raise NotFound(f"No {kind} '{identity}' is published here. Search {kind} for those that are.", expression="id")
    return found[-1]


def search(kind: str, asked: Mapping[str, Sequence[str]], guide: Guide, payer: Payer) -> Json:
    """A searchset page. ``_id``, ``url``, ``version``, ``name``, ``title`` and ``status`` narrow it; others are passed over."""
    found = [each for each in _published(kind, guide, payer) if all(_fits(each, name, values) for name, values in asked.items())]
    count, offset = _number(asked, "_count", PAGE, LARGEST), _number(asked, "_offset", 0, 1_000_000)
    page = found[offset : offset + count] if count else []
    base = f"{payer.fhir_base(guide)}/{kind}"
    kept = [(name, value) for name, values in asked.items() if name in _SEARCHED for value in values]
    links = [("self", offset)]
    if count and offset + count < len(found):
        links.append(("next", offset + count))
    if count and offset:
        links.append(("previous", max(0, offset - count)))
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "link": [{"relation": name, "url": f"{base}?{urlencode([*kept, ('_count', count), ('_offset', at)])}"} for name, at in links],
        "entry": [{"fullUrl": f"{base}/{each['id']}", "resource": each, "search": {"mode": "match"}} for each in page],
    }
    return {key: value for key, value in bundle.items() if value != []}


def _published(kind: str, guide: Guide, payer: Payer) -> list[Json]:
    return list(_PUBLISHERS[kind](guide, payer))


def _questionnaires(guide: Guide, payer: Payer) -> Iterator[Json]:
    address = Address(payer.fhir_base(guide))
    for volume in payer.shelf.volumes():
        if volume.questionnaire is not None:
            yield questionnaire_for(guide, volume.questionnaire, volume.edition)
            if volume.edition.form == "adaptive":
                yield search_form(guide, volume.questionnaire, volume.edition, address)


def _libraries(guide: Guide, payer: Payer) -> Iterator[Json]:
    found: dict[tuple[str, str], Json] = {}
    for volume in payer.shelf.volumes():
        if volume.questionnaire is not None:
            for logic in logics_of(volume):
                found.setdefault((logic.name, logic.version), published(logic, base_of(volume.questionnaire)))
    yield from found.values()


def _value_sets(guide: Guide, payer: Payer) -> Iterator[Json]:
    yield from payer.shelf.value_sets.all()


_PUBLISHERS: Mapping[str, Callable[[Guide, Payer], Iterator[Json]]] = {"Questionnaire": _questionnaires, "Library": _libraries, "ValueSet": _value_sets}
_SEARCHED = ("_id", "url", "version", "name", "title", "status")


def _fits(resource: Json, name: str, values: Sequence[str]) -> bool:
    """Whether one of the comma-separated values fits: words by their beginning, whatever their case; all else exactly."""
    base, _, modifier = name.partition(":")
    if base not in _SEARCHED:
        return True
    had = str(resource.get(base.lstrip("_")) or "")
    for value in values:
        wanted = value.split(",") if base != "url" else [value]
        if base in ("name", "title") and modifier != "exact":
            ok = any((each.casefold() in had.casefold()) if modifier == "contains" else had.casefold().startswith(each.casefold()) for each in wanted)
        elif base == "url":
            ok = value in (had, f"{had}|{resource.get('version')}") or (modifier == "below" and had.startswith(value))
        else:
            ok = had in (each.rsplit("|", 1)[-1] for each in wanted)
        if not ok:
            return False
    return True


def _number(asked: Mapping[str, Sequence[str]], name: str, default: int, largest: int) -> int:
    given = next(iter(asked.get(name, ())), None)
    if given is None:
        return default
    if not given.isdecimal():
        raise Unprocessable(Issue(f"{name}={given[:40]} is no whole number. Give one, or leave it out.", "value", expression=name))
    return min(int(given[:9]), largest)
