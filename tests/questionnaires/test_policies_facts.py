"""What the facts of the scenario policies find in a chart, what they must not, and that none is left unproven."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ig_profiles.json import dump, parse
from ig_profiles.reading import Coding, Json, many
from questionnaires.cql import FactEngine
from questionnaires.elm import facts_of
from questionnaires.facts import Fact
from questionnaires.library import open_shelf
from tests.questionnaires.charts import CHARTS
from tests.questionnaires.looked_for import LOOKED_FOR, NOT_TAKEN
from tests.questionnaires.us_core import chart, patient

SHELF = open_shelf()
AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
NOBODY = patient("p", "Nobody", "Special", "1970-01-01", "female")
TOPICS = tuple(dict.fromkeys(name.partition("/")[0] for name in CHARTS))


@pytest.fixture(scope="module")
def engine() -> Iterator[FactEngine]:
    with FactEngine() as running:
        yield running


def known(engine: FactEngine, topic: str, bundle: Json) -> dict[str, Fact]:
    elm = SHELF.elm(topic)
    assert elm is not None
    found = engine.facts(elm, many(parse(dump(bundle)), "entry", "resource"), AT, facts_of(elm))
    assert {name: fact.trouble for name, fact in found.items() if fact.trouble} == {}
    return found


def plain(fact: Fact) -> Any:
    values = [value.code if isinstance(value, Coding) else value for value in fact.values]
    return values if isinstance(fact.value, tuple) else values[0] if values else None


@pytest.mark.parametrize("topic", TOPICS)
def test_an_empty_chart_knows_nothing_and_never_says_no(engine: FactEngine, topic: str) -> None:
    assert {name: plain(fact) for name, fact in known(engine, topic, chart(NOBODY)).items() if fact.values} == {}


@pytest.mark.parametrize(("name", "expected"), LOOKED_FOR.items())
def test_the_chart_tells_exactly_this(engine: FactEngine, name: str, expected: dict[str, Any]) -> None:
    found = known(engine, name.partition("/")[0], CHARTS[name])
    assert {fact: plain(value) for fact, value in found.items() if value.values} == expected
    assert [fact for fact, value in found.items() if value.values and not value.evidence] == []


@pytest.mark.parametrize(("topic", "why", "resources", "fact"), NOT_TAKEN, ids=[f"{topic}: {why}" for topic, why, *_ in NOT_TAKEN])
def test_what_does_not_count_is_passed_over(engine: FactEngine, topic: str, why: str, resources: tuple[Json, ...], fact: str) -> None:
    assert known(engine, topic, chart(NOBODY, *resources))[fact].values == ()


@pytest.mark.parametrize("topic", TOPICS)
def test_every_fact_a_policy_finds_is_found_in_some_chart(topic: str) -> None:
    proven = {fact for name, expected in LOOKED_FOR.items() if name.startswith(f"{topic}/") for fact in expected}
    assert set(facts_of(SHELF.elm(topic))) == proven
