"""The facts of a chart are looked for once, and anew as soon as anything they rest on is different."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.operations.hooks.facts import REMEMBERED, facts_in_chart
from fhir_pa.provider.patients import charts_on
from fhir_pa.settings import read
from fhir_pa.wiring import Payer, open_payer
from ig_profiles.reading import Json
from questionnaires.cql import FactEngine
from tests.stories.parties import NOW

CHART = charts_on(NOW.date()).by_patient["orla-penhallow"]
RESOURCES: list[Json] = [CHART.patient, CHART.coverage, *CHART.orders, *CHART.findings]


class Counting(FactEngine):
    """An engine that finds nothing and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def facts(self, *_: Any, **__: Any) -> dict[str, Any]:
        self.asked += 1
        return {}


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Payer]:
    opened = open_payer(read({"data_directory": tmp_path, "open": True}, {}))
    yield replace(opened, facts=Counting())
    opened.close()


def looked(payer: Payer, resources: list[Json], **later: int) -> int:
    """How often the engine was asked, after looking once more."""
    facts_in_chart(payer.shelf.edition("home_oxygen", "2026.1"), resources, payer, NOW + timedelta(**later))
    assert isinstance(payer.facts, Counting)
    return payer.facts.asked


def test_the_same_chart_is_looked_through_once(counting: Payer) -> None:
    assert [looked(counting, RESOURCES), looked(counting, [dict(each) for each in RESOURCES], seconds=60)] == [1, 1]


def test_what_no_fact_reads_makes_no_difference(counting: Payer) -> None:
    other = {"resourceType": "Immunization", "id": "i1"}
    assert [looked(counting, RESOURCES), looked(counting, [*RESOURCES, other])] == [1, 1]


def test_a_changed_a_further_and_a_withdrawn_resource_are_each_looked_at(counting: Payer) -> None:
    observation = next(each for each in RESOURCES if each["resourceType"] == "Observation")
    without = [each for each in RESOURCES if each is not observation]
    looks = [RESOURCES, [*without, {**observation, "status": "entered-in-error"}], without, [*RESOURCES, {**observation, "id": "another"}]]
    assert [looked(counting, each) for each in looks] == [1, 2, 3, 4]


def test_another_day_and_the_end_of_the_memory_are_looked_at_anew(counting: Payer) -> None:
    assert [looked(counting, RESOURCES), looked(counting, RESOURCES, days=1)] == [1, 2]
    assert looked(counting, RESOURCES, days=1, seconds=int(REMEMBERED.total_seconds())) == 3


def test_a_text_that_cannot_be_written_is_looked_through_each_time(counting: Payer) -> None:
    odd = [*RESOURCES, {"resourceType": "Observation", "id": "\ud800"}]
    assert [looked(counting, odd), looked(counting, odd)] == [1, 2]
