"""Do a policy's wording, form and facts speak of the same things? Every place where they do not is a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from ig_profiles.reading import Json
from questionnaires.authoring.criteria import every
from questionnaires.authoring.forms import hindrances
from questionnaires.authoring.mistakes import Mistake, perhaps, quoted
from questionnaires.authoring.wording import Wording
from questionnaires.comparisons import DAYS
from questionnaires.criteria import Criterion, Test
from questionnaires.elm import defines, digest, elm_name, facts_of
from questionnaires.facts import EVIDENCE
from questionnaires.form import Question, questions
from questionnaires.value_sets import ValueSets, referenced


def comparisons(criteria: Iterable[Criterion]) -> Iterator[tuple[Criterion, Test]]:
    """Every test in the criteria, however deep, with its criterion."""
    return ((criterion, criterion.test) for criterion in every(criteria) if criterion.test is not None)


def disagreements(folder: str, wording: Wording, form: Json | None, elm: Json | None, sets: ValueSets) -> list[Mistake]:
    """Every mistake between the three, each in the file where its author would mend it; ``sets`` are the folder's value sets."""
    asked = questions(form, sets.expansions()) if form else {}
    found = list(_weighed(f"{folder}/policy.toml", wording, form, asked, elm))
    found += _remembered(f"{folder}/policy.toml", wording, asked)
    if form is not None:
        found += hindrances(f"{folder}/{wording.form}", form, asked, elm)
        found += _chosen_from(f"{folder}/{wording.form}", form, sets)
    if elm is not None:
        found += _facts(f"{folder}/{wording.facts}", wording, asked, elm)
    return found


def drift(folder: str, facts: str, cql: str | None, elm: Json | None) -> list[Mistake]:
    """Whether the ELM was made from this very CQL; it carries the SHA-256 of the text it was made from."""
    compiled, mend = f"{folder}/{elm_name(facts)}", "Run: fhir-pa policies build"
    if cql is not None and elm is None:
        return [Mistake(compiled, "", f"is missing beside {facts}.", mend)]
    if cql is None and elm is not None:
        return [Mistake(f"{folder}/{facts}", "", "is missing, but its ELM is there.", "Put the CQL back: the two always travel together.")]
    if cql is not None and elm is not None and elm.get("compiledFrom") != digest(cql):
        return [Mistake(compiled, "", f"was not made from {facts} as it reads now.", mend)]
    return []


def _weighed(file: str, wording: Wording, form: Json | None, asked: dict[str, Question], elm: Json | None) -> Iterator[Mistake]:
    edition, found = wording.edition, facts_of(elm)
    known = {*asked, *found}
    for criterion, test in comparisons(edition.criteria):
        key = f"edition {edition.version} › {criterion.id}"
        for fact in test.facts:
            if fact not in known:
                only = f"the questionnaire asks only {quoted(asked)}" if form else "it has no questionnaire"
                also = [name for name in found if name not in asked]
                only += f", and facts.cql finds only {quoted(also)} besides" if also else ""
                yield Mistake(file, key, f"weighs '{fact}', but {only}.", f"{perhaps(fact, known)}Add the question or correct the name.")
            elif fact in asked:
                yield from _comparable(file, key, test, asked[fact])


def _comparable(file: str, key: str, test: Test, question: Question) -> Iterator[Mistake]:
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    if test.operator == "answered":
        return
    kind = "date" if test.operator in DAYS else _kind_of(values[0])
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


def _chosen_from(file: str, form: Json, sets: ValueSets) -> Iterator[Mistake]:
    for name in dict.fromkeys(referenced(form)):
        if sets.named(name) is None:
            known = [f"{each.get('url')}|{each.get('version')}" for each in sets.all()]
            mend = f"{perhaps(name, known)}Put the ValueSet into value-sets/, with this url and version."
            yield Mistake(file, "answerValueSet", f"lets choose from '{name}', which the folder does not hold.", mend)


def _remembered(file: str, wording: Wording, asked: dict[str, Question]) -> Iterator[Mistake]:
    for name in wording.edition.remembers:
        if name not in asked:
            what = f"remembers '{name}', which the questionnaire does not ask."
            yield Mistake(file, f"edition {wording.edition.version}", what, f"{perhaps(name, asked)}It asks {quoted(asked)}.")


def _facts(file: str, wording: Wording, asked: dict[str, Question], elm: Json) -> Iterator[Mistake]:
    weighed = {fact for _, test in comparisons(wording.edition.criteria) for fact in test.facts}
    known = defines(elm)
    for name in facts_of(elm):
        if name not in asked and name not in weighed:
            yield Mistake(file, name, f"finds '{name}', which nobody asks or weighs.", f"{perhaps(name, {*asked, *weighed})}Ask it, weigh it, or take it out.")
    for name in known:
        if name.endswith(EVIDENCE) and name.removesuffix(EVIDENCE) not in known:
            yield Mistake(file, name, f"defines '{name}', but no '{name.removesuffix(EVIDENCE)}'.", "Evidence is named after its fact.")
