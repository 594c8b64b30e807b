"""The charts the stories tell of are those the builders make."""

from __future__ import annotations

import pytest

from ig_profiles.reading import Json
from tests.questionnaires.charts import CHARTS, path_of, written


@pytest.mark.parametrize(("name", "bundle"), CHARTS.items())
def test_the_file_is_what_the_builders_make(name: str, bundle: Json) -> None:
    assert path_of(name).read_text(encoding="utf-8") == written(bundle), "Run: python -m tests.questionnaires.charts"
