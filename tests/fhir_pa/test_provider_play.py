"""What the scenes are played with: the narrator counts failures, the payer's file is one the payer takes, processes start and stop."""

import tomllib
from datetime import date
from types import SimpleNamespace

import pytest
import requests

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.play.day import DAY, leave_a_day
from fhir_pa.provider.play.narrator import Narrator
from fhir_pa.provider.play.payer_file import payer_file
from fhir_pa.provider.play.processes import NotReady, Processes, free_port
from fhir_pa.settings import read

TODAY = date(2026, 11, 21)
PAYER, EHR = "http://127.0.0.1:8080", "http://127.0.0.1:9090"


@pytest.fixture
def told():
    return []


def test_a_check_that_fails_says_expected_and_got(told):
    narrator = Narrator(told.append)
    narrator.check("the order is certified", "A4", "A1")
    assert narrator.failures == ["the order is certified: expected 'A1', got 'A4'"]
    assert told[-1].strip().startswith("✗")


def test_a_check_that_holds_is_told_and_not_counted(told):
    narrator = Narrator(told.append)
    narrator.check("the order is certified", "A1", "A1")
    assert narrator.failures == []
    assert told == ["       ✓ the order is certified"]


def test_a_scene_that_breaks_off_is_a_failure_and_the_next_one_plays(told):
    narrator = Narrator(told.append)
    with narrator.scene("Scene 1, certified: Orla"):
        raise ConnectionError("nobody there")
    with narrator.scene("Scene 2: Teodric"):
        narrator.step("something is asked", 12.4)
    assert narrator.failures == ["Scene 1, certified broke off: ConnectionError: nobody there"]
    assert told[-1].startswith("  1. something is asked")
    assert told[-1].endswith("12 ms")
    narrator.conclude("the rest was fine")
    assert told[-2].startswith("1 thing(s)")


def test_what_of_the_day_cannot_be_brought_about_is_told_each_by_its_name(told):
    nobody = SimpleNamespace(today=TODAY, narrator=Narrator(told.append), charts=SimpleNamespace(by_patient={}))
    assert leave_a_day(nobody) == ()
    assert [failure.partition(". ")[0] for failure in nobody.narrator.failures] == [f"The day lacks this: {what}" for what in DAY]


def test_the_payers_file_is_one_the_payer_takes(tmp_path):
    keys = Keys.new()
    text = payer_file(PAYER, EHR, keys, charts_on(TODAY), TODAY)
    (tmp_path / "fhir-pa.toml").write_text(text)
    directory = read({"config": str(tmp_path / "fhir-pa.toml")}, {}).directory
    assert [person.id for person in directory.people] == ["finch", "quill", "marrow", "halloway", "burnet", "vetch", "medlar", "lovage", "yarrow"]
    assert [person.roles for person in directory.people][:2] == [("nurse",), ("physician",)]
    assert all(person.licence.in_force(TODAY) for person in directory.people if {"nurse", "physician"} & set(person.roles))
    assert {member.id for member in directory.members} == {"SYN-01", "SYN-13", "SYN-04"}
    client = directory.client("oakwood-ehr")
    assert client.cds_jwks_url == f"{EHR}/jwks.json"
    assert client.organizations == ("9000100013",)


def test_the_payers_file_holds_public_keys_only():
    text = payer_file(PAYER, EHR, Keys.new(), charts_on(TODAY), TODAY)
    [client] = tomllib.loads(text)["client"]
    assert all("d" not in key for key in client["jwks"]["keys"])


def test_the_ehr_runs_as_a_process_of_its_own_and_ends_when_asked(tmp_path):
    port = free_port()
    processes = Processes(tmp_path)
    url = f"http://127.0.0.1:{port}"
    arguments = ["fhir_pa.provider.serve", "--port", str(port), "--keys", str(tmp_path / "keys.json"), "--today", str(TODAY)]
    processes.start("provider", arguments, f"{url}/fhir/metadata", {"FHIR_PA_PROVIDER_SECRET": "Bearer s"})
    try:
        assert requests.get(f"{url}/inbox", timeout=5).json() == {"notifications": []}
        assert len(requests.get(f"{url}/jwks.json", timeout=5).json()["keys"]) == 2
    finally:
        processes.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/inbox", timeout=5)


def test_the_clinicians_app_runs_as_a_process_of_its_own(tmp_path):
    Keys.new().save(tmp_path / "keys.json")
    url = f"http://127.0.0.1:{free_port()}"
    processes = Processes(tmp_path)
    parties = ["--ehr", "http://127.0.0.1:9", "--payer", "http://127.0.0.1:9/v2.2/fhir"]
    arguments = ["fhir_pa.provider.clinician.serve", "--port", url.rpartition(":")[2], "--keys", str(tmp_path / "keys.json"), *parties]
    processes.start("app", arguments, f"{url}/supported-payers")
    try:
        assert "The chart cannot be reached." in requests.get(f"{url}/standalone", timeout=5).text
        assert "export" in requests.get(f"{url}/page/form/tree.js", timeout=5).text
    finally:
        processes.stop()


def test_a_process_that_cannot_start_is_told_with_the_end_of_its_log(tmp_path):
    with pytest.raises(NotReady, match="no_such_module"):
        Processes(tmp_path).start("payer", ["fhir_pa.no_such_module"], "http://127.0.0.1:9/")
