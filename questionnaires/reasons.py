"""Why each question is asked: what the policy weighs by it and the payer's reason, as a help item beside the question.

Source: SDC §help, itemControl ``help`` (FHIR R4 questionnaire-itemControl); a display item holds no answer, so the responses to
the form stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from ig_profiles.names import ITEM_CONTROL, ITEM_CONTROL_CODES
from ig_profiles.reading import Json, many
from questionnaires.criteria import Criterion, facts_tested
from questionnaires.policy import Edition

SUFFIX = ".why"
MOST = 3


def explained(items: list[Json], edition: Edition) -> list[Json]:
    """The items, each question that a criterion weighs with its reasons as the first item below it."""
    reasons = {fact: tuple(_told(edition.criteria, fact)) for fact in edition.facts}
    return [_explained(item, reasons) for item in items]


def is_reason(link_id: str) -> bool:
    """Whether this is one of our help items.

    >>> is_reason("spo2.why"), is_reason("spo2")
    (True, False)
    """
    return link_id.endswith(SUFFIX)


def _explained(item: Json, reasons: dict[str, tuple[str, ...]]) -> Json:
    below = [_explained(each, reasons) for each in many(item, "item")]
    told = reasons.get(item["linkId"], ()) if item["type"] not in ("group", "display") else ()
    helps = [_help(item["linkId"], " ".join(dict.fromkeys(told)))] if told else []
    return {**item, **({"item": [*helps, *below]} if helps or below else {})}


def _help(link_id: str, words: str) -> Json:
    control = {"coding": [{"system": ITEM_CONTROL_CODES, "code": "help"}]}
    return {"linkId": f"{link_id}{SUFFIX}", "extension": [{"url": ITEM_CONTROL, "valueCodeableConcept": control}], "text": words, "type": "display"}


def _told(criteria: tuple[Criterion, ...], fact: str) -> Iterator[str]:
    """One sentence for each criterion that weighs the fact: what must be true, why, and by which rule."""
    for criterion in criteria:
        if fact not in facts_tested(criterion):
            continue
        yield _sentence(criterion.title)
        looked_for = [title for title in dict.fromkeys(_titles(criterion, fact)) if title != criterion.title]
        if looked_for:
            more = f"; and {len(looked_for) - MOST} more" if len(looked_for) > MOST else ""
            yield _sentence(f"Looked for here: {'; '.join(looked_for[:MOST])}{more}")
        elif criterion.because:
            yield _sentence(criterion.because)
        if criterion.source:
            yield f"({criterion.source})"


def _titles(criterion: Criterion, fact: str) -> Iterator[str]:
    """The titles of the tests of this fact, at any depth; one that only repeats the fact's name says nothing to a clinician."""
    if criterion.test and fact in criterion.test.facts and not criterion.title.startswith(f"{fact} "):
        yield criterion.title
    for inner in criterion.below:
        yield from _titles(inner, fact)


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."
