"""The provider gets the payer's own Bundle, as it was written and kept; what it tells travels in the elements the guides have for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from fhir_pa.pas.extensions import REVIEW_ACTION, REVIEW_ACTION_CODE
from fhir_pa.provider.pas.request import request_of
from ig_profiles import json
from ig_profiles.reading import Json, codings, extension_value
from ig_profiles.registry import open_set
from tests.stories.asking import BORDERLINE, oxygen
from tests.stories.parties import Lent, System
from tests.stories.tester import folder_opened

SAID = ("ClaimResponse", "Task", "CommunicationRequest")
CORE = "http://hl7.org/fhir/StructureDefinition/"


@pytest.mark.requirement("pas-2.0.1:3")
@pytest.mark.parametrize("who", ["orla-penhallow", BORDERLINE])
def test_what_the_provider_gets_is_the_bundle_that_was_written_and_kept_byte_for_byte(who: str, clinic: System) -> None:
    body = json.dump(request_of(oxygen(clinic, who)))
    answered = clinic.call("POST", "Claim/$submit", body)
    with clinic.plan.payer.store.reading() as tx:
        (number,) = tx.numbers()
        kept = tx.answer(tx.authorization(number).submission)
    assert kept == answered.data and clinic.call("POST", "Claim/$submit", body).data == kept


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, lent: Lent) -> list[tuple[str, Json]]:
    """Everything the payer said in all situations of the test data."""
    folder: Path = tmp_path_factory.mktemp("as-written")
    with folder_opened(folder, lent) as tester:
        for each in tester.manifest["situations"]:
            assert tester.play(each["guide"], each["name"]) == []
        return [(guide, body) for guide, body in tester.answers if "resourceType" in body]


@cache
def published(guide: str) -> frozenset[str]:
    """Every extension some guide of this generation defines."""
    definitions = open_set(guide)
    tables = ((url, definitions.profile(url)) for url in definitions.names())
    return frozenset(url.split("|")[0] for url, table in tables if table is not None and table["type"] == "Extension")


@pytest.mark.requirement("pas-2.2.1:conf-15")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_no_extension_in_any_answer_is_of_our_own_making(answered: list[tuple[str, Json]], guide: str) -> None:
    mine = (each for of, body in answered if of == guide for kind in SAID for each in of_type(body, kind))
    used = {url for each in mine for url in extensions(each)}
    assert used - published(guide) - {url for url in used if url.startswith(CORE)} == set()
    assert len(used) >= 15, "and the published ones are used"


@pytest.mark.requirement("pas-2.2.1:conf-15")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_what_was_decided_stands_in_no_text_alone(answered: list[tuple[str, Json]], guide: str) -> None:
    """Every item carries its decision as a code; notes and the disposition only explain it."""
    for of, body in answered:
        for answer in of_type(body, "ClaimResponse") if of == guide else ():
            pointed = {number for item in answer.get("item", []) for number in item.get("noteNumber", [])}
            codes = [codings(extension_value(item["adjudication"][0], REVIEW_ACTION, REVIEW_ACTION_CODE)) for item in answer.get("item", [])]
            assert all(codes) and pointed <= {note["number"] for note in answer.get("processNote", [])}


def extensions(node: object) -> Iterator[str]:
    """The address of every extension, its parts left out."""
    if isinstance(node, list):
        for each in node:
            yield from extensions(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in ("extension", "modifierExtension"):
                yield from (str(each["url"]) for each in value if "/" in each["url"])
            yield from extensions(value)


def of_type(node: object, kind: str) -> Iterator[Json]:
    if isinstance(node, list):
        for each in node:
            yield from of_type(each, kind)
    elif isinstance(node, dict):
        if node.get("resourceType") == kind:
            yield node
        for each in node.values():
            yield from of_type(each, kind)
