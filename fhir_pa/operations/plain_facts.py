"""Facts in plain words: a finding's facts named by the questions of the policy's form, which a practice has read before."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.um.item import Item
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json


def words_of(item: Item, payer: Payer) -> Mapping[str, str]:
    """The question behind each fact of the edition that decided the item; nothing for one that is not on the shelf any more."""
    named = item.determination.edition
    try:
        volume = payer.shelf.volume(named.topic, named.version) if named else None
    except NotFound:
        volume = None
    return {fact.replace("_", " "): question.text for fact, question in (volume.questions if volume else {}).items() if question.text}


def worded(finding: Json, words: Mapping[str, str]) -> Json:
    """The finding with its facts so named, each piece of evidence once.

    >>> worded({"missing": ["pao2"], "evidence": [], "below": []}, {"pao2": "Oxygen pressure in mm Hg"})["missing"]
    ['Oxygen pressure in mm Hg']
    """
    evidence = {(each["fact"], each["value"], each["clinical_on"]): {**each, "fact": words.get(each["fact"], each["fact"])} for each in finding["evidence"]}
    return {
        **finding,
        "missing": [words.get(each, each) for each in finding["missing"]],
        "evidence": list(evidence.values()),
        "below": [worded(each, words) for each in finding["below"]],
    }
