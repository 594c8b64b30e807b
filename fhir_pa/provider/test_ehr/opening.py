"""Open the test EHR: the clients for each guide generation, a forms app for each, the journal that sees them all, and the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flask import Flask

from fhir_pa.provider.cds_client import READ_SCOPES, CdsClient
from fhir_pa.provider.charts.practice import PAYER_NPI
from fhir_pa.provider.clinician.build import Setting
from fhir_pa.provider.clinician.build import build as build_app
from fhir_pa.provider.clinician.payers import Payer
from fhir_pa.provider.clinician.serve import registration
from fhir_pa.provider.clinician.signing_in import Host
from fhir_pa.provider.ehr import build as build_ehr
from fhir_pa.provider.inbox import Inbox
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.patients import Charts
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.provider.smart.server import AuthorizationServer
from fhir_pa.provider.test_ehr.clinic import Clinic, Side
from fhir_pa.provider.test_ehr.doors import test_ehr
from fhir_pa.provider.test_ehr.hearing import hear
from fhir_pa.provider.test_ehr.journal import APP, EHR, PAYER, Journal
from fhir_pa.provider.test_ehr.overhearing import at_the_app, at_the_ehr, overhear
from fhir_pa.provider.test_ehr.people import Person
from fhir_pa.provider.test_ehr.requesting import sent_by_app
from fhir_pa.provider.test_ehr.reviewers import Reviewers
from ig_profiles.names import NPI

ALSO_READ = "patient/Procedure.rs patient/MedicationRequest.rs patient/CarePlan.rs"  # every kind of thing a chart here holds
GENERATIONS = {"2.0.1": "v2.0", "2.2": "v2.2"}


def opened(
    charts: Charts,
    people: Mapping[str, Person],
    keys: Keys,
    url: str,
    secret: str,
    payer_url: str,
    app_urls: Mapping[str, str],
    reviewers: Path | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    measures: Path | None = None,
) -> tuple[Flask, dict[str, Flask]]:
    """The EHR, and the forms app of each generation ('2.0.1', '2.2') for its address in ``app_urls``; all see one journal.

    ``reviewers`` is the file that tells where the payer's people work (see ``reviewers.py``), ``measures`` the folder in which
    the forms apps keep their figures.
    """
    journal, sides = Journal(), {}
    for guide, app_url in app_urls.items():
        base = f"{payer_url}/{GENERATIONS[guide]}"
        pas = PasClient(f"{base}/fhir", CLIENT_ID, keys, journal.watching(EHR, PAYER))
        cds = CdsClient(base, guide, url, CLIENT_ID, keys, journal.watching(EHR, PAYER), f"{READ_SCOPES} {ALSO_READ}")
        sides[guide] = Side(guide, cds, pas, registration(app_url, keys, guide))
    clinic = Clinic(url, charts, people, sides, journal, secret, now)

    def desk(server: Flask, authorization: AuthorizationServer, inbox: Inbox) -> None:
        inbox.hear = partial(hear, clinic)
        server.register_blueprint(test_ehr(clinic, authorization, Reviewers(reviewers), measures))
        overhear(server, EHR, at_the_ehr, journal)

    ehr = build_ehr(charts, keys, url, secret, now, tuple(side.app for side in sides.values()), desk=desk)
    return ehr, {guide: _app(clinic, side, keys, app_urls[guide], payer_url, measures) for guide, side in sides.items()}


def _app(clinic: Clinic, side: Side, keys: Keys, app_url: str, payer_url: str, measures: Path | None) -> Flask:
    """The clinician's own app for one generation, shown to the journal."""
    client = PasClient(f"{payer_url}/{GENERATIONS[side.guide]}/fhir", CLIENT_ID, keys, clinic.journal.watching(APP, PAYER))
    insurer = str(clinic.charts.practice.payer["name"])
    payer = Payer("payer", insurer, (f"{NPI}|{PAYER_NPI}",), side.guide, client)
    setting = Setting(app_url, (Host(f"{clinic.url}/fhir", side.app.id),), (payer,), keys, partial(sent_by_app, clinic), measures)
    app = build_app(setting, clinic.now)
    overhear(app, APP, at_the_app, clinic.journal)
    return app
