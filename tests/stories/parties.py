"""A payer with registered callers: a clinic's system and another provider's, both with keys of their own, and the payer's staff.

Everybody proves who they are as in the world: systems with ``private_key_jwt`` at the token endpoint, CDS clients with a
signed JWT for each call, staff with the token that ``fhir-pa people token`` prints.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fhir_pa.operations.notices.deliver import deliver, write
from fhir_pa.pas.notice import DeliveryResult, Notice
from fhir_pa.provider.charts.npi import synthetic_npi
from fhir_pa.provider.charts.practice import SUPPLIER_NPI
from fhir_pa.provider.ehr import build
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.pas_client import ASSERTION_TYPE
from fhir_pa.provider.patients import Charts, charts_on
from fhir_pa.provider.play.payer_file import CLIENT_ID, inline, payer_file
from fhir_pa.settings import read
from fhir_pa.storage.store import open_store
from fhir_pa.web.app import authenticator_for, create_app
from fhir_pa.web.process import OFFERED
from fhir_pa.wiring import GENERATIONS, Payer, open_payer
from fhir_pa.work.telling import Teller
from ig_profiles import json
from ig_profiles.reading import Json
from questionnaires.cql import FactEngine
from tests.stories.ehr_server import EhrServer
from tests.stories.own_words import faults, overheard

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
PAYER_URL = "http://127.0.0.1:8080"
EVERYTHING = "system/*.*"
CDS_ORIGINS = "https://ehr.oakwood.example"
SUPPLIER = "fernhill-records"
AUDITOR, CLERK = "vole", "teasel"
OPERATOR, POLICY_OWNER = "marsh", "reed"
PATIENT_MILLISECONDS = 15_000  # a busy machine is no stalled EHR
SECRET = "Bearer only-the-payer-knows"


class Clock:
    """The one clock of a story; the test turns it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(**by)


@dataclass
class Plan:
    """A payer as the world meets it, and the clinic's EHR."""

    payer: Payer
    clock: Clock
    charts: Charts
    ehr: EhrServer
    keys: dict[str, Keys]
    wrong: list[str] = field(default_factory=list)

    @property
    def ehr_url(self) -> str:
        """Where the EHR is."""
        return self.ehr.url

    @cached_property
    def application(self) -> Flask:
        """The payer's server; everything it says is held against the profiles of its own guide generation."""
        app = create_app(self.payer, OFFERED)
        self.wrong = overheard(app)
        return app

    def set(self, **settings: Any) -> Plan:
        """The same plan with some settings changed."""
        self.payer = replace(self.payer, settings=replace(self.payer.settings, **settings))
        return self

    def http(self) -> FlaskClient:
        """A connection of one's own; threads may not share one."""
        return self.application.test_client()

    def tell(self, subscription: str) -> None:
        """Do the background work for one subscriber: everything that waits is posted to its endpoint."""
        Teller(self.payer.store, self._deliver).tell(subscription, "story", lambda: False)

    def _deliver(self, notice: Notice) -> DeliveryResult:
        """Deliver it, and hold what is said to the profiles of the subscriber's generation."""
        said = write(notice, self.payer)
        self.wrong += [f"{notice.kind}: {issue.expression}: {issue.text}" for issue in faults(said, notice.subscription.guide)]
        return deliver(notice, payer=self.payer)


@dataclass
class System:
    """A provider's registered system that speaks one guide."""

    plan: Plan
    client: str
    guide: str
    scope: str = EVERYTHING
    http: FlaskClient = field(init=False)
    _held: tuple[str, datetime] | None = None

    def __post_init__(self) -> None:
        self.http = self.plan.http()

    def token(self) -> TestResponse:
        """The token endpoint's answer to a freshly signed client assertion."""
        assertion = self.plan.keys[self.client].client_assertion(self.client, f"{PAYER_URL}/oauth/token", int(self.plan.clock().timestamp()))
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, "scope": self.scope}
        return self.http.post("/oauth/token", data=form)

    def proof(self) -> dict[str, str]:
        """The header that bears an access token, the one in hand as long as it holds."""
        now = self.plan.clock()
        if self._held is None or self._held[1] <= now:
            granted = self.token().get_json()
            self._held = (granted["access_token"], now + timedelta(seconds=granted["expires_in"]))
        return {"Authorization": f"Bearer {self._held[0]}"}

    def call(self, method: str, path: str, body: Any = None) -> TestResponse:
        """Any call below the FHIR base of this guide, with an access token."""
        data = body if isinstance(body, bytes) or body is None else json.dump(body)
        kind = {"Content-Type": "application/fhir+json"} if data is not None else {}
        return self.http.open(f"/{GENERATIONS[self.guide]}/fhir/{path}", method=method, data=data, headers={**kind, **self.proof()})

    def post(self, path: str, body: Any, status: int = 200) -> Json:
        """POST a resource; what is answered with this status."""
        answer = self.call("POST", path, body)
        assert answer.status_code == status, answer.text
        return dict(json.parse(answer.data))

    def get(self, path: str) -> Json:
        """GET what is there."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return dict(json.parse(answer.data))


@dataclass
class Staff:
    """One of the payer's people."""

    plan: Plan
    person: str

    def proof(self) -> dict[str, str]:
        """The header that bears this person's token."""
        return {"Authorization": f"Bearer {authenticator_for(self.plan.payer).mint.person_token(self.person)}"}

    def call(self, method: str, path: str, body: Any = None) -> TestResponse:
        """Any call with this person's token."""
        kind = {"Content-Type": "application/json"} if body is not None else {}
        data = json.dump(body) if body is not None else None
        return self.plan.http().open(path, method=method, data=data, headers={**kind, **self.proof()})

    def worklist(self) -> list[Json]:
        """What waits for a person."""
        return list(json.parse(self.call("GET", "/um/worklist").data)["authorizations"])

    def decide(self, number: str, status: int = 200, **said: Any) -> Json:
        """A decision, answered with this status."""
        answer = self.call("POST", f"/um/authorizations/{number}/decisions", said)
        assert answer.status_code == status, answer.text
        return dict(json.parse(answer.data))


@dataclass(frozen=True)
class Lent:
    """What takes longer to make than most stories last, and no story changes: a fact engine, the charts, an empty database."""

    facts: FactEngine
    charts: Charts
    data: Path

    @classmethod
    def make(cls, folder: Path) -> Lent:
        """Make it once; the database lies in this folder."""
        open_store(data_dir=folder).close()
        return cls(FactEngine(), charts_on(NOW.date()), folder)


@contextmanager
def open_plan(folder: Path, lent: Lent, database_url: str = "") -> Iterator[Plan]:
    """A payer that knows the clinic, the supplier, its own staff and its members; all on this machine."""
    clock, charts = Clock(), Charts(lent.charts.practice, dict(lent.charts.by_patient))
    shutil.copytree(lent.data, folder / "data")
    keys = {CLIENT_ID: Keys.new(), SUPPLIER: Keys.new()}
    ehr = EhrServer()
    ehr.open(build(charts, keys[CLIENT_ID], ehr.url, SECRET, clock))
    config = folder / "fhir-pa.toml"
    config.write_text(payer_file(PAYER_URL, ehr.url, keys[CLIENT_ID], charts, NOW.date()) + _more(keys[SUPPLIER]))
    flags = {"config": str(config), "data_directory": folder / "data", "database_url": database_url, "cds_origins": CDS_ORIGINS, "peer_to_peer_hours": 0}
    flags |= {"ehr_query_milliseconds": PATIENT_MILLISECONDS, "ehr_milliseconds": PATIENT_MILLISECONDS}
    opened = open_payer(read(flags, {}), clock)
    opened.facts.close()
    payer = replace(opened, facts=lent.facts)
    try:
        plan = Plan(payer, clock, charts, ehr, keys)
        yield plan
        assert not plan.wrong, "\n".join(dict.fromkeys(plan.wrong))
    finally:
        payer.store.close()
        ehr.close()


def trace() -> str:
    """A trace number nobody used yet."""
    return f"OAK-{uuid.uuid4().hex[:8].upper()}"


def _more(supplier: Keys) -> str:
    """Those who are not in the demonstration's file: another provider's system, and staff that decide nothing."""
    jwks = {"keys": [supplier.backend.as_dict(private=False)]}
    tables: list[tuple[str, Json]] = [
        ("client", {"id": SUPPLIER, "name": "Fernhill records", "jwks": jwks, "scopes": [EVERYTHING], "organizations": [SUPPLIER_NPI]}),
        ("person", {"id": AUDITOR, "name": "Ivo Vole", "roles": ["auditor"], "npi": synthetic_npi(40_011)}),
        ("person", {"id": CLERK, "name": "Tess Teasel", "roles": ["clerk"], "npi": synthetic_npi(40_012)}),
        ("person", {"id": OPERATOR, "name": "Oren Marsh", "roles": ["operator"]}),
        ("person", {"id": POLICY_OWNER, "name": "Petra Reed", "roles": ["policy"]}),
    ]
    return "".join("\n".join([f"\n[[{kind}]]", *(f"{key} = {inline(value)}" for key, value in table.items()), ""]) for kind, table in tables)
