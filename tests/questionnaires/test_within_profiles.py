"""No form and no decision hinges on resources beyond the profiles of DTR, CRD, HRex and US Core: what only those tell, the form asks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from ig_profiles.registry import open_set
from questionnaires.cases import Case, known_of
from questionnaires.check import stories
from questionnaires.cql import FactEngine
from questionnaires.criteria import Answers, Circumstances, Truth
from questionnaires.form import questions
from questionnaires.library import Volume, open_shelf
from questionnaires.policy import RequestedService

VOLUMES = [volume for volume in open_shelf().volumes() if volume.questionnaire and volume.elm]
GUIDES = ("/us/core/", "/us/davinci-dtr/", "/us/davinci-crd/", "/us/davinci-hrex/")


@cache
def profiled() -> frozenset[str]:
    """The types of resource these guides have a profile for, in both generations."""
    found = set()
    for guide in ("2.0.1", "2.2"):
        guides = open_set(guide)
        profiles = (guides.profile(name) for name in guides.names() if any(each in name for each in GUIDES))
        found |= {str(profile["type"]) for profile in profiles if profile is not None}
    return frozenset(found)


def truths(case: Case, volume: Volume, known: Answers) -> list[list[Truth]]:
    """What the criteria say of each service of the story."""
    asked = [RequestedService((service,), on=case.on, line_of_business=case.line_of_business) for service in case.services]
    return [[finding.truth for finding in volume.edition.weigh(each, known, Circumstances(case.on, case.on))] for each in asked]


@pytest.mark.requirement("dtr-2.2:conf-8")
def test_what_only_resources_beyond_the_profiles_tell_is_asked_by_the_form_and_answered_there_ends_the_same() -> None:
    told_beyond = set()
    with FactEngine() as engine:
        for volume in VOLUMES:
            for case, _ in stories(volume.folder, [volume])[0]:
                whole = known_of(case, volume, engine)
                within = replace(case, resources=tuple(each for each in case.resources if each["resourceType"] in profiled()))
                known = known_of(within, volume, engine)
                lost = {name: answer for name, answer in whole.items() if answer.values and not (name in known and known[name].values)}
                assert set(lost) <= set(questions(volume.questionnaire or {})), case.title
                assert truths(case, volume, {**known, **lost}) == truths(case, volume, whole), case.title
                told_beyond |= {volume.edition.topic} if lost else set()
    assert told_beyond, "no story rests on such a resource, so nothing was shown"
