"""What a server says it really searched for decides whether its answer is believed, and whether it may be all there is."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.prefetch import ask
from cds_hooks.request import HookRequest
from ig_profiles.reading import Json
from tests.cds_hooks.builders import PATIENT, bundle, call, coverage, heard

EHR = "https://ehr.example/fhir"
QUERY = "Observation?patient=p1&code=http%3A%2F%2Floinc.org%7C59408-5"


def searchset(ran: str | None, **more: Any) -> Json:
    """One observation, with the search the server says it ran."""
    link = [{"relation": "self", "url": ran}] if ran else []
    return {**bundle({"resourceType": "Observation", "id": "o1"}), "type": "searchset", "link": link, **more}


def asked(answer: Json, query: str = QUERY) -> HookRequest:
    return ask(heard(call(fhirServer=EHR)), [query], lambda _: answer)


def believed(request: HookRequest) -> bool:
    return next(request.index.of_type("Observation"), None) is not None


FAITHFUL = [
    None,
    f"{EHR}/{QUERY}",
    f"{EHR}/Observation?patient=Patient/p1&code=59408-5",
    f"{EHR}/Observation?subject%3APatient=p1",
    f"{EHR}/Observation?their-name-for-patient=p1",
    f"{EHR}/{QUERY}&_count=50&_sort=-date&_format=json",
    f"{EHR}?_getpages=17&_getpagesoffset=0",
    f"{EHR}/Observation",
    "https://[not-a-url",
]


@pytest.mark.parametrize("ran", FAITHFUL)
def test_a_search_of_this_patient_is_believed_whatever_else_it_says(ran: str | None) -> None:
    request = asked(searchset(ran))
    assert believed(request) and request.troubles == ()


def test_a_code_the_server_left_out_brings_more_than_was_asked_for_and_does_no_harm() -> None:
    assert asked(searchset(f"{EHR}/Observation?patient=p1")).troubles == ()


@pytest.mark.parametrize("ran", [f"{EHR}/Observation?patient=p2", f"{EHR}/Observation?subject=Patient/p2", f"{EHR}/Observation?code=59408-5"])
def test_a_search_of_others_is_left_aside_and_said_to_be(ran: str) -> None:
    request = asked(searchset(ran))
    assert not believed(request)
    assert request.troubles == ("The EHR searched Observation of others than this patient, so what it found was left aside.",)


def test_a_search_that_names_no_patient_because_we_named_none_is_believed() -> None:
    assert believed(asked(searchset(f"{EHR}/Observation?code=1"), "Observation?code=1"))


def test_a_search_the_server_narrowed_is_used_and_not_taken_for_all_there_is() -> None:
    request = asked(searchset(f"{EHR}/{QUERY}&date=ge2026-01-01&_summary=true"))
    assert believed(request)
    assert request.troubles == ("The EHR limited its search for Observation by date and _summary; there may be more.",)


def test_prefetch_of_somebody_else_is_left_aside() -> None:
    prefetch = {"patient": PATIENT, "coverage": bundle(coverage()), "observations": searchset(f"{EHR}/Observation?patient=p2")}
    request = heard(call(prefetch=prefetch))
    assert not believed(request)
    assert request.troubles == ("The EHR sent observations of others than this patient, which was left aside.",)


def test_a_first_page_without_leave_to_read_the_rest_is_said_to_be_one() -> None:
    first = searchset(None, link=[{"relation": "next", "url": f"{EHR}/Observation?page=2"}])
    prefetch = {"patient": PATIENT, "coverage": bundle(coverage()), "observations": first}
    assert heard(call(prefetch=prefetch)).troubles == ("The EHR sent only the first page of observations.",)
    leave = {"access_token": "t", "token_type": "Bearer", "expires_in": 30, "scope": "patient/*.rs"}
    assert heard(call(prefetch=prefetch, fhirServer=EHR, fhirAuthorization=leave)).troubles == ()
