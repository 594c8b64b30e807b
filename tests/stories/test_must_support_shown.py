"""Every element the guides make must-support in an answer is shown by some documented situation; what cannot be says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ig_profiles.names import PAS_PROFILE
from ig_profiles.reading import Json
from ig_profiles.registry import open_set
from tests.stories.parties import Lent
from tests.stories.tester import folder_opened

ANSWERED = ("profile-claimresponse", "profile-claiminquiryresponse", "profile-task", "profile-communicationrequest")

# What no situation shows: (guide, profile, element) with the reason.
NEVER: Mapping[tuple[str, str, str], str] = {
    ("2.2", profile, "ClaimResponse.request.extension:DataAbsentReason"): "every request of the test data has a name; a Claim without one gets it"
    for profile in ("profile-claimresponse", "profile-claiminquiryresponse")
}


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, lent: Lent) -> list[tuple[str, Json]]:
    """Everything the payer said in all situations: answers, and what they brought inside."""
    folder: Path = tmp_path_factory.mktemp("must-support")
    with folder_opened(folder, lent) as tester:
        for each in tester.manifest["situations"]:
            assert tester.play(each["guide"], each["name"]) == []
        return [(guide, found) for guide, body in tester.answers for found in resources(body)]


def resources(node: Any) -> Iterator[Json]:
    """Every resource in an answer, at any depth."""
    if isinstance(node, dict):
        if isinstance(node.get("resourceType"), str):
            yield node
        for value in node.values():
            yield from resources(value)
    elif isinstance(node, list):
        for value in node:
            yield from resources(value)


def claims(resource: Json, profile: str) -> bool:
    """Whether the resource says it is of this profile."""
    return any(claimed.split("|")[0].endswith(f"/{profile}") for claimed in resource.get("meta", {}).get("profile", []))


def wanted(guide: str, profile: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """The ids of the must-support elements of a profile, with its rows by id."""
    rows = {row["id"]: row for row in open_set(guide).profile(PAS_PROFILE + profile)["elements"]}
    for name, row in rows.items():
        if row.get("must"):
            yield name, rows


def shown(resource: Json, element: str, rows: Mapping[str, Json]) -> bool:
    """Whether the resource has this element, or slice of one, with something in it."""
    nodes: list[Any] = [resource]
    so_far, *steps = element.split(".")
    for step in steps:
        so_far = f"{so_far}.{step}"
        name, _, part = step.partition(":")
        nodes = [child for node in nodes for child in children(node, name)]
        if part:
            nodes = [node for node in nodes if in_slice(node, so_far, rows)]
    return bool(nodes)


def children(node: Any, name: str) -> Iterable[Any]:
    if not isinstance(node, dict):
        return []
    stem = name.removesuffix("[x]")
    found = [value for key, value in node.items() if key == name or (name.endswith("[x]") and key.startswith(stem))]
    return [each for value in found for each in (value if isinstance(value, list) else [value])]


def in_slice(node: Any, element: str, rows: Mapping[str, Json]) -> bool:
    """Whether a node is in the slice: an extension by its url, an input by its type."""
    canonicals = [canonical.split("|")[0] for kind in rows[element].get("types", []) for canonical in kind.get("profile", [])]
    if canonicals:
        return node.get("url") in canonicals
    _, pattern = rows[f"{element}.type"]["pattern"]
    return bool(pattern["coding"][0]["code"] in [coding["code"] for coding in node["type"]["coding"]])


@pytest.mark.requirement("pas-2.0.1:37", "pas-2.0.1:38", "pas-2.2.1:conf-6")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
@pytest.mark.parametrize("profile", ANSWERED)
def test_every_must_support_element_of_an_answer_is_shown_by_some_situation(answered: list[tuple[str, Json]], guide: str, profile: str) -> None:
    mine = [each for of, each in answered if of == guide and claims(each, profile)]
    assert mine, f"nothing claims {profile}"
    missing = {element for element, rows in wanted(guide, profile) if not any(shown(each, element, rows) for each in mine)}
    excused = {element for of, about, element in NEVER if (of, about) == (guide, profile)}
    assert missing == excused
