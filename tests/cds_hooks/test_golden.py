"""The golden pairs come true: a served payer answers every call on file with the very answer on file, valid in its guide."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

import pytest

from cds_hooks.services import HOOKS, discovery
from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import extensions, many
from tests.cds_hooks.answer_rules import broken
from tests.cds_hooks.golden.__main__ import readme
from tests.cds_hooks.golden.answering import HERE, answer, lent
from tests.cds_hooks.golden.situations import Situation, situations
from tests.cds_hooks.rules import broken_rules
from tests.stories.parties import Lent

MEND = "If that is meant, run python -m tests.cds_hooks.golden and review the difference line by line."


@pytest.fixture(scope="module")
def shared() -> Iterator[Lent]:
    with lent() as made:
        yield made


def on_file(name: str) -> bytes:
    return (HERE / name).read_bytes()


@pytest.mark.requirement("crd-2.0.1:4", "crd-2.0.1:164", "crd-2.0.1:184", "crd-2.0.1:207", "crd-2.0.1:226", "crd-2.0.1:247", "crd-2.0.1:248")
@pytest.mark.requirement("crd-2.0.1:249", "crd-2.0.1:279", "crd-2.2:hook-16", "crd-2.2:hook-26", "crd-2.2:hook-33", "crd-2.2:hook-39", "crd-2.2:resp-14")
@pytest.mark.requirement("crd-2.2:resp-26", "crd-2.2:resp-28", "crd-2.2:resp-48", "crd-2.2:resp-44")
@pytest.mark.parametrize("situation", situations().values(), ids=situations().keys())
def test_the_answer_is_the_one_on_file(situation: Situation, shared: Lent) -> None:
    kept, given = on_file(f"{situation.file}.response.json"), answer(situation, on_file(f"{situation.file}.request.json"), shared)
    difference = "\n".join(unified_diff(kept.decode().splitlines(), given.decode().splitlines(), "on file", "answered", lineterm="", n=2))
    assert kept == given, f"{situation.file} is answered otherwise. {MEND}\n{difference}"


@pytest.mark.requirement("cds-hooks-2.0:75", "cds-hooks-2.0:83", "cds-hooks-2.0:87", "cds-hooks-2.0:88", "cds-hooks-2.0:90", "cds-hooks-2.0:103")
@pytest.mark.requirement("cds-hooks-2.0:105", "cds-hooks-2.0:115", "cds-hooks-2.0:127", "cds-hooks-2.0:128", "cds-hooks-2.0:138", "cds-hooks-2.0:139")
@pytest.mark.requirement("cds-hooks-2.0:141", "cds-hooks-2.0:142", "cds-hooks-2.0:216", "cds-hooks-2.0:217", "cds-hooks-2.0:218")
@pytest.mark.parametrize("situation", situations().values(), ids=situations().keys())
def test_the_call_is_the_one_the_test_ehr_makes_and_its_answer_keeps_the_rules(situation: Situation) -> None:
    kept = on_file(f"{situation.file}.request.json")
    assert kept == json.dump(situation.request, pretty=True) + b"\n", f"The call {situation.file} is made otherwise. {MEND}"
    answered = json.parse(on_file(f"{situation.file}.response.json"))
    assert "extension" not in answered, "the call breaks a profile; mend the builder"
    repetitions = [item for resource in many(answered, "systemActions", "resource") for item in extensions(resource, COVERAGE_INFORMATION)]
    assert repetitions and [broken_rules(item, situation.call.dialect) for item in repetitions] == [set()] * len(repetitions)
    assert broken(answered, situation.call.dialect, situation.call.hook) == []
    assert not any("{" in card["summary"] + card["detail"] for card in answered["cards"]), "a template was not filled"


def topics(answered: Any) -> list[str]:
    """The types of the cards of an answer."""
    return [card["source"]["topic"]["code"] for card in answered["cards"]]


def shown() -> dict[str, Situation]:
    """Each type of card the pairs show, with a situation that shows it."""
    return {topic: each for each in reversed(situations().values()) for topic in topics(json.parse(on_file(f"{each.file}.response.json")))}


@pytest.mark.requirement("crd-2.0.1:115", "crd-2.0.1:116", "crd-2.0.1:128", "crd-2.2:dev-5", "crd-2.2:dev-14")
@pytest.mark.parametrize("topic", sorted(shown()))
def test_each_type_of_card_has_a_boolean_option_that_silences_it_alone(topic: str, shared: Lent) -> None:
    situation = shown()[topic]
    listed = next(each for each in discovery(situation.call.dialect, "Larkfield Health Plan")["services"] if each["hook"] == situation.call.hook)
    (option,) = [each for each in listed["extension"]["davinci-crd.configuration-options"] if each["code"] == topic]
    assert (option["type"], option["default"]) == ("boolean", True)
    call = json.parse(on_file(f"{situation.file}.request.json"))
    switches = {**call.get("extension", {}).get("davinci-crd.configuration", {}), topic: False}
    call["extension"] = {**call.get("extension", {}), "davinci-crd.configuration": switches}
    before, after = (json.parse(body) for body in (on_file(f"{situation.file}.response.json"), answer(situation, json.dump(call), shared)))
    assert topics(after) == [each for each in topics(before) if each != topic]
    assert after.get("systemActions") == before.get("systemActions")


def test_every_hook_has_a_pair_in_both_dialects_and_nothing_else_lies_there() -> None:
    assert {f"{hook.name}-{dialect}" for hook in HOOKS for dialect in ("2.0", "2.2")} <= situations().keys()
    assert {path.name.rsplit(".", 2)[0] for path in HERE.glob("*.json")} == situations().keys()


def test_the_readme_lists_every_pair() -> None:
    assert on_file("README.md").decode() == readme(), MEND
