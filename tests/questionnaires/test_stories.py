"""Every story a policy's owner signed comes true; each is a test of its own, named by its title."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from questionnaires.cases import Case, tell
from questionnaires.check import stories
from questionnaires.cql import FactEngine
from questionnaires.library import Volume, open_shelf


def _signed() -> list[tuple[Case, Volume]]:
    volumes = list(open_shelf().volumes())
    told = [pair for home in dict.fromkeys(volume.folder for volume in volumes) for pair in stories(home, volumes)[0]]
    assert told, "the built-in policies have no stories"
    return told


@pytest.fixture(scope="module")
def engine() -> Iterator[FactEngine]:
    with FactEngine() as running:
        yield running


@pytest.mark.parametrize(("case", "volume"), _signed(), ids=lambda it: it.title if isinstance(it, Case) else it.edition.topic)
def test_the_story_ends_as_its_owner_signed(case: Case, volume: Volume, engine: FactEngine) -> None:
    assert [str(mistake) for mistake in tell(case, volume, engine)] == []
