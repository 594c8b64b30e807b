"""The provider's side of the browser tests: the test EHR and the clinician's app on ports of their own, fresh for each test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from fhir_pa.provider.cds_client import CdsClient
from fhir_pa.provider.charts.practice import PAYER_NPI
from fhir_pa.provider.clinician.build import Setting
from fhir_pa.provider.clinician.build import build as build_app
from fhir_pa.provider.clinician.payers import Payer
from fhir_pa.provider.clinician.serve import APP_ID, registration
from fhir_pa.provider.clinician.signing_in import Host
from fhir_pa.provider.ehr import build as build_ehr
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.patients import Charts, charts_on
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.provider.play.processes import free_port
from fhir_pa.provider.serve import signing
from ig_profiles.names import NPI
from ig_profiles.reading import Json
from tests.browser.sleep_clinic import with_sleepers


@dataclass(frozen=True)
class Places:
    """Where everybody is reached; the EHR's address is written in the payer's register, so it stays the same in all tests."""

    payer: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")
    ehr: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")
    app: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")


@dataclass(frozen=True)
class Clinic:
    """One test's EHR and app, and the charts as the EHR has them now."""

    places: Places
    charts: Charts
    guide: str

    def forms(self, patient: str) -> list[Json]:
        """The forms in a chart, in the order they were first kept."""
        return [each for each in self.charts.by_patient[patient].findings if each["resourceType"] == "QuestionnaireResponse"]


def people() -> Charts:
    """Everybody of the demonstration, and patients whose form asks step by step."""
    return with_sleepers(charts_on(datetime.now(UTC).date()))


@contextmanager
def clinic(
    places: Places,
    keys: Keys,
    guide: str,
    payer_base: str | None = None,
    ask: bool = True,
    unasked: bool = False,
    measures: Path | None = None,
    charts: Charts | None = None,
) -> Iterator[Clinic]:
    """EHR and app until the end of the block.

    ``payer_base`` is another payer's, ``ask`` whether signing asks CRD, ``unasked`` lets it grant; figures go to ``measures``. Without
    ``charts`` they are everybody's.
    """
    charts = charts or people()
    root = f"{places.payer}/{'v2.2' if guide == '2.2' else 'v2.0'}"
    sign = signing(CdsClient(root, guide, places.ehr, CLIENT_ID, keys), unasked) if ask else None
    ehr = build_ehr(charts, keys, places.ehr, "Bearer x", apps=(registration(places.app, keys),), sign=sign)
    payer = Payer("larkfield", "Larkfield Health Plan", (f"{NPI}|{PAYER_NPI}",), guide, PasClient(payer_base or f"{root}/fhir", CLIENT_ID, keys))
    app = build_app(Setting(places.app, (Host(f"{places.ehr}/fhir", APP_ID),), (payer,), keys, measures=measures))
    with served(ehr, places.ehr), served(app, places.app):
        yield Clinic(places, charts, guide)


@contextmanager
def served(application: Flask, url: str) -> Iterator[None]:
    """A WSGI application on this address until the end of the block."""
    server = make_server("127.0.0.1", int(url.rpartition(":")[2]), application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
