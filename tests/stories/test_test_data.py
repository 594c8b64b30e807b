"""The test data keeps its word: every situation in a written folder, played from its files alone, comes out as the manifest says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from fhir_pa.cli import main
from fhir_pa.operations.deliver import deliver
from fhir_pa.provider.ehr import build
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.testdata.folder import KEYS, MANIFEST, PROOFS, situations, write_folder
from fhir_pa.provider.testdata.later import SECRET as NOTICES
from fhir_pa.provider.testdata.proofs import FORM, token_name
from fhir_pa.settings import read
from fhir_pa.web.app import authenticator_for, create_app
from fhir_pa.web.process import OFFERED
from fhir_pa.wiring import Payer, open_payer
from fhir_pa.work.telling import Teller
from ig_profiles import fhirpath, json
from ig_profiles.reading import Json
from tests.stories.ehr_server import EhrServer
from tests.stories.own_words import heard
from tests.stories.parties import NOW, PAYER_URL, Clock, Lent

NAMES = [(guide, each.name) for guide in ("2.0.1", "2.2") for each in situations(guide, "http://ehr.example", NOW)]


@dataclass
class Tester:
    """Somebody with a folder of test data, a payer started from it, and no other knowledge."""

    folder: Path
    payer: Payer
    http: FlaskClient
    taken: dict[str, str] = field(default_factory=dict)

    @property
    def manifest(self) -> Json:
        """The index of the folder."""
        return dict(json.parse((self.folder / MANIFEST).read_bytes()))

    def play(self, guide: str, name: str) -> list[str]:
        """Every step of a situation; what did not hold."""
        (situation,) = [each for each in self.manifest["situations"] if (each["guide"], each["name"]) == (guide, name)]
        wrong: list[str] = []
        for step in situation["steps"]:
            answer = self.call(step)
            body = json.parse(answer.data) if answer.data else {}
            if answer.status_code != step["status"]:
                wrong.append(f"{step['does']}: {answer.status_code} {answer.text[:400]}")
                break
            wrong += [f"{step['does']}: {each['says']}: {each['fhirpath']}" for each in step["holds"] if not holds(each["fhirpath"], body)]
            self.taken |= {key: str(fhirpath.compile(path).evaluate(body)[0]) for key, path in step.get("take", {}).items()}
            self.tell()
        return wrong

    def call(self, step: Json) -> Any:
        """One call, its path filled in from what was taken before."""
        proof = {"system": self.system, "reviewer": self.reviewer, "ehr": self.ehr}[step["as"]](step)
        data = (self.folder / step["body"]).read_bytes() if "body" in step else None
        kind = {"Content-Type": step["content_type"]} if "body" in step else {}
        return self.http.open(step["path"].format(**self.taken), method=step["method"], data=data, headers={"Authorization": f"Bearer {proof}", **kind})

    def system(self, step: Json) -> str:
        """The access token, asked for once with the form in the folder."""
        if "token" not in self.taken:
            form = (self.folder / PROOFS / FORM).read_bytes()
            granted = self.http.post("/oauth/token", data=form, content_type="application/x-www-form-urlencoded")
            assert granted.status_code == 200, granted.text
            self.taken["token"] = granted.get_json()["access_token"]
        return self.taken["token"]

    def reviewer(self, step: Json) -> str:
        """The token that ``fhir-pa people token`` prints."""
        return authenticator_for(self.payer).mint.person_token(self.manifest["reviewer"])

    def ehr(self, step: Json) -> str:
        """The JWT of the folder for this address."""
        return (self.folder / PROOFS / token_name(step["path"])).read_text()

    def tell(self) -> None:
        """The payer's background work."""
        with self.payer.store.reading() as tx:
            listening = tx.subscriptions(self.manifest["client"])
        for each in listening:
            Teller(self.payer.store, partial(deliver, payer=self.payer)).tell(each.id, "story", lambda: False)


def holds(expression: str, body: Any) -> bool:
    """Whether a FHIRPath expression is true of an answer."""
    return fhirpath.compile(expression).evaluate(body) == [True]


@pytest.fixture(scope="module")
def tester(tmp_path_factory: pytest.TempPathFactory, lent: Lent) -> Iterator[Tester]:
    """The folder, the payer it configures, and the test EHR it names, all as its README says."""
    folder, clock, ehr = tmp_path_factory.mktemp("test-data"), Clock(), EhrServer()
    write_folder(folder, ("2.0.1", "2.2"), PAYER_URL, ehr.url, NOW)
    ehr.open(build(charts_on(NOW.date()), Keys.load(folder / KEYS), ehr.url, NOTICES, clock))
    opened = open_payer(read({"config": str(folder / "fhir-pa.toml"), "data_directory": folder / "data"}, {}), clock)
    opened.facts.close()
    payer = replace(opened, facts=lent.facts)
    with heard(create_app(payer, OFFERED)) as http:
        yield Tester(folder, payer, http)
    payer.store.close()
    ehr.close()


@pytest.mark.parametrize(("guide", "name"), NAMES, ids=[f"{guide}-{name}" for guide, name in NAMES])
def test_every_situation_comes_out_as_the_manifest_promises(tester: Tester, guide: str, name: str) -> None:
    assert tester.play(guide, name) == []


def test_certified_denied_pended_partial_and_error_can_each_be_had_in_one_exchange(tester: Tester) -> None:
    for guide in ("2.0.1", "2.2"):
        once = {each["name"] for each in tester.manifest["situations"] if each["guide"] == guide and len(each["steps"]) == 1}
        assert {"certified", "denied", "pended", "partial", "error-member", "unprocessable"} <= once


def test_the_command_writes_a_folder_and_signs_its_proofs_anew(tmp_path: Path) -> None:
    written = CliRunner().invoke(main, ["testdata", str(tmp_path / "data"), "--guide", "2.2", "--payer-url", "https://payer.example/"])
    assert written.exit_code == 0 and "README.md" in written.output
    listed = json.parse((tmp_path / "data" / MANIFEST).read_bytes())
    assert {each["guide"] for each in listed["situations"]} == {"2.2"} and listed["payer"] == "https://payer.example"
    before = (tmp_path / "data" / PROOFS / FORM).read_text()
    assert CliRunner().invoke(main, ["testdata", str(tmp_path / "data"), "--proofs"]).exit_code == 0
    assert (tmp_path / "data" / PROOFS / FORM).read_text() != before
    refused = CliRunner().invoke(main, ["testdata", str(tmp_path / "nothing"), "--proofs"])
    assert refused.exit_code == 2 and "Write it first: fhir-pa testdata" in refused.output


def test_every_file_the_readme_names_is_there(tester: Tester) -> None:
    readme = (tester.folder / "README.md").read_text()
    named = {word for word in readme.split("`")[1::2] if word.startswith(("v2.", "proofs/"))}
    assert len(named) > 60 and all((tester.folder / each).is_file() for each in named)
