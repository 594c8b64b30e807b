"""Do a policy's wording, form and facts speak of the same things? Every place where they do not is a mistake."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from ig_profiles.reading import Coding, Json, many, text
from questionnaires.criteria import Criterion, Test
from questionnaires.form import Question, items, libraries, questions
from questionnaires.mistakes import Mistake, perhaps, quoted
from questionnaires.wording import Wording

_FACT = re.compile(r"[a-z][a-z0-9_]*")
_EVIDENCE = " evidence"


def facts_of(elm: Json | None) -> tuple[str, ...]:
    """The facts a library finds: its defines named in small letters; others are steps on the way.

    >>> facts_of({"library": {"statements": {"def": [{"name": "spo2"}, {"name": "spo2 evidence"}, {"name": "Patient"}]}}})
    ('spo2',)
    """
    return tuple(name for name in defines(elm) if _FACT.fullmatch(name))


def defines(elm: Json | None) -> tuple[str, ...]:
    """Every define in the library, in order."""
    return tuple(many(elm, "library", "statements", "def", "name"))


def library_name(elm: Json | None) -> tuple[str, str]:
    """The library's name and version, as its CQL begins."""
    return text(elm, "library", "identifier", "id") or "", text(elm, "library", "identifier", "version") or ""


def comparisons(criteria: Iterable[Criterion]) -> Iterator[tuple[Criterion, Test]]:
    """Every test in the criteria, however deep, with its criterion."""
    for criterion in criteria:
        if criterion.test is not None:
            yield criterion, criterion.test
        yield from comparisons(criterion.below)


def disagreements(folder: str, wording: Wording, form: Json | None, elm: Json | None) -> list[Mistake]:
    """Every mistake between the three, each in the file where its author would mend it."""
    asked = questions(form) if form else {}
    found = list(_weighed(f"{folder}/policy.toml", wording, form, asked, elm))
    if form is not None:
        found += _form(f"{folder}/{wording.form}", form, asked, elm)
    if elm is not None:
        found += _facts(f"{folder}/{wording.facts}", wording, asked, elm)
    return found


def drift(folder: str, facts: str, cql: str | None, elm: Json | None) -> list[Mistake]:
    """Whether the ELM was made from this very CQL; it carries the SHA-256 of the text it was made from."""
    compiled, mend = f"{folder}/{elm_name(facts)}", "Run: fhir-pa policies compile"
    if cql is not None and elm is None:
        return [Mistake(compiled, "", f"is missing beside {facts}.", mend)]
    if cql is None and elm is not None:
        return [Mistake(f"{folder}/{facts}", "", "is missing, but its ELM is there.", "Put the CQL back: the two always travel together.")]
    if cql is not None and elm is not None and elm.get("compiledFrom") != digest(cql):
        return [Mistake(compiled, "", f"was not made from {facts} as it reads now.", mend)]
    return []


def elm_name(facts: str) -> str:
    """The file the ELM of a CQL file is kept in.

    >>> elm_name("facts.cql")
    'facts.elm.json'
    """
    return facts.removesuffix(".cql") + ".elm.json"


def digest(cql: str) -> str:
    """SHA-256 of a CQL text, line ends made equal."""
    return hashlib.sha256(cql.replace("\r\n", "\n").encode()).hexdigest()


def _weighed(file: str, wording: Wording, form: Json | None, asked: dict[str, Question], elm: Json | None) -> Iterator[Mistake]:
    edition, found = wording.edition, facts_of(elm)
    known = {*asked, *found}
    for criterion, test in comparisons(edition.criteria):
        key = f"edition {edition.version} › {criterion.id}"
        if test.fact not in known:
            only = f"the questionnaire asks only {quoted(asked)}" if form else "it has no questionnaire"
            also = [name for name in found if name not in asked]
            only += f", and facts.cql finds only {quoted(also)} besides" if also else ""
            yield Mistake(file, key, f"weighs '{test.fact}', but {only}.", f"{perhaps(test.fact, known)}Add the question or correct the name.")
        elif test.fact in asked:
            yield from _comparable(file, key, test, asked[test.fact])


def _comparable(file: str, key: str, test: Test, question: Question) -> Iterator[Mistake]:
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    if test.operator == "answered":
        return
    kind = "date" if test.operator in ("within_days", "at_least_days_ago") else _kind_of(values[0])
    wanted = question.kind
    if kind != ("text" if wanted == "choice" else wanted):
        what = f"compares '{question.link_id}' as a {kind}, but the questionnaire asks for a {wanted} ({question.type})."
        yield Mistake(file, key, what, "Change the comparison, or the type of the question.")
    elif question.options:
        codes = [option.code for option in question.options]
        for value in values:
            if value not in codes:
                what = f"compares '{question.link_id}' with '{value}', which is not among its choices {quoted(codes)}."
                yield Mistake(file, key, what, f"{perhaps(str(value), codes)}Choose one of them, or add the choice to the question.")


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "yes or no"
    return "number" if isinstance(value, Decimal) else "date" if isinstance(value, date) else "text"


def _form(file: str, form: Json, asked: dict[str, Question], elm: Json | None) -> Iterator[Mistake]:
    for key in ("url", "version", "title", "status"):
        if not text(form, key):
            yield Mistake(file, "", f"has no '{key}'.", "DTR clients find a form by url and version, and show its title; status is 'active'.")
    if form.get("resourceType") != "Questionnaire":
        yield Mistake(file, "", f"is a {form.get('resourceType')}.", "Put a FHIR R4 Questionnaire here.")
    if form.get("subjectType") != ["Patient"]:
        yield Mistake(file, "subjectType", "is not about a patient.", 'DTR asks for exactly "subjectType": ["Patient"].')
    link_ids = [item.get("linkId") for item in items(form)]
    for link_id in sorted({str(name) for name in link_ids if name is None or link_ids.count(name) > 1}):
        yield Mistake(file, link_id, f"has two items, or none, called '{link_id}'.", "Give each item a linkId of its own.")
    for item in items(form):
        if not text(item, "text"):
            yield Mistake(file, str(item.get("linkId")), f"has an item '{item.get('linkId')}' without text.", "Say what is asked (DTR 2.2: every item has text).")
        if item.get("type") in ("choice", "open-choice") and not item.get("answerOption") and not item.get("answerValueSet"):
            yield Mistake(file, str(item.get("linkId")), f"offers no choices for '{item.get('linkId')}'.", "List them as answerOption.")
    name, version = library_name(elm)
    named = libraries(form)
    if elm is not None and not any(_tail(each) == f"{name}|{version}" for each in named):
        mend = f"Add the cqf-library extension ending in '/Library/{name}|{version}'."
        yield Mistake(file, "cqf-library", f"names the libraries {quoted(named)}, but its facts are {name} {version}.", mend)
    for question in asked.values():
        yield from _population(file, question, name, defines(elm))


def _tail(canonical: str) -> str:
    return canonical.rsplit("/", 1)[-1]


def _population(file: str, question: Question, library: str, known: tuple[str, ...]) -> Iterator[Mistake]:
    key, fact = question.link_id, question.fact
    if (question.hidden or question.read_only) and fact:
        what = f"fills '{key}' from the record where the clinician cannot correct it."
        yield Mistake(file, key, what, "DTR forbids hidden or read-only questions filled from the EHR: let it be seen and edited.")
    if fact is None:
        if key in known:
            yield Mistake(file, key, f"does not fill '{key}', though facts.cql finds it.", f'Add an initialExpression: "{library}".{key}')
    elif fact != (library, key) or key not in known:
        what = f"fills '{key}' by \"{fact[0]}\".{fact[1]}, which facts.cql does not define."
        mend = f'{perhaps(fact[1], known)}A question is filled by the define of its own name: "{library}".{key}'
        yield Mistake(file, key, what, mend)


def _facts(file: str, wording: Wording, asked: dict[str, Question], elm: Json) -> Iterator[Mistake]:
    weighed = {test.fact for _, test in comparisons(wording.edition.criteria)}
    known = defines(elm)
    for name in facts_of(elm):
        if name not in asked and name not in weighed:
            yield Mistake(file, name, f"finds '{name}', which nobody asks or weighs.", f"{perhaps(name, {*asked, *weighed})}Ask it, weigh it, or take it out.")
    for name in known:
        if name.endswith(_EVIDENCE) and name.removesuffix(_EVIDENCE) not in known:
            yield Mistake(file, name, f"defines '{name}', but no '{name.removesuffix(_EVIDENCE)}'.", "Evidence is named after its fact.")


def choices(question: Question) -> dict[str, Coding]:
    """A question's choices by code."""
    return {option.code: option for option in question.options}
