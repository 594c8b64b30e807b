"""The payer's server and the clinician's browser run the same ELM: every fact of every policy comes out alike for every synthetic patient."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from ig_profiles.json import dump, parse
from ig_profiles.reading import Json, many, text
from questionnaires.cql import FactEngine
from questionnaires.elm import facts_of
from questionnaires.library import BUILT_IN, open_shelf
from tests.browser.clinic import people

AT = "2026-11-21T12:00:00.000-05:00"
CASES = sorted(path for path in BUILT_IN.glob("*/cases/*.json"))
RUN = """async (said) => {
  const { Engine } = await import("/page/facts/engine.js");
  const { plainOf } = await import("/page/facts/values.js");
  const engine = new Engine();
  const told = {};
  for (const { name, request } of JSON.parse(said)) {
    const answers = await engine.ask(request);
    const plain = ([fact, { value, failed }]) => [fact, failed ? { failed } : plainOf(value, request.resources)];
    told[name] = Object.fromEntries(Object.entries(answers).map(plain));
  }
  return JSON.stringify(told);
}"""


def test_every_policy_with_facts_has_a_story_with_a_chart() -> None:
    assert set(topics()) - {path.parent.parent.name for path in CASES} == set()


def test_every_chart_of_every_policy_is_among_them() -> None:
    told = {path.relative_to(BUILT_IN).as_posix() for path in BUILT_IN.rglob("*.json") if text(parse(path.read_bytes()), "resourceType") == "Bundle"}
    assert told == {path.relative_to(BUILT_IN).as_posix() for path in CASES}


def topics() -> list[str]:
    """The policies whose answers are found with CQL."""
    shelf = open_shelf()
    return sorted({volume.edition.topic for volume in shelf.volumes() if shelf.elm(volume.edition.topic)})


def stories() -> list[tuple[str, str, list[Json]]]:
    """A name, a policy and a chart: each policy with its own charts, and with everybody of the demonstration and of these tests."""
    own = [(name_of(path), path.parent.parent.name, resources_of(path)) for path in CASES]
    known = people()
    everybody = {name: [*chart.resources(), *known.practice.resources()] for name, chart in known.by_patient.items()}
    return [*own, *((f"{topic}/{name}", topic, resources) for topic in topics() for name, resources in everybody.items())]


@pytest.fixture(scope="module")
def server() -> dict[str, dict[str, list[Any]]]:
    """What the payer's engine finds in each chart, by policy and chart, in plain values."""
    shelf = open_shelf()
    found: dict[str, dict[str, list[Any]]] = {}
    with FactEngine() as engine:
        for story, topic, resources in stories():
            elm = shelf.elm(topic)
            assert elm is not None
            facts = engine.facts(elm, resources, datetime.fromisoformat(AT), facts_of(elm), patient=patient_in(resources))
            assert {name: fact.trouble for name, fact in facts.items() if fact.trouble} == {}
            found[story] = {name: [plain(value) for value in fact.values] for name, fact in facts.items()}
    return found


@pytest.mark.requirement("dtr-2.0.1:176", "dtr-2.0.1:190", "dtr-2.2:spec-59", "dtr-2.2:spec-74")
def test_the_browser_finds_what_the_server_finds(fresh: Any, server: dict[str, dict[str, list[Any]]]) -> None:
    _, window, _ = fresh({"linkId": "q", "text": "Anything?", "type": "boolean"})
    shelf = open_shelf()
    requests = []
    for story, topic, resources in stories():
        elm = shelf.elm(topic)
        assert elm is not None
        patient = next(position for position, each in enumerate(resources) if each["resourceType"] == "Patient")
        request = {"key": topic, "elms": [elm], "names": list(facts_of(elm)), "resources": resources, "patient": patient, "at": AT}
        requests.append({"name": story, "request": {**request, "valueSets": {}, "parameters": {}}})
    said = dump(requests).decode()  # as one text: the browser reads it in a moment, where a tree would be carried over value by value
    told = json.loads(window.page.evaluate(RUN, said), parse_float=Decimal, parse_int=Decimal)
    for chart, facts in server.items():
        for name, values in facts.items():
            assert [plain(value) for value in told[chart][name]] == values, f"{chart}: {name}"
    assert sum(len(values) for facts in server.values() for values in facts.values()) > 100, "the charts tell something"


def patient_in(resources: list[Json]) -> str:
    return str(next(each["id"] for each in resources if each["resourceType"] == "Patient"))


def name_of(path: Any) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


def resources_of(path: Any) -> list[Json]:
    return many(parse(path.read_bytes()), "entry", "resource")


def plain(value: Any) -> Any:
    """Codings by system and code, quantities by their number, resources by their reference, dates and numbers by their text."""
    if isinstance(value, dict):
        if "resourceType" in value:
            return f"{value['resourceType']}/{value['id']}"
        return plain(value["value"]) if "value" in value else (value.get("system") or "", value["code"])
    if hasattr(value, "code"):
        return (value.system, value.code)
    return str(value) if isinstance(value, bool) else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
