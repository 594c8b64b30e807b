"""The golden pairs come true: a served payer answers every call on file with the very answer on file, valid in its guide."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

import pytest

from cds_hooks.services import HOOKS
from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import extensions, many
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


@pytest.mark.parametrize("situation", situations().values(), ids=situations().keys())
def test_the_answer_is_the_one_on_file(situation: Situation, shared: Lent) -> None:
    kept, given = on_file(f"{situation.file}.response.json"), answer(situation, on_file(f"{situation.file}.request.json"), shared)
    difference = "\n".join(unified_diff(kept.decode().splitlines(), given.decode().splitlines(), "on file", "answered", lineterm="", n=2))
    assert kept == given, f"{situation.file} is answered otherwise. {MEND}\n{difference}"


@pytest.mark.parametrize("situation", situations().values(), ids=situations().keys())
def test_the_call_is_the_one_the_test_ehr_makes_and_its_answer_keeps_the_rules(situation: Situation) -> None:
    kept = on_file(f"{situation.file}.request.json")
    assert kept == json.dump(situation.request, pretty=True) + b"\n", f"The call {situation.file} is made otherwise. {MEND}"
    answered = json.parse(on_file(f"{situation.file}.response.json"))
    assert "extension" not in answered, "the call breaks a profile; mend the builder"
    repetitions = [item for resource in many(answered, "systemActions", "resource") for item in extensions(resource, COVERAGE_INFORMATION)]
    assert repetitions and [broken_rules(item, situation.call.dialect) for item in repetitions] == [set()] * len(repetitions)
    for card in answered["cards"]:
        assert 0 < len(card["summary"]) < 140 and "{" not in card["summary"] + card["detail"]


def test_every_hook_has_a_pair_in_both_dialects_and_nothing_else_lies_there() -> None:
    assert {f"{hook.name}-{dialect}" for hook in HOOKS for dialect in ("2.0", "2.2")} <= situations().keys()
    assert {path.name.rsplit(".", 2)[0] for path in HERE.glob("*.json")} == situations().keys()


def test_the_readme_lists_every_pair() -> None:
    assert on_file("README.md").decode() == readme(), MEND
