"""What we send ourselves: every required element is there with a value, or says by the guide's own extension why it is not (HRex 1.2 §conformance)."""

from __future__ import annotations

from copy import deepcopy

import pytest

from fhir_pa.provider.pas.request import request_of
from ig_profiles import json
from ig_profiles.names import DATA_ABSENT_REASON_EXTENSION
from ig_profiles.reading import Json, extension_value, many
from tests.stories.asking import BORDERLINE, inquiry, oxygen, scans
from tests.stories.ehr import Ehr
from tests.stories.own_words import faults
from tests.stories.parties import System


def claim_response(bundle: Json) -> Json:
    return next(each for each in many(bundle, "entry", "resource") if each["resourceType"] == "ClaimResponse")


@pytest.mark.requirement("hrex-1.2:conf-3", "pas-2.0.1:216")
def test_every_required_element_of_our_answers_has_a_value(clinic: System) -> None:
    certified, pended = oxygen(clinic), oxygen(clinic, BORDERLINE)
    answers = [clinic.post("Claim/$submit", request_of(each)) for each in (certified, pended, scans(clinic))]
    for answer in answers + [clinic.post("Claim/$inquire", inquiry(certified))]:
        assert faults(answer, clinic.guide) == []
    orders = many(Ehr(clinic).ask(Ehr(clinic).call(BORDERLINE)), "systemActions", "resource")
    assert orders and [issue for order in orders for issue in faults(order, clinic.guide) if ".extension[" in (issue.expression or "")] == []


@pytest.mark.parametrize("element", ["outcome", "created", "insurer", "status", "patient"])
def test_an_answer_short_of_a_required_element_would_be_noticed(clinic: System, element: str) -> None:
    answer = clinic.post("Claim/$submit", request_of(oxygen(clinic)))
    short = deepcopy(answer)
    del claim_response(short)[element]
    assert element in " ".join(issue.text for issue in faults(short, clinic.guide))


@pytest.mark.requirement("hrex-1.2:conf-5", "pas-2.0.1:218")
@pytest.mark.pas_trap(23)
def test_an_answer_that_cannot_name_its_request_says_so_by_the_extension_for_it(clinic: System) -> None:
    sent = json.parse(json.dump(request_of(oxygen(clinic))))
    claim = next(each for each in many(sent, "entry", "resource") if each["resourceType"] == "Claim")
    del claim["identifier"]
    for entry in sent["entry"]:
        if entry["resource"] is claim:
            entry["fullUrl"] = "urn:uuid:0b5b7a9c-5f0e-4c43-9f4e-2f7c2f9d7a01"
    request = claim_response(clinic.post("Claim/$submit", sent))["request"]
    assert extension_value(request, DATA_ABSENT_REASON_EXTENSION) == "unknown" and "reference" not in request
