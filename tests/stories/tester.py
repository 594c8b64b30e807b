"""Somebody with a folder of test data and a payer started from it: plays its situations from the files alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from fhir_pa.operations.notices.deliver import deliver
from fhir_pa.provider.ehr import build
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.testdata.folder import KEYS, MANIFEST, PROOFS, write_folder
from fhir_pa.provider.testdata.proofs import FORM
from fhir_pa.provider.testdata.told import SECRET as NOTICES
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


@dataclass
class Tester:
    """Somebody with a folder of test data, a payer started from it, and no other knowledge."""

    folder: Path
    payer: Payer
    http: FlaskClient
    taken: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, Json]] = field(default_factory=list)  # everything answered, with the guide it was asked in

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
            body = json.parse(answer.data) if answer.is_json and answer.data else {}
            self.answers.append((guide, body))
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
        return (self.folder / str(step["proof"])).read_text()

    def tell(self) -> None:
        """The payer's background work."""
        with self.payer.store.reading() as tx:
            listening = tx.subscriptions(self.manifest["client"])
        for each in listening:
            Teller(self.payer.store, partial(deliver, payer=self.payer)).tell(each.id, "story", lambda: False)


def holds(expression: str, body: Any) -> bool:
    """Whether a FHIRPath expression is true of an answer."""
    return fhirpath.compile(expression).evaluate(body) == [True]


@contextmanager
def folder_opened(folder: Path, lent: Lent) -> Iterator[Tester]:
    """The folder, the payer it configures, and the test EHR it names, all as its README says."""
    clock, ehr = Clock(), EhrServer()
    write_folder(folder, ("2.0.1", "2.2"), PAYER_URL, ehr.url, NOW)
    ehr.open(build(charts_on(NOW.date()), Keys.load(folder / KEYS), ehr.url, NOTICES, clock))
    opened = open_payer(read({"config": str(folder / "fhir-pa.toml"), "data_directory": folder / "data"}, {}), clock)
    opened.facts.close()
    payer = replace(opened, facts=lent.facts)
    try:
        with heard(create_app(payer, OFFERED)) as http:
            yield Tester(folder, payer, http)
    finally:
        payer.store.close()
        ehr.close()
