"""What the hook told of an order is what $submit answers: billed as what, inside the network or not, at which site of the body."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.network import Network
from fhir_pa.operations.proofs.prove import prove
from fhir_pa.pas.codes import REVIEW_ACTIONS
from fhir_pa.provider.charts.npi import synthetic_npi
from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.elements import pas_extension
from fhir_pa.provider.pas.claim_response import PasAnswer, read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.um.deciding.determination import ReviewAction
from ig_profiles.names import COVERAGE_INFORMATION, CPT, NPI, SNOMED
from ig_profiles.reading import Json, extension_value, extensions
from tests.stories.asking import oxygen, submit
from tests.stories.ehr import Ehr
from tests.stories.parties import Plan, Staff, System, trace
from tests.stories.test_crd_network import BIRCH, INSIDE, THERAPY, dispatching, organization, signing, therapy

NO_ACTION = REVIEW_ACTIONS[ReviewAction.NO_ACTION]
OUTSIDE = synthetic_npi(50_002)
SERVICE_PROVIDER = "SJ"  # X12 98


@pytest.fixture(params=["2.0.1", "2.2"])
def clinic(plan: Plan, request: pytest.FixtureRequest) -> System:
    """The clinic's system, and a payer that lists one therapist."""
    directory = replace(plan.payer.settings.directory, network=Network((BIRCH,)))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    return System(plan, CLIENT_ID, request.param)


def asked(clinic: System, *codes: tuple[str, str], performer: str = "", visits: int = 1) -> Json:
    """A request for therapy under these codes, of this performer; built from the oxygen request."""
    bundle: Any = request_of(replace(oxygen(clinic), number=trace()))
    claim = bundle["entry"][0]["resource"]
    item = claim["item"][0]
    item["productOrService"] = {"coding": [{"system": system, "code": code} for system, code in codes]}
    item["quantity"] = {"value": visits, "unit": "visits"}
    item["extension"] = [each for each in item["extension"] if not each["url"].endswith("requestedService")]
    if performer:
        party = {"resourceType": "Organization", "id": "performer", "active": True, "name": "Hazel Therapy"}
        coded = {"coding": [{"system": "https://codesystem.x12.org/005010/98", "code": SERVICE_PROVIDER}]}
        party |= {"identifier": [{"system": NPI, "value": performer}], "type": [coded]}
        url = bundle["entry"][0]["fullUrl"].rsplit("/", 2)[0] + "/Organization/performer"
        bundle["entry"].append({"fullUrl": url, "resource": party})
        member = {"extension": [pas_extension("careTeamClaimScope", valueBoolean=True)], "sequence": 2, "provider": {"reference": url}, "role": coded}
        claim["careTeam"].append(member)
    return dict(bundle)


def answered(clinic: System, bundle: Json) -> PasAnswer:
    return read_bundle(clinic.post("Claim/$submit", bundle))


def told(order: Json) -> tuple[object, object]:
    (said,) = extensions(order, COVERAGE_INFORMATION)
    return extension_value(said, "covered"), extension_value(said, "pa-needed")


@pytest.mark.requirement("crd-2.2:found-9", "crd-2.0.1:23")
@pytest.mark.parametrize(
    ("code", "hook", "action"),
    [("97161", ("covered", "no-auth"), NO_ACTION), ("97039", ("not-covered", None), NOT_CERTIFIED), ("97110", ("covered", "conditional"), PENDED)],
)
def test_each_way_of_billing_ends_as_the_hook_told(code: str, hook: tuple[str, str], action: str, clinic: System) -> None:
    answer = signing(Ehr(clinic), therapy(code))
    assert told(answer["systemActions"][0]["resource"]) == hook
    assert answered(clinic, asked(clinic, (CPT, code))).item(1).action == action


def test_a_request_that_leaves_open_how_it_is_billed_waits_for_a_person(clinic: System, physician: Staff) -> None:
    bundle = asked(clinic, (SNOMED, THERAPY["coding"][0]["code"]))
    assert answered(clinic, bundle).item(1).action == PENDED
    (waiting,) = physician.worklist()
    case = physician.call("GET", f"/um/authorizations/{waiting['number']}").get_json()
    assert "Name the one code that will be billed." in case["items"][0]["determination"]["because"]


@pytest.mark.parametrize(("performer", "hook", "action"), [(INSIDE, "no-auth", NO_ACTION), (OUTSIDE, "auth-needed", PENDED), ("", "conditional", PENDED)])
def test_who_performs_spares_the_asking_or_does_not(performer: str, hook: str, action: str, clinic: System) -> None:
    ehr = Ehr(clinic)
    heard = dispatching(ehr, therapy("97110"), organization(performer)) if performer else signing(ehr, therapy("97110"))
    assert told(heard["systemActions"][0]["resource"])[1] == hook
    assert answered(clinic, asked(clinic, (CPT, "97110"), performer=performer)).item(1).action == action


def test_what_needs_no_authorization_bears_no_number_closes_at_once_and_replays(clinic: System, physician: Staff) -> None:
    answer = answered(clinic, asked(clinic, (CPT, "97110"), performer=INSIDE))
    assert answer.item(1).number is None and any(INSIDE in note for note in answer.item(1).notes)
    assert physician.worklist() == []
    with clinic.plan.payer.store.reading() as tx:
        (number,) = tx.numbers()
    proof = prove(number, clinic.plan.payer)
    assert proof.holds and [replay.how for replay in proof.replays] == ["weighed anew from the received bytes"], proof


def test_more_than_is_left_of_the_limit_is_looked_at_inside_the_network_too(clinic: System) -> None:
    assert answered(clinic, asked(clinic, (CPT, "97110"), performer=INSIDE, visits=21)).item(1).action == PENDED


def test_what_was_certified_with_an_order_for_one_site_answers_no_request_for_another(clinic: System) -> None:
    ehr = Ehr(clinic)
    call = ehr.call()
    (entry,) = call["context"]["draftOrders"]["entry"]
    entry["resource"] = {**entry["resource"], "bodySite": [{"text": "left side"}]}
    granted = extension_value(extensions(ehr.ask(call)["systemActions"][0]["resource"], COVERAGE_INFORMATION)[0], "satisfied-pa-id")
    assert granted
    same, other = (_at(request_of(replace(oxygen(clinic), number=trace())), side) for side in ("left side", "right side"))
    assert answered(clinic, same).item(1).number == granted
    apart = answered(clinic, other).item(1)
    assert apart.action == CERTIFIED and apart.number != granted


def _at(bundle: Json, side: str) -> Json:
    bundle["entry"][0]["resource"]["item"][0]["bodySite"] = {"text": side}
    return bundle


def test_the_oxygen_request_is_unmoved_by_all_this(clinic: System) -> None:
    assert submit(clinic, oxygen(clinic)).item(1).action == CERTIFIED
