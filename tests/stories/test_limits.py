"""A request that goes beyond a limited benefit is referred, not denied; how much was used then stays a fact of that decision (F13, F55)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_pa.operations.proofs.prove import prove
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from questionnaires.benefits import Benefits, Limit
from questionnaires.library import Shelf, Volume
from tests.stories.asking import oxygen, submit
from tests.stories.parties import Plan, Staff, System, trace


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """A payer that pays for one concentrator a year without a second look."""
    plan.payer = replace(plan.payer, shelf=Shelf(map(limited, plan.payer.shelf.volumes())))
    return plan


def limited(volume: Volume) -> Volume:
    one = Benefits(limit=Limit(Decimal(1), "units"))
    return replace(volume, edition=replace(volume.edition, benefits=one)) if volume.edition.topic == "home_oxygen" else volume


def test_the_second_of_one_is_referred_with_the_count_and_both_decisions_replay(plan: Plan, physician: Staff) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    first = oxygen(clinic)
    one = submit(clinic, first)
    assert one.item(1).action == CERTIFIED
    second = submit(clinic, replace(first, number=trace()))
    assert second.item(1).action == PENDED
    number = str(physician.worklist()[0]["number"])
    case = json.parse(physician.call("GET", f"/um/authorizations/{number}").data)
    assert "1 are used and 1 asked for: 1 beyond" in case["items"][0]["determination"]["because"]
    limit = case["items"][0]["determination"]["findings"][-1]
    assert (limit["criterion"], limit["truth"], limit["evidence"][0]["value"]) == ("benefit_limit", "not met", "1")

    physician.decide(number, items=[1], decision="certify", because="The first device broke.")
    with plan.payer.store.reading() as tx:
        numbers = tx.numbers()
    assert len(numbers) == 2
    for each in numbers:
        proof = prove(each, plan.payer)
        assert proof.holds, [(replay.how, replay.differences) for replay in proof.replays]
