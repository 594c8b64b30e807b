"""The answer of $questionnaire-package: each form with its libraries and its draft, in the shape of each guide generation.

Source: DTR 2.0.1 and 2.2 OperationDefinition questionnaire-package, profiles DTR-QPackageBundle, dtr-std-questionnaire (2.2:
dtr-base-questionnaire) and dtr-qpackage-output-parameters (dtr.md §0, §1.4-1.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from ig_profiles.names import DTR_PROFILE
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.reading import Json, many, text
from questionnaires.adaptive_form import Address, first_draft, search_form
from questionnaires.dialects import narrative, spoken
from questionnaires.draft import Occasion, draft
from questionnaires.elm import KeptLibrary
from questionnaires.facts import Fact
from questionnaires.form import libraries
from questionnaires.logic import Logic, library
from questionnaires.package_request import Guide
from questionnaires.policy import Edition

QUESTIONNAIRE_PROFILE = {"2.0.1": "dtr-std-questionnaire", "2.2": "dtr-base-questionnaire"}
BUNDLE_NAME = {"2.0.1": "PackageBundle", "2.2": "packagebundle"}
OUTCOME_NAME = {"2.0.1": "operationOutcome", "2.2": "outcome"}


def package(
    edition: Edition,
    questionnaire: Json,
    logics: Sequence[Logic],
    occasion: Occasion,
    *,
    guide: Guide,
    prefilled: Mapping[str, Fact] | None = None,
    at: datetime | None = None,
    value_sets: Iterable[Json] = (),
    address: Address | None = None,
) -> Json:
    """One form as a collection Bundle: Questionnaire first, then its draft response, then every library it needs, once.

    ``logics`` are the form's libraries with all they include (``logic.closure``), ``value_sets`` what the form names,
    expanded. ``prefilled`` are facts of the payer's own; only questions that are asked are filled. With an ``address`` the
    form is handed out as an adaptive one, which goes on asking there.
    """
    facts = prefilled or {}
    if address is None:
        form, response = questionnaire_for(guide, questionnaire, edition), draft(questionnaire, occasion, facts, guide, at)
    else:
        form = search_form(guide, questionnaire, edition, address)
        response = first_draft(guide, questionnaire, edition, occasion, address, facts, at)
    resources = [form, response, *(published(logic, base_of(questionnaire)) for logic in logics), *value_sets]
    entries = [{"fullUrl": resource.get("url") or f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "meta": {"profile": [f"{DTR_PROFILE}DTR-QPackageBundle"]}, "type": "collection", "entry": entries}


def published(logic: Logic, base: str) -> Json:
    """The Library resource of this logic, written once; nobody changes it."""
    return _published(KeptLibrary(logic.elm), logic.cql, base)


@lru_cache(maxsize=256)
def _published(kept: KeptLibrary, cql: str, base: str) -> Json:
    return library(Logic(cql, kept.elm), base)


def answer(packages: Iterable[Json], issues: Iterable[Issue], guide: Guide) -> Json:
    """The operation's Parameters: one part for each package, one outcome with every issue.

    With nothing to hand out and nothing to warn of it says so, because Parameters may not be empty. The 2.0.1 profile of the
    answer wants a package in it, though the operation may have none: such an answer does not claim it.

    >>> [part["name"] for part in answer([], [], "2.2")["parameter"]]
    ['outcome']
    """
    parts: list[Json] = [{"name": BUNDLE_NAME[guide], "resource": bundle} for bundle in packages]
    said = list(issues)
    if not parts and not said:
        said = [Issue("No form is needed, or none has changed since the time you named.", "informational", "information")]
    if said:
        parts.append({"name": OUTCOME_NAME[guide], "resource": operation_outcome(said)})
    claims = guide == "2.2" or parts[0]["name"] == BUNDLE_NAME[guide]
    meta = {"meta": {"profile": [f"{DTR_PROFILE}dtr-qpackage-output-parameters"]}} if claims else {}
    return {"resourceType": "Parameters", **meta, "parameter": parts}


def changed(edition: Edition, questionnaire: Json, since: datetime, value_sets: Iterable[Json] = ()) -> bool:
    """Whether the package may differ from one fetched at that moment: forms, facts, value sets and policies are dated to the day.

    Facts change only with an edition, so that its first day is theirs too (trap 4: dependencies count).
    """
    dates = [edition.in_force_from.isoformat(), *((text(each, "date") or "")[:10] for each in (questionnaire, *value_sets))]
    return max(dates) >= since.date().isoformat()


def questionnaire_for(guide: Guide, questionnaire: Json, edition: Edition) -> Json:
    """The standard form in the dialect of a guide, with its profile and narrative."""
    form = spoken(guide, questionnaire, edition)
    lines = _lines(many(questionnaire, "item"))
    return {**form, "meta": {"profile": [f"{DTR_PROFILE}{QUESTIONNAIRE_PROFILE[guide]}"]}, "text": narrative(text(questionnaire, "title") or "", lines)}


def base_of(questionnaire: Json) -> str:
    """Where the form's libraries are published: what stands before /Library/ in its cqf-library."""
    named = next(iter(libraries(questionnaire)), "") or str(questionnaire.get("url", ""))
    return named.split("/Library/")[0].split("/Questionnaire/")[0]


def _lines(items: list[Json]) -> Iterator[str]:
    for item in items:
        yield str(item.get("text", ""))
        yield from _lines(many(item, "item"))
