"""What the plan does not pay for at all is said in the same exchange, over a person's name, and nobody pretends to have reviewed it."""

from __future__ import annotations

import pytest

from fhir_pa.operations.proofs.prove import prove
from fhir_pa.provider.codes import NOT_CERTIFIED
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.um.deciding.request import Identifier
from ig_profiles import json
from ig_profiles.reading import Json, extension_value, many
from tests.stories.asking import SHORT_OF_OXYGEN, oxygen
from tests.stories.parties import Plan, Staff, System

RAIL = "E0241"
HUMAN = "wasHumanReviewedFlag"


def rail(clinic: System) -> Json:
    """The oxygen request, for a rail at the bath tub instead."""
    return dict(json.parse(json.dump(request_of(oxygen(clinic, SHORT_OF_OXYGEN))).replace(b"E1390", RAIL.encode())))


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_an_excluded_service_is_denied_in_the_same_exchange_with_reason_code_and_phone(plan: Plan, physician: Staff, guide: str) -> None:
    clinic = System(plan, CLIENT_ID, guide)
    answer = read_bundle(clinic.post("Claim/$submit", rail(clinic)))
    item = answer.item(1)
    assert item.action == NOT_CERTIFIED and list(item.reasons) == ["not a covered service"]
    assert any("does not pay for items that serve comfort" in note for note in item.notes)
    assert any("555-555-0146" in note for note in item.notes)
    assert physician.worklist() == []


def test_the_wire_says_that_nobody_reviewed_it(plan: Plan) -> None:
    bundle = System(plan, CLIENT_ID, "2.2").post("Claim/$submit", rail(System(plan, CLIENT_ID, "2.2")))
    reviewed = [each for each in many(bundle, "entry", "resource", "extension") if "eviewer" in str(each.get("url"))]
    reviewed += [each for each in many(bundle, "entry", "resource", "item", "adjudication", "extension") if "eviewer" in str(each.get("url"))]
    flags = [extension_value(each, HUMAN) for each in reviewed]
    assert flags and set(flags) == {False}


def test_the_record_says_whose_word_it_is_and_the_member_may_appeal(plan: Plan, physician: Staff) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    clinic.post("Claim/$submit", rail(clinic))
    (member,) = (each for each in plan.payer.directory.members if each.name == "Orla Penhallow")
    with plan.payer.store.reading() as tx:
        (case,) = tx.of_member((Identifier(member.system, member.id),))
    seen = json.parse(physician.call("GET", f"/um/authorizations/{case.number}").data)
    (item,) = seen["items"]
    assert item["determination"]["excluded_by"].startswith("Leonie Hartwig") and item["determination"]["root_cause"] == "not a benefit of the plan"
    assert "signed_by" not in item["determination"]
    assert seen["appeal_until"][0]["level"] == "reconsideration by the plan"
    proof = prove(case.number, plan.payer)
    assert proof.holds, proof
