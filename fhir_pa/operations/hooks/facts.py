"""The facts of a policy in a chart, found once and remembered briefly by what they rest on.

The wording of the policy, the day and every resource its facts read make the key, so a chart that changed is looked through
anew; order-select pays for the order-sign that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from fhir_pa.operations.weighing.weighing import Documentation, answers_of
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.reading import Json
from questionnaires.criteria import Answers
from questionnaires.elm import KeptLibrary
from questionnaires.policy import Edition
from questionnaires.retrieves import kinds_read

FORMS = frozenset({"QuestionnaireResponse"})
REMEMBERED = timedelta(minutes=2)


def facts_in_chart(edition: Edition, resources: Sequence[Json], payer: Payer, at: datetime) -> Answers:
    """What is known of this edition's questions from the resources at hand, filled-in forms among them."""
    elm = payer.shelf.elm(edition.topic, edition.version)
    kinds = (kinds_read(KeptLibrary(elm)) if elm else frozenset()) | FORMS
    resources = [each for each in resources if each.get("resourceType") in kinds]
    try:
        rests_on = dump([edition.name, edition.fingerprint, at.date().isoformat(), *resources])
    except TypeError:  # a text that can be read and not written, such as half a character: looked through each time
        return _found(edition, resources, payer, at)
    key = sha256(rests_on).hexdigest()
    answers = payer.lately.facts.find(key, at)
    if answers is None:
        answers = _found(edition, resources, payer, at)
        payer.lately.facts.keep(key, answers, at + REMEMBERED)
    return answers


def _found(edition: Edition, resources: Sequence[Json], payer: Payer, at: datetime) -> Answers:
    responses = tuple(each for each in resources if each.get("resourceType") == "QuestionnaireResponse")
    return answers_of(edition, Documentation(responses, tuple(resources)), payer.shelf, payer.facts, at)
