"""The payer's server and the clinician's browser run the same ELM: every fact of every story comes out alike."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from ig_profiles.json import dump, parse
from ig_profiles.reading import Json, many
from questionnaires.cql import FactEngine
from questionnaires.elm import facts_of
from questionnaires.library import BUILT_IN, open_shelf

AT = "2026-11-21T12:00:00.000-05:00"
CASES = sorted(path for path in BUILT_IN.glob("*/cases/*.json"))
RUN = """async (requests) => {
  const { Engine } = await import("/page/facts/engine.js");
  const { plainOf } = await import("/page/facts/values.js");
  const engine = new Engine();
  const told = {};
  for (const { name, request } of requests) {
    const answers = await engine.ask(request);
    const plain = ([fact, { value, failed }]) => [fact, failed ? { failed } : plainOf(value, request.resources)];
    told[name] = Object.fromEntries(Object.entries(answers).map(plain));
  }
  return JSON.stringify(told);
}"""


def test_every_policy_with_facts_has_a_story_with_a_chart() -> None:
    topics = {volume.edition.topic for volume in open_shelf().volumes() if open_shelf().elm(volume.edition.topic)}
    assert topics - {path.parent.parent.name for path in CASES} == set()


@pytest.fixture(scope="module")
def server() -> dict[str, dict[str, list[Any]]]:
    """What the payer's engine finds in each chart, by policy and chart, in plain values."""
    shelf = open_shelf()
    found: dict[str, dict[str, list[Any]]] = {}
    with FactEngine() as engine:
        for path in CASES:
            elm = shelf.elm(path.parent.parent.name)
            assert elm is not None
            facts = engine.facts(elm, resources_of(path), datetime.fromisoformat(AT), facts_of(elm))
            assert {name: fact.trouble for name, fact in facts.items() if fact.trouble} == {}
            found[name_of(path)] = {name: [plain(value) for value in fact.values] for name, fact in facts.items()}
    return found


def test_the_browser_finds_what_the_server_finds(opened: Any, server: dict[str, dict[str, list[Any]]]) -> None:
    _, window = opened("Orla Penhallow")
    shelf = open_shelf()
    requests = []
    for path in CASES:
        elm = shelf.elm(path.parent.parent.name)
        assert elm is not None
        resources = resources_of(path)
        patient = next(position for position, each in enumerate(resources) if each["resourceType"] == "Patient")
        request = {"key": path.parent.parent.name, "elms": [elm], "names": list(facts_of(elm)), "resources": resources, "patient": patient, "at": AT}
        requests.append({"name": name_of(path), "request": {**request, "valueSets": {}, "parameters": {}}})
    told = json.loads(window.page.evaluate(RUN, json.loads(dump(requests))), parse_float=Decimal, parse_int=Decimal)
    for chart, facts in server.items():
        for name, values in facts.items():
            assert [plain(value) for value in told[chart][name]] == values, f"{chart}: {name}"
    assert sum(len(values) for facts in server.values() for values in facts.values()) > 100, "the charts tell something"


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
