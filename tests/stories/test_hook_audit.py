"""Kept hook calls in a dispute: auditors find them, read what was said when, and everybody can tell later that they looked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.provider.play.payer_file import CLIENT_ID, NURSE, PULMONOLOGIST
from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extension_value, extensions, many
from tests.stories.asking import BORDERLINE, SHORT_OF_OXYGEN
from tests.stories.ehr import Ehr, said
from tests.stories.parties import AUDITOR, CLERK, NOW, Lent, Plan, Staff, System, open_plan

PLACES = ["/um/hook-calls", "/um/hook-calls/x", "/um/assertions/x", "/um/looks"]


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    return Ehr(clinic)


@pytest.fixture
def auditor(plan: Plan) -> Staff:
    return Staff(plan, AUDITOR)


def seen(auditor: Staff, place: str, status: int = 200) -> Json:
    answer = auditor.call("GET", place)
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def found(auditor: Staff, **asked: str) -> list[Json]:
    return list(seen(auditor, "/um/hook-calls?" + "&".join(f"{name}={value}" for name, value in asked.items()))["calls"])


@pytest.mark.requirement("crd-2.0.1:76", "crd-2.2:found-37")
def test_an_auditor_finds_a_call_and_reads_what_came_and_what_was_answered_without_any_token(ehr: Ehr, auditor: Staff) -> None:
    sent = ehr.call()
    answer = ehr.ask(sent)
    ehr.ask(ehr.call(BORDERLINE))
    today = str(NOW.date())
    ways = [
        {"instance": sent["hookInstance"]},
        {"patient": SHORT_OF_OXYGEN, "from": today, "until": today},
        {"client": CLIENT_ID, "hook": "order-sign", "patient": SHORT_OF_OXYGEN, "from": today, "until": today},
    ]
    (first,), *others = [found(auditor, **way) for way in ways]
    assert others == [[first]] * 2 and first["client"] == CLIENT_ID
    assert len(found(auditor, client=CLIENT_ID)) == 2 and found(auditor, until="2026-11-20") == found(auditor, hook="order-select") == []
    whole = seen(auditor, f"/um/hook-calls/{first['id']}")
    assert whole["answer"] == answer
    assert whole["request"] == {name: value for name, value in sent.items() if name != "fhirAuthorization"}
    assert sent["fhirAuthorization"]["access_token"] not in json.dump(whole).decode()


@pytest.mark.requirement("crd-2.0.1:79")
@pytest.mark.parametrize("place", PLACES)
def test_nobody_but_an_auditor_may_look(ehr: Ehr, plan: Plan, place: str) -> None:
    ehr.sign()
    for person in (NURSE, PULMONOLOGIST, CLERK):
        refused = Staff(plan, person).call("GET", place)
        assert refused.status_code == 403
        assert "only auditors may read what was kept of hook calls" in json.parse(refused.data)["issue"][0]["details"]["text"]
    assert ehr.clinic.http.get(place, headers=ehr.clinic.proof()).status_code == 403
    assert ehr.clinic.http.get(place).status_code == 401
    with plan.payer.store.reading() as tx:
        assert tx.looks(10) == []


@pytest.mark.requirement("crd-2.0.1:80", "hrex-1.2:sec-19")
def test_each_look_is_itself_on_record_before_it_is_answered(ehr: Ehr, auditor: Staff, plan: Plan) -> None:
    (told,) = ehr.sign()
    (call,) = found(auditor, hook="order-sign")
    assert seen(auditor, f"/um/hook-calls/{call['id']}")["looked_at"] == []
    plan.clock.turn(minutes=3)
    (before,) = seen(auditor, f"/um/hook-calls/{call['id']}")["looked_at"]
    assert (before["person"], before["how"], before["what"], before["about"]) == (AUDITOR, "person token", "read a hook call", call["id"])
    assert before["at"] == NOW.isoformat()
    seen(auditor, f"/um/assertions/{told.assertion_id}")
    seen(auditor, "/um/looks")
    looks = seen(auditor, "/um/looks")["looks"]
    assert sorted(look["what"] for look in looks) == sorted(
        ["searched hook calls", "read a hook call", "read a hook call", "followed an assertion", "listed looks"]
    )
    assert {"hook": "order-sign"} in [json.parse(look["about"].encode()) for look in looks if look["what"] == "searched hook calls"]


@pytest.mark.requirement("crd-2.2:found-11", "crd-2.2:found-37")
def test_an_assertion_shows_every_call_about_it_and_what_each_was_told_in_order(ehr: Ehr, auditor: Staff, plan: Plan) -> None:
    first = ehr.ask(ehr.call(BORDERLINE))
    (told,) = said(first)
    plan.clock.turn(minutes=5)
    annotated = [{"resource": order} for order in many(first, "systemActions", "resource")]
    body = ehr.call(BORDERLINE)
    body["context"]["draftOrders"]["entry"] = annotated
    ehr.ask(body)
    ehr.ask(ehr.call(SHORT_OF_OXYGEN))
    page = seen(auditor, f"/um/assertions/{told.assertion_id}")
    assert (page["id"], page["client"]) == (told.assertion_id, CLIENT_ID) and page["policy"].startswith("home_oxygen ")
    earlier, later = page["calls"]
    assert earlier["at"] < later["at"]
    written = many(first, "systemActions", "resource")[0]
    assert earlier["said"] == extensions(written, COVERAGE_INFORMATION) and extension_value(earlier["said"][0], "coverage-assertion-id") == told.assertion_id
    assert later["said"] == [], "nothing new was told: what was said before held"
    assert later["hook_instance"] == body["hookInstance"]


def test_what_is_not_there_or_cannot_be_asked_is_told_with_the_way_on(auditor: Staff) -> None:
    wrong = {
        "/um/hook-calls/none": (404, "Search for it by client, hook and day"),
        "/um/assertions/none": (404, "Take the coverage-assertion-id from the order"),
        "/um/hook-calls?member=1": (422, "Use client, hook, instance, patient, from, until"),
        "/um/hook-calls?from=yesterday": (422, "Write it as 2026-11-21"),
        "/um/hook-calls?patient=p1": (422, "Add from and until"),
    }
    for place, (status, mend) in wrong.items():
        assert mend in seen(auditor, place, status)["issue"][0]["details"]["text"], place


@pytest.fixture
def closed(tmp_path: Path, lent: Lent) -> Iterator[tuple[list[str], Json]]:
    """A payer that answered a call and is no longer running: the flags by which its files are found, and what it was sent."""
    with open_plan(tmp_path, lent) as plan:
        sent = Ehr(System(plan, CLIENT_ID, "2.2")).call()
        answer = Ehr(System(plan, CLIENT_ID, "2.2")).ask(sent)
    yield ["--config", str(tmp_path / "fhir-pa.toml"), "--data-directory", str(tmp_path / "data")], {"sent": sent, "answer": answer}


def run(*words: str) -> Any:
    return CliRunner().invoke(main, ["audit", *words])


@pytest.mark.requirement("crd-2.0.1:79", "crd-2.0.1:80")
def test_at_the_terminal_auditors_see_the_same_and_leave_the_same_trace(closed: tuple[list[str], Json]) -> None:
    place, kept = closed
    listed = run("hooks", "--as", AUDITOR, "--instance", kept["sent"]["hookInstance"], *place)
    assert listed.exit_code == 0, listed.output
    call_id = listed.output.split()[0]
    assert json.parse(run("hook", call_id, "--as", AUDITOR, *place).output.encode())["answer"] == kept["answer"]
    (told,) = said(kept["answer"])
    assert json.parse(run("assertion", told.assertion_id, "--as", AUDITOR, *place).output.encode())["calls"][0]["id"] == call_id
    looks = run("looks", "--as", AUDITOR, *place).output.splitlines()
    assert len(looks) == 3 and all(f"{AUDITOR}  command line" in line for line in looks)
    refused = run("hooks", "--as", CLERK, *place)
    assert refused.exit_code == 2 and "only auditors may" in refused.output
