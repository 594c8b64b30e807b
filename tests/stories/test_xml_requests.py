"""A provider's system that speaks FHIR XML is heard and answered as one that speaks JSON."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fhir_pa.wiring import Payer
from ig_profiles import json, xml
from ig_profiles.reading import one
from ig_profiles.registry import open_set
from tests.fhir_pa.pas_bundles import bundle
from tests.packages import example
from tests.stories.conftest import Caller
from tests.stories.test_published_requests import PAS, REQUESTS, inquiry_about

XML = {"Content-Type": "application/fhir+xml", "Accept": "application/fhir+xml"}


def as_xml(resource: Any, guide: str) -> bytes:
    return xml.dump(resource, open_set(guide), pretty=True)


def from_xml(answer: Any, guide: str) -> Any:
    """The resource in an XML answer."""
    assert (answer.status_code, answer.mimetype) == (200, "application/fhir+xml"), answer.text
    return xml.parse(answer.data, open_set(guide))


def without_chance(answer: Any) -> bytes:
    """The answer without what is different each time: the numbers given, ids, moments."""
    text = json.dump(_sorted(answer)).decode()
    text = re.sub(r"P[AR][0-9A-Z]{8,}|[0-9a-f]{8}-[0-9a-f-]{27}", "#", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)", "#", text).encode()


def _sorted(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _sorted(node[key]) for key in sorted(node)}
    return [_sorted(each) for each in node] if isinstance(node, list) else node


@pytest.mark.parametrize("name", REQUESTS)
def test_a_published_request_in_xml_is_decided_and_found_as_in_json(name: str, caller_2_0: Caller, payer: Payer) -> None:
    sent = json.parse(example(PAS, name))
    in_json = json.parse(caller_2_0.post("Claim/$submit", sent).data)
    body = as_xml(sent, "2.0.1")
    in_xml = from_xml(caller_2_0.post("Claim/$submit", body, **XML), "2.0.1")
    assert without_chance(in_xml) == without_chance(in_json)

    number = in_xml["entry"][0]["resource"]["identifier"][-1]
    asked = inquiry_about(sent)
    found = from_xml(caller_2_0.post("Claim/$inquire", as_xml(asked, "2.0.1"), **XML), "2.0.1")
    assert number in [one(entry, "resource", "identifier") for entry in found["entry"]] or number in _numbers(found)
    assert without_chance(found) == without_chance(json.parse(caller_2_0.post("Claim/$inquire", asked).data))
    with payer.store.reading() as tx:
        assert [tx.received(case.submission).body for case in tx.pended() if tx.received(case.submission).body[:1] == b"<"] == [body], "kept byte for byte"


def _numbers(found: Any) -> list[Any]:
    return [identifier for entry in found["entry"] for identifier in entry["resource"].get("identifier", [])]


def test_what_came_in_xml_is_read_again_when_an_update_comes_in_json(caller_2_0: Caller, payer: Payer) -> None:
    first = json.parse(example(PAS, "Bundle-HomecareAuthorizationBundleExample.json"))
    before = from_xml(caller_2_0.post("Claim/$submit", as_xml(first, "2.0.1"), **XML), "2.0.1")
    after = json.parse(caller_2_0.post("Claim/$submit", example(PAS, "Bundle-HomecareAuthorizationUpdateBundleExample.json")).data)
    assert before["entry"][0]["resource"]["identifier"][-1] == after["entry"][0]["resource"]["identifier"][-1]
    with payer.store.reading() as tx:
        (case,) = tx.pended()
    assert case.revision > 1


def test_the_same_xml_again_gets_the_same_answer_and_opens_nothing(caller: Caller, payer: Payer) -> None:
    body = as_xml(bundle(guide=caller.guide), caller.guide)
    first, second = (caller.post("Claim/$submit", body, **XML) for _ in range(2))
    assert first.status_code == 200 and first.data == second.data
    again = caller.post("Claim/$submit", body, **{**XML, "Accept": "application/fhir+json"})
    assert json.parse(again.data) == from_xml(first, caller.guide), "the answer is one, whatever the format"


def test_a_fault_in_xml_is_told_with_line_and_column(caller: Caller) -> None:
    body = as_xml(bundle(guide=caller.guide), caller.guide).replace(b"<patient>", b"<pacient>", 1).replace(b"</patient>", b"</pacient>", 1)
    answer = caller.post("Claim/$submit", body, **XML)
    assert (answer.status_code, answer.mimetype) == (400, "application/fhir+xml")
    issue = xml.parse(answer.data, open_set(caller.guide))["issue"][0]
    line = next(number for number, text in enumerate(body.split(b"\n"), 1) if b"<pacient>" in text)
    assert issue["expression"] == ["Bundle.entry[0].resource.pacient"]
    assert f"line {line}, column" in issue["details"]["text"] and "Correct the name" in issue["details"]["text"]


def test_metadata_in_xml_says_what_metadata_in_json_says(caller: Caller) -> None:
    in_xml = from_xml(caller.http.get(f"{caller.base}/metadata?_format=xml"), caller.guide)
    assert in_xml == json.parse(caller.http.get(f"{caller.base}/metadata").data)
    assert in_xml["format"] == ["json", "xml"]


def test_an_xml_resource_is_validated_as_its_json_is(caller: Caller) -> None:
    claim = bundle(guide=caller.guide)["entry"][0]["resource"]
    claim["status"] = "ongoing"
    told = [issue["expression"] for issue in json.parse(caller.post("Claim/$validate", claim).data)["issue"]]
    assert ["Claim.status"] in told
    assert [issue["expression"] for issue in from_xml(caller.post("Claim/$validate", as_xml(claim, caller.guide), **XML), caller.guide)["issue"]] == told
