"""Browser and server ask the same questions: each condition of enableWhen judged by both (form/enabled.js, questionnaires/enabled.py)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from ig_profiles.json import dump
from ig_profiles.reading import Coding, Json
from questionnaires.enabled import asked

OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
WANTED: tuple[Json, ...] = (
    {"answerBoolean": True},
    {"answerBoolean": False},
    {"answerInteger": 4},
    {"answerDecimal": Decimal("4.5")},
    {"answerString": "b"},
    {"answerDate": "2026-11-21"},
    {"answerCoding": {"code": "sleep"}},
    {"answerCoding": {"system": "s", "code": "sleep"}},
    {"answerQuantity": {"value": 4, "code": "kg"}},
)
SAID: tuple[tuple[Json, ...], ...] = (
    (),
    ({"valueBoolean": True},),
    ({"valueBoolean": False},),
    ({"valueInteger": 4},),
    ({"valueDecimal": Decimal("4.5")}, {"valueDecimal": Decimal(3)}),
    ({"valueString": "a"}, {"valueString": "b"}),
    ({"valueDate": "2026-11-20"},),
    ({"valueCoding": {"system": "s", "code": "sleep"}},),
    ({"valueCoding": {"system": "t", "code": "sleep"}}, {"valueCoding": {"code": "rest"}}),
    ({"valueQuantity": {"value": Decimal("4.5"), "code": "kg"}},),
)
RUN = """async (stories) => {
  const { holds } = await import("/page/form/enabled.js");
  const { grow, questions } = await import("/page/form/tree.js");
  return stories.map(({ questionnaire, said }) => {
    const root = grow(questionnaire);
    const [first, second] = questions(root);
    first.answers = said.map((value) => ({ value }));
    return holds(second);
  });
}"""


def form(operator: str, wanted: Json) -> Json:
    condition = {"question": "a", "operator": operator, **({"answerBoolean": wanted.get("answerBoolean", True)} if operator == "exists" else wanted)}
    return {"item": [{"linkId": "a", "type": "string"}, {"linkId": "b", "type": "string", "enableWhen": [condition]}]}


def heard(answer: Json) -> Any:
    """An answer as the server reads it."""
    [(kind, value)] = answer.items()
    if kind == "valueCoding":
        return Coding(value.get("system", ""), value["code"])
    if kind == "valueDate":
        return date.fromisoformat(value)
    return value["value"] if kind == "valueQuantity" else value


def test_each_operator_holds_alike_for_each_type_of_answer(fresh: Any) -> None:
    _, window, _ = fresh({"linkId": "q", "text": "Anything?", "type": "boolean"})
    stories = [(operator, wanted, said) for operator, wanted, said in product(OPERATORS, WANTED, SAID) if comparable(operator, wanted, said)]
    sent = json.loads(dump([{"questionnaire": form(operator, wanted), "said": list(said)} for operator, wanted, said in stories]))
    for (operator, wanted, said), there in zip(stories, window.page.evaluate(RUN, sent), strict=True):
        ours = "b" in asked(form(operator, wanted), {"a": tuple(map(heard, said))})
        assert there is ours, f"{said} {operator} {wanted}: browser {there}, server {ours}"
    assert len(stories) > 60


def comparable(operator: str, wanted: Json, said: tuple[Json, ...]) -> bool:
    """The standard asks that the answer wanted is of the question's type and has an order where one is asked for; an integer may stand for a decimal."""
    if operator[0] in "<>" and not {"answerBoolean", "answerCoding"}.isdisjoint(wanted):
        return False
    kinds = {key.removeprefix("value") for each in said for key in each} or {key.removeprefix("answer") for key in wanted}
    numbers = {"Integer", "Decimal", "Quantity"}
    (asked_for,) = (key.removeprefix("answer") for key in wanted)
    return kinds == {asked_for} or (kinds <= numbers and asked_for in numbers)
