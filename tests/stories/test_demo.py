"""The three scenes, over real HTTP between two parties: each guide generation, and each database.

Two plays cover both. The other two pairs take as long again, so they are played where FHIR_PA_ALL_DEMOS=1.
"""

from __future__ import annotations

import os

import pytest

from fhir_pa.provider.demo import run_demo

ALSO = "this guide and this database are each played with the other; set FHIR_PA_ALL_DEMOS=1 to play them together"
twice_covered = pytest.mark.skipif(os.environ.get("FHIR_PA_ALL_DEMOS") != "1", reason=ALSO)


@pytest.mark.parametrize("guide", ["2.0.1", pytest.param("2.2", marks=twice_covered)])
def test_the_scenes_come_out_as_they_must(guide: str) -> None:
    assert_all_comes_out(guide, None)


@pytest.mark.parametrize("guide", [pytest.param("2.0.1", marks=twice_covered), "2.2"])
def test_the_scenes_come_out_as_they_must_on_postgresql(guide: str, postgresql_url: str) -> None:
    assert_all_comes_out(guide, postgresql_url)


def assert_all_comes_out(guide: str, database_url: str | None) -> None:
    told: list[str] = []
    assert run_demo(guide, database_url, out=told.append) == 0, "\n".join(told)
