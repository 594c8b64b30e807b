"""Information requests: what could still settle a pended item, asked for in human words: a document, or the policy's form.

The least that could certify is asked for and nothing more (PAS §additionalinfo; pas.md rules 80, 87). A fact the form
asks about is asked for by the form while the provider has not answered it, unless a document that must come anyway
shows it too; any other fact by the document its criterion names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ig_profiles.reading import Json
from questionnaires.criteria import Answers, Circumstances, Criterion, Finding, Truth, weigh
from questionnaires.form import Question, questions
from questionnaires.path_to_yes import path_to_yes
from questionnaires.policy import Edition, RequestedService

MEDICAL_RECORDS = "11503-0"  # LOINC, where the policy names no kind of document
QUESTIONNAIRE = "102089-0"  # LOINC: the answered form, instead of a document
_BOUNDS_AGE = frozenset({"within_days", "at_most_days_after"})


@dataclass(frozen=True)
class InformationRequest:
    """One thing the provider is asked for about one item.

    ``document`` is the LOINC code of its kind, ``words`` say in plain words what must be in it, ``criteria`` name the
    criteria it could settle. ``questionnaire`` is the canonical of the form to fill in, when it is the form that is wanted.
    ``any_age``: no criterion behind it says how old the document may be at most.
    """

    document: str
    words: tuple[str, ...]
    criteria: tuple[str, ...] = ()
    questionnaire: str | None = None
    any_age: bool = False


@dataclass(frozen=True)
class _Wanted:
    """One open fact: the words it is asked for with, the document that shows it, the criteria that wait for it."""

    fact: str
    words: tuple[str, ...]
    document: str | None
    criteria: tuple[str, ...]
    any_age: bool


@dataclass(frozen=True)
class _Leaf:
    """A test that is still open, with what it and the groups above it accept."""

    criterion: str
    title: str
    facts: tuple[str, ...]
    accepts: tuple[str, ...]
    document: str | None
    any_age: bool


def information_requests(
    edition: Edition,
    form: Json | None,
    answered: bool,
    service: RequestedService,
    findings: Iterable[Finding],
    answers: Answers,
    circumstances: Circumstances,
) -> tuple[InformationRequest, ...]:
    """What to ask the provider for about this service; ``answered`` says whether the form was sent already.

    Nothing when every criterion is met. Where what is known rules a yes out, everything still open is asked for, because
    a person decides and should see the whole.
    """
    criteria = edition.applying(service)
    facts = path_to_yes(criteria, answers, circumstances)
    if facts is None:
        facts = tuple(dict.fromkeys(fact for finding in findings if finding.truth is Truth.UNKNOWN for fact in finding.missing))
    asked = questions(form) if form is not None else {}
    leaves = [leaf for criterion in criteria for leaf in _open_leaves(criterion, answers, circumstances)]
    wanted = [_wanted(fact, leaves, asked) for fact in facts]
    come_anyway = {each.document for each in wanted if each.fact not in asked and each.document}
    by_form = [each for each in wanted if not answered and each.fact in asked and each.document not in come_anyway]
    by_document: dict[str, list[_Wanted]] = {}
    for each in wanted:
        if each not in by_form:
            by_document.setdefault(each.document or MEDICAL_RECORDS, []).append(each)
    forms = [_request(QUESTIONNAIRE, by_form, edition.questionnaire)] if by_form else []
    return (*forms, *(_request(document, group) for document, group in by_document.items()))


def _open_leaves(
    criterion: Criterion, answers: Answers, circumstances: Circumstances, accepts: tuple[str, ...] = (), document: str | None = None, top: str = ""
) -> Iterator[_Leaf]:
    accepts, document, top = criterion.accepts or accepts, criterion.document or document, top or criterion.id
    if criterion.test is not None and weigh(criterion, answers, circumstances).truth is Truth.UNKNOWN:
        yield _Leaf(top, criterion.title, criterion.test.facts, accepts, document, criterion.test.operator not in _BOUNDS_AGE)
    for inner in criterion.below:
        yield from _open_leaves(inner, answers, circumstances, accepts, document, top)


def _wanted(fact: str, leaves: Iterable[_Leaf], asked: dict[str, Question]) -> _Wanted:
    """The policy's words for what it accepts; without such the question of the form, else the criterion's title."""
    mine = [leaf for leaf in leaves if fact in leaf.facts]
    question = (asked[fact].text,) if fact in asked and asked[fact].text else ()
    words = next((leaf.accepts for leaf in mine if leaf.accepts), question or tuple(leaf.title for leaf in mine[:1]))
    document = next((leaf.document for leaf in mine if leaf.document), None)
    return _Wanted(fact, words, document, tuple(dict.fromkeys(leaf.criterion for leaf in mine)), all(leaf.any_age for leaf in mine))


def _request(document: str, group: Iterable[_Wanted], questionnaire: str | None = None) -> InformationRequest:
    gathered = list(group)
    words = tuple(dict.fromkeys(word for each in gathered for word in each.words))
    criteria = tuple(dict.fromkeys(name for each in gathered for name in each.criteria))
    return InformationRequest(document, words, criteria, questionnaire, any_age=questionnaire is None and all(each.any_age for each in gathered))
