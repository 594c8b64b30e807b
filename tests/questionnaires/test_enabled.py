"""Which questions are asked: each operator of enableWhen, and what is above a question."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ig_profiles.reading import Coding
from questionnaires.enabled import asked


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "there"),
    [
        ("exists", True, (), False),
        ("exists", False, (), True),
        ("=", {"code": "sleep"}, (Coding("s", "sleep"),), True),
        ("!=", "a", ("a",), False),
        (">", Decimal("88"), (Decimal("89"),), True),
        (">", Decimal("88"), (Decimal("88"),), False),
        ("<=", "2026-11-21", (date(2026, 11, 21),), True),
    ],
)
def test_a_question_is_asked_only_when_its_condition_holds(operator: str, wanted: Any, given: tuple[Any, ...], there: bool) -> None:
    condition = {"question": "a", "operator": operator, "answerX": wanted}
    form = {"item": [{"linkId": "a"}, {"linkId": "group", "enableWhen": [condition], "item": [{"linkId": "b"}]}]}
    assert ("b" in asked(form, {"a": given})) is there
