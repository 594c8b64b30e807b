"""Facts in plain words: a finding's facts named by the questions of the policy's form, which a practice has read before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fhir_pa.um.case.item import Item
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json
from questionnaires.criteria import Criterion


def words_of(item: Item, payer: Payer) -> Mapping[str, str]:
    """The question behind each fact of the edition that decided the item, else the document that shows it; nothing when the edition is gone."""
    named = item.determination.edition
    try:
        volume = payer.shelf.volume(named.topic, named.version) if named else None
    except NotFound:
        volume = None
    if volume is None:
        return {}
    documents = {fact: each.accepts[0] for each in _all(volume.edition.criteria) if each.accepts and each.test for fact in each.test.facts}
    asked = {fact: question.text for fact, question in volume.questions.items() if question.text}
    return {fact.replace("_", " "): words for fact, words in {**documents, **asked}.items()}


def worded(finding: Json, words: Mapping[str, str]) -> Json:
    """The finding with its facts so named, each piece of evidence once.

    >>> worded({"missing": ["pao2"], "evidence": [], "below": []}, {"pao2": "Oxygen pressure in mm Hg"})["missing"]
    ['Oxygen pressure in mm Hg']
    """
    told = [{**each, "fact": words.get(each["fact"], each["fact"])} for each in finding["evidence"]]
    evidence = {(each["fact"], each["value"], (each["clinical_on"] or "")[:10]): each for each in told}
    return {
        **finding,
        "missing": [words.get(each, each) for each in finding["missing"]],
        "evidence": list(evidence.values()),
        "below": [worded(each, words) for each in finding["below"]],
    }


def _all(criteria: tuple[Criterion, ...]) -> Iterator[Criterion]:
    for each in criteria:
        yield each
        yield from _all(each.below)


def leaves(finding: Json) -> Iterator[Json]:
    """The finding and everything below it."""
    yield finding
    for inner in finding["below"]:
        yield from leaves(inner)
