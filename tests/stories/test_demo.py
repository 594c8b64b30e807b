"""The three scenes, over real HTTP between two parties, in both guide generations and on both databases."""

from __future__ import annotations

import pytest

from fhir_pa.provider.demo import run_demo


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_the_scenes_come_out_as_they_must(guide: str, database_url: str) -> None:
    told: list[str] = []
    exit_code = run_demo(guide, None if database_url.startswith("sqlite") else database_url, out=told.append)
    assert exit_code == 0, "\n".join(told)
