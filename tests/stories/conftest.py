"""A payer running in this process, and callers who reach it the way the world does: over its HTTP interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID, COORDINATOR, NURSE, PULMONOLOGIST
from fhir_pa.settings import read
from fhir_pa.web.app import create_app
from fhir_pa.web.process import OFFERED
from fhir_pa.wiring import Payer, open_payer
from ig_profiles import json
from tests.stories.asking import BORDERLINE, DENIAL, oxygen, submit
from tests.stories.own_words import heard
from tests.stories.parties import Lent, Plan, Staff, System, open_plan
from tests.stories.practice_parties import AtPractice

BASES = {"2.0.1": "/v2.0/fhir", "2.2": "/v2.2/fhir"}


@dataclass
class Caller:
    """Somebody on this machine who posts to an open payer; ``base`` is the FHIR base of the guide he speaks."""

    http: FlaskClient
    guide: str

    @property
    def base(self) -> str:
        return BASES[self.guide]

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """POST a resource, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dump(body)
        return self.http.post(f"{self.base}/{path}", data=data, headers={"Content-Type": "application/fhir+json", **headers})


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[Payer]:
    """A payer without a member file, open to callers on this machine."""
    opened = open_payer(read({"data_directory": tmp_path / "data", "open": True}, {}))
    yield opened
    opened.close()


@pytest.fixture
def http(payer: Payer) -> Iterator[FlaskClient]:
    """Its HTTP interface; everything it says is held against the profiles of its own guide generation."""
    with heard(create_app(payer, OFFERED)) as client:
        yield client


@pytest.fixture(params=["2.0.1", "2.2"])
def caller(request: pytest.FixtureRequest, http: FlaskClient) -> Caller:
    """A caller in each guide generation."""
    return Caller(http, request.param)


@pytest.fixture
def caller_2_0(http: FlaskClient) -> Caller:
    """A caller of the older generation."""
    return Caller(http, "2.0.1")


@pytest.fixture(scope="session")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lent]:
    """What all stories share."""
    made = Lent.make(tmp_path_factory.mktemp("empty"))
    yield made
    made.facts.close()


@pytest.fixture
def plan(tmp_path: Path, lent: Lent) -> Iterator[Plan]:
    """A payer that lets in only those it knows."""
    with open_plan(tmp_path, lent) as opened:
        yield opened


@pytest.fixture(params=["2.0.1", "2.2"])
def clinic(request: pytest.FixtureRequest, plan: Plan) -> System:
    """The clinic's registered system, in each guide generation."""
    return System(plan, CLIENT_ID, request.param)


@pytest.fixture
def physician(plan: Plan) -> Staff:
    """Ada Quill, MD, who may decide everything."""
    return Staff(plan, PULMONOLOGIST)


@pytest.fixture
def nurse(plan: Plan) -> Staff:
    """Rowan Finch, RN, who may certify and must refer the rest."""
    return Staff(plan, NURSE)


@pytest.fixture
def asked(clinic: System) -> Submission:
    """The clinic's borderline request for home oxygen, which waits for a person."""
    wanted = oxygen(clinic, BORDERLINE)
    submit(clinic, wanted)
    return wanted


@pytest.fixture
def number(asked: Submission, physician: Staff) -> str:
    """The number of the case that waits."""
    return str(physician.worklist()[0]["number"])


@pytest.fixture
def denied(plan: Plan, physician: Staff) -> str:
    """The number of such a case, denied by the physician; where the plan offers conversations, only intended."""
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    (waiting,) = physician.worklist()
    physician.decide(waiting["number"], **DENIAL)
    return str(waiting["number"])


@pytest.fixture
def linnet(plan: Plan) -> AtPractice:
    """Della Linnet, coordinator of Oakwood Clinic, signed in at the provider desk."""
    at_desk = AtPractice(plan, COORDINATOR)
    at_desk.sign_in()
    return at_desk
