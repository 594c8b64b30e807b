"""Every element the guides make must-support in an answer is shown by some documented situation; what cannot be says why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ig_profiles.names import PAS_PROFILE
from ig_profiles.reading import Json
from tests.stories.elements_shown import claims, resources, shown, wanted
from tests.stories.parties import Lent
from tests.stories.tester import folder_opened

ANSWERED = ("profile-claimresponse", "profile-claiminquiryresponse", "profile-task", "profile-communicationrequest")

# What no situation shows: (guide, profile, element) with the reason.
NEVER: Mapping[tuple[str, str, str], str] = {
    ("2.2", profile, "ClaimResponse.request.extension:DataAbsentReason"): "every request of the test data has a name; a Claim without one gets it"
    for profile in ("profile-claimresponse", "profile-claiminquiryresponse")
}


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, lent: Lent) -> list[tuple[str, Json]]:
    """Everything the payer said in all situations: answers, and what they brought inside."""
    folder: Path = tmp_path_factory.mktemp("must-support")
    with folder_opened(folder, lent) as tester:
        for each in tester.manifest["situations"]:
            assert tester.play(each["guide"], each["name"]) == []
        return [(guide, found) for guide, body in tester.answers for found in resources(body)]


@pytest.mark.requirement("pas-2.0.1:37", "pas-2.0.1:38", "pas-2.0.1:212", "pas-2.2.1:conf-6")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
@pytest.mark.parametrize("profile", ANSWERED)
def test_every_must_support_element_of_an_answer_is_shown_by_some_situation(answered: list[tuple[str, Json]], guide: str, profile: str) -> None:
    mine = [each for of, each in answered if of == guide and claims(each, profile)]
    assert mine, f"nothing claims {profile}"
    missing = {element for element, rows in wanted(guide, PAS_PROFILE + profile) if not any(shown(each, element, rows) for each in mine)}
    excused = {element for of, about, element in NEVER if (of, about) == (guide, profile)}
    assert missing == excused
