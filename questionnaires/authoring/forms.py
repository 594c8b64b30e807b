"""Is a policy's Questionnaire one that DTR clients can find, show and fill? Everything that hinders them is a mistake."""

from __future__ import annotations

from collections.abc import Iterator

from ig_profiles.reading import Json, text
from questionnaires.authoring.mistakes import Mistake, perhaps, quoted
from questionnaires.elm import defines, library_name
from questionnaires.form import Question, items, libraries


def hindrances(file: str, form: Json, asked: dict[str, Question], elm: Json | None) -> list[Mistake]:
    """Every mistake in the form itself, and in how it is filled by the facts (DTR std-questionnaire, dtr.md §1.5)."""
    return [*_head(file, form), *_items(file, form), *_library(file, form, elm), *_population(file, asked, elm)]


def _head(file: str, form: Json) -> Iterator[Mistake]:
    if form.get("resourceType") != "Questionnaire":
        yield Mistake(file, "", f"is a {form.get('resourceType')}.", "Put a FHIR R4 Questionnaire here.")
    for key in ("url", "version", "title", "status"):
        if not text(form, key):
            yield Mistake(file, "", f"has no '{key}'.", "DTR clients find a form by url and version, and show its title; status is 'active'.")
    if form.get("subjectType") != ["Patient"]:
        yield Mistake(file, "subjectType", "is not about a patient.", 'DTR asks for exactly "subjectType": ["Patient"].')


def _items(file: str, form: Json) -> Iterator[Mistake]:
    seen: set[str] = set()
    for position, item in enumerate(items(form), 1):
        link_id = text(item, "linkId")
        key = link_id or f"item {position}"
        if link_id is None or link_id in seen:
            yield Mistake(file, key, f"has two items called '{link_id}'." if link_id else "has an item without linkId.", "Give each item a linkId of its own.")
        seen.add(key)
        if not text(item, "text"):
            yield Mistake(file, key, f"has an item '{key}' without text.", "Say what is asked (DTR 2.2: every item has text).")
        if item.get("type") in ("choice", "open-choice") and not item.get("answerOption") and not item.get("answerValueSet"):
            yield Mistake(file, key, f"offers no choices for '{key}'.", "List them as answerOption.")


def _library(file: str, form: Json, elm: Json | None) -> Iterator[Mistake]:
    named, (name, version) = libraries(form), library_name(elm)
    if elm is not None and not any(canonical.rsplit("/", 1)[-1] == f"{name}|{version}" for canonical in named):
        mend = f"Add the cqf-library extension ending in '/Library/{name}|{version}'."
        yield Mistake(file, "cqf-library", f"names the libraries {quoted(named)}, but its facts are {name} {version}.", mend)
    if elm is None and named:
        yield Mistake(file, "cqf-library", f"names the libraries {quoted(named)}, but the folder has no facts.", "Add facts.cql, or take the extension out.")


def _population(file: str, asked: dict[str, Question], elm: Json | None) -> Iterator[Mistake]:
    library, known = library_name(elm)[0], defines(elm)
    for key, question in asked.items():
        fact = question.fact
        if fact and (question.hidden or question.read_only):
            what = f"fills '{key}' from the record where the clinician cannot correct it."
            yield Mistake(file, key, what, "DTR forbids hidden or read-only questions filled from the EHR: let it be seen and edited.")
        if fact is None and key in known:
            yield Mistake(file, key, f"does not fill '{key}', though facts.cql finds it.", f'Add an initialExpression: "{library}".{key}')
        elif fact is not None and (fact != (library, key) or key not in known):
            what = f"fills '{key}' by \"{fact[0]}\".{fact[1]}, which " + ("facts.cql does not define." if fact[1] not in known else "is not its own fact.")
            mend = f'{perhaps(fact[1], known)}A question is filled by the define of its own name: "{library}".{key}'
            yield Mistake(file, key, what, mend)
