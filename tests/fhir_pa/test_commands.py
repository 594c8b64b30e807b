"""The command line as an operator meets it: it says what it did, and how to mend what it could not do."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.settings import read
from fhir_pa.storage.store import open_store
from fhir_pa.work.patience import Patience
from tests.builders import NOON, authorization
from tests.fhir_pa.storage_fixtures import subscription
from tests.fhir_pa.test_work_telling import DEAF, Receiver, tell
from tests.fhir_pa.web_parties import EC

PERSON = '[[person]]\nid = "quill"\nname = "Ada Quill, MD"\nroles = ["physician"]\nlicence = { number = "MD-0142", state = "OH" }\n'


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FHIR_PA_CONFIG", raising=False)
    return lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
def keys(tmp_path):
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [EC.as_dict(private=False)]}))
    return str(path)


def test_every_command_says_what_it_is_for():
    def each(group, path=()):
        for name, command in getattr(group, "commands", {}).items():
            yield (*path, name), command
            yield from each(command, (*path, name))

    for path, command in each(main):
        assert command.help and command.help.strip().endswith("."), f"{' '.join(path)} does not say in a sentence what it is for"


def test_settings_shows_values_sources_and_meanings(run):
    shown = run("settings", "--port", "9001").output
    assert "9001" in shown
    assert "from flag" in shown
    assert "The port to listen on." in shown


def test_a_client_added_is_known_from_then_on(run, keys, tmp_path):
    config = tmp_path / "fhir-pa.toml"
    config.write_text(PERSON)
    done = run("clients", "add", "oakwood-ehr", "--name", 'The "Oak" Clinic', "--jwks", keys, "--cds-issuer", "https://oak.example", "--config", str(config))
    assert done.exit_code == 0, done.output
    client = read({"config": str(config)}, {}).directory.client("oakwood-ehr")
    assert client.name == 'The "Oak" Clinic'
    assert client.jwks[0]["kid"] == "ec"
    assert "oakwood-ehr" in run("clients", "list", "--config", str(config)).output
    assert "quill" in run("people", "list", "--config", str(config)).output


def test_a_client_added_without_dtr_is_known_to_have_none(run, keys, tmp_path):
    config = tmp_path / "fhir-pa.toml"
    for name, more in (("plain", ["--no-dtr"]), ("able", [])):
        assert run("clients", "add", name, "--jwks", keys, *more, "--config", str(config)).exit_code == 0
    assert [client.dtr for client in read({"config": str(config)}, {}).directory.clients] == [False, True]
    assert config.read_text().count("dtr = ") == 1


def test_a_client_may_be_added_by_its_certificate_and_with_keys_of_its_hooks(run, tmp_path):
    config = tmp_path / "fhir-pa.toml"
    config.write_text('[server]\nclient_certificate_header = "Client-Cert"\ntrusted_proxies = ["10.2.0.7"]\n')
    hooks = ["--cds-issuer", "https://oak.example", "--cds-jwks-url", "https://oak.example/jwks.json"]
    done = run("clients", "add", "oak", "--certificate-uri", "https://oak.example", *hooks, "--config", str(config))
    assert done.exit_code == 0, done.output
    client = read({"config": str(config)}, {}).directory.client("oak")
    assert (client.certificate_uri, client.cds_jwks_url) == ("https://oak.example", "https://oak.example/jwks.json")


def test_a_client_added_without_a_file_is_printed_to_be_added(run, keys):
    done = run("clients", "add", "oakwood-ehr", "--jwks", keys)
    assert "[[client]]" in done.output
    assert 'id = "oakwood-ehr"' in done.output


def test_a_client_that_would_break_the_file_is_not_written(run, keys, tmp_path):
    config = tmp_path / "fhir-pa.toml"
    assert run("clients", "add", "oak", "--jwks", keys, "--config", str(config)).exit_code == 0
    before = config.read_text()
    again = run("clients", "add", "oak", "--jwks", keys, "--config", str(config))
    assert again.exit_code == 2
    assert "Give each its own" in again.output
    assert config.read_text() == before


def test_a_private_key_is_not_registered(run, tmp_path):
    path = tmp_path / "private.json"
    path.write_text(json.dumps({"keys": [EC.as_dict(private=True)]}))
    done = run("clients", "add", "oak", "--jwks", str(path), "--config", str(tmp_path / "f.toml"))
    assert done.exit_code == 2
    assert "public half" in done.output
    assert not (tmp_path / "f.toml").exists()


def test_a_person_gets_a_token_and_a_stranger_does_not(run, tmp_path):
    config = tmp_path / "fhir-pa.toml"
    config.write_text(PERSON)
    done = run("people", "token", "quill", "--config", str(config))
    assert done.exit_code == 0, done.output
    assert done.output.strip().count(".") == 2
    stranger = run("people", "token", "nobody", "--config", str(config))
    assert stranger.exit_code == 2
    assert "Listed: quill" in stranger.output


def test_reviews_are_for_the_payers_people(run, tmp_path):
    config = tmp_path / "fhir-pa.toml"
    config.write_text(PERSON)
    assert "Nothing waits for a person." in run("reviews", "list", "--as", "quill", "--config", str(config)).output
    assert run("reviews", "list", "--as", "nobody", "--config", str(config)).exit_code == 2
    missing = run("reviews", "show", "PA000", "--as", "quill", "--config", str(config))
    assert missing.exit_code == 2
    assert "PA000" in missing.output
    odd = run("reviews", "reopen", "PA1", "--items", "two", "--because", "x", "--as", "quill", "--config", str(config))
    assert "--items 2,3" in odd.output


def test_open_mode_off_loopback_does_not_start(run):
    done = run("serve", "--open", "--host", "0.0.0.0")
    assert done.exit_code == 2
    assert "register clients" in done.output


def test_every_mistake_in_the_file_is_told_without_a_traceback(run, tmp_path):
    (tmp_path / "f.toml").write_text('[[client]]\nid = "x"\n[server]\nprot = 1\n')
    done = run("serve", "--config", "f.toml")
    assert done.exit_code == 2
    assert "can never prove who it is" in done.output
    assert "'fhir-pa settings'" in done.output


def test_the_watching_process_counts_nothing_itself():
    """Shared counters need their folder named before prometheus_client is imported, which is in the processes it starts."""
    probe = "import sys, fhir_pa.cli; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def test_an_operator_sees_what_nobody_heard_and_has_it_told_again(run, tmp_path):
    assert "Every event was heard" in run("notices", "list").output
    store = open_store(data_dir=tmp_path / "fhir-pa-data")
    with store.transaction() as tx:
        tx.add_subscription(subscription())
        tx.add(authorization())
        tx.notify(authorization(), "pended", NOON)
    tell(store, Receiver([DEAF]), Patience(attempts=1))
    listed = run("notices", "list").output
    assert "s1  event 1  PA0001  pended" in listed and "The receiver answered 500." in listed
    refused = run("notices", "redeliver", "s1")
    assert refused.exit_code == 2 and "Its client has to update it first" in refused.output
    with store.transaction() as tx:
        tx.save_subscription(subscription())
    store.close()
    assert "1 event will be told again." in run("notices", "redeliver", "s1").output
    assert "Every event was heard, or is still being told." in run("notices", "list", "--subscription", "s1").output
    assert "No Subscription s9 is on file" in run("notices", "redeliver", "s9").output
