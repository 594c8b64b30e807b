"""What is asked of an EHR during a call is bounded in time, sent with the token of the call, and in the words of that server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.outbound import ehr as outbound
from fhir_pa.outbound.breaker import Breaker, Rule
from fhir_pa.outbound.ehr import Base, Ehr, Patience
from fhir_pa.outbound.guarded import Limits, NotReached, Reply
from fhir_pa.outbound.search_names import translated
from fhir_pa.settings import Misconfigured, read

URL = "https://ehr.example/fhir"
BASE = Base(URL, (URL,))
FOUND = Reply(200, b'{"resourceType": "Patient", "id": "p1"}', {})


class Far:
    """The other side: what it was asked, and what it does then."""

    def __init__(self, does: Callable[[Limits], Reply]) -> None:
        self.does = does
        self.asked: list[tuple[str, dict[str, str], Limits]] = []

    def __call__(self, url: str, prefixes: Any, headers: dict[str, str], limits: Limits, networks: Any) -> Reply:
        self.asked.append((url, headers, limits))
        return self.does(limits)


def silent(limits: Limits) -> Reply:
    """Nothing for as long as is allowed."""
    threading.Event().wait(limits.total)
    raise NotReached("https://ehr.example could not be reached (ReadTimeout).")


def refusing(limits: Limits) -> Reply:
    """Nobody at home, said at once."""
    raise NotReached("https://ehr.example could not be reached (ConnectionError).")


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Limits], Reply]], Far]:
    def put(does: Callable[[Limits], Reply]) -> Far:
        there = Far(does)
        monkeypatch.setattr(outbound, "fetch", there)
        return there

    return put


def test_the_token_of_the_call_goes_along(far):
    there = far(lambda _: FOUND)
    assert Ehr(BASE, "secret").fetch("Patient/p1") == {"resourceType": "Patient", "id": "p1"}
    assert there.asked[0][:2] == (f"{URL}/Patient/p1", {"Authorization": "Bearer secret"})


@pytest.mark.requirement("crd-2.0.1:5", "crd-2.0.1:6", "crd-2.2:found-2")
def test_no_query_is_given_more_time_than_one_query_may_take_or_than_is_left_of_the_call(far):
    there = far(lambda _: FOUND)
    for patience, most in ((Patience(each=0.5, total=60), 0.5), (Patience(each=60, total=0.5), 0.5)):
        Ehr(BASE, None, patience).fetch("Patient/p1")
        limits = there.asked[-1][2]
        assert max(limits.connect, limits.read, limits.total) <= most


def test_once_the_time_of_the_call_is_over_nothing_more_is_asked(far):
    there = far(lambda _: FOUND)
    assert Ehr(BASE, None, Patience(total=0)).fetch("Patient/p1") is None and there.asked == []


@pytest.mark.requirement("crd-2.0.1:5", "crd-2.0.1:6", "crd-2.2:found-2")
def test_nobody_waits_for_a_query_that_never_ends():
    never = threading.Event()

    def ask(query: str) -> Any:
        return {"id": query} if query == "quick" else never.wait(60)

    told = list(Ehr(BASE, None, Patience(total=0.3)).together(ask, ["quick", "stuck", "quick"]))
    never.set()
    assert told == [{"id": "quick"}, None, {"id": "quick"}]


def test_an_ehr_that_is_silent_three_times_is_not_asked_the_fourth_time(far):
    there, breaker = far(silent), Breaker(Rule(after=3))
    for _ in range(4):
        assert Ehr(BASE, None, Patience(each=0.01), breaker).fetch("Patient/p1") is None
    assert len(there.asked) == 3


def test_an_ehr_that_refuses_at_once_costs_nothing_and_is_asked_every_time(far):
    there, breaker = far(refusing), Breaker(Rule(after=3))
    for _ in range(5):
        assert Ehr(BASE, None, Patience(), breaker).fetch("Patient/p1") is None
    assert len(there.asked) == 5


def test_a_base_nobody_registered_is_told_apart():
    assert BASE.is_registered and not Base("https://elsewhere.example/fhir", (URL,)).is_registered


NAMES = {"Observation.patient": "subject", "Observation.code": "code-value", "MedicationRequest.intent": ""}


@pytest.mark.requirement("crd-2.0.1:60")
def test_a_search_is_sent_in_the_words_of_a_server_that_names_its_parameters_otherwise(far):
    there = far(lambda _: FOUND)
    named = Ehr(Base(URL, (URL,), names=NAMES), None)
    for query in ("Observation?patient=p1&code=http%3A%2F%2Floinc.org%7C1", "MedicationRequest?patient=p1&intent=order", "Patient/p1", "?_page=2"):
        named.fetch(query)
    assert [url.removeprefix(URL) for url, _, _ in there.asked] == [
        "/Observation?subject=p1&code-value=http%3A%2F%2Floinc.org%7C1",
        "/MedicationRequest?patient=p1",
        "/Patient/p1",
        "?_page=2",
    ]


QUERIES = [
    ("Patient/p1", "Patient/p1"),
    ("Observation", "Observation"),
    ("Condition?patient=p1", "Condition?patient=p1"),
    ("MedicationRequest?intent=order", "MedicationRequest"),
    ("Observation?patient", "Observation?subject"),
]


@pytest.mark.parametrize(("ours", "theirs"), QUERIES)
def test_only_named_parameters_change_and_one_the_server_does_not_know_is_left_out(ours: str, theirs: str):
    assert translated(ours, NAMES) == theirs


CLIENT = '[[client]]\nid = "oakwood"\njwks_url = "https://ehr.example/jwks.json"\nsearch_parameters = '


@pytest.mark.requirement("crd-2.0.1:60")
def test_the_names_of_a_clients_server_are_registered_with_the_client(tmp_path: Path):
    config = tmp_path / "fhir-pa.toml"
    config.write_text(CLIENT + '{ "Observation.code" = "code-value", "MedicationRequest.intent" = "" }\n')
    client = read({"config": str(config)}, {}).directory.client("oakwood")
    assert client is not None and client.search_parameters == {"Observation.code": "code-value", "MedicationRequest.intent": ""}


@pytest.mark.parametrize("written", ['"code"', '{ code = "code-value" }', '{ "Observation.code" = "code&_count=1" }', '{ "Observation.code" = 1 }'])
def test_names_that_could_not_be_sent_are_refused_with_how_to_write_them(tmp_path: Path, written: str):
    config = tmp_path / "fhir-pa.toml"
    config.write_text(CLIENT + written + "\n")
    with pytest.raises(Misconfigured, match=r'oakwood search_parameters .*Write e\.g\. \{ "Observation\.code" = "code-value" \}'):
        read({"config": str(config)}, {})
