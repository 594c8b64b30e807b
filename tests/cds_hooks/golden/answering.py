"""A served payer whose clock, numbers and secrets are fixed, and the clinic's EHR behind it: the same call, the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

from cds_hooks.network import Address, Network, Provider
from fhir_pa.auth.directory import Directory, GoldCard
from fhir_pa.operations.hooks.given import ASSERTION_SECRET
from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.charts.npi import synthetic_npi
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.names import NPI
from ig_profiles.reading import Json, identifier_value
from questionnaires.library import open_shelf
from tests.cds_hooks.golden.call import EHR, Call, body
from tests.cds_hooks.golden.charts import EVERYBODY
from tests.cds_hooks.golden.situations import Situation
from tests.stories.ehr import Ehr
from tests.stories.own_words import heard
from tests.stories.parties import PAYER_URL, Lent, System, open_plan

HERE = Path(__file__).parent
GUIDES = {"2.0": "2.0.1", "2.1": "2.2", "2.2": "2.2"}
PAYER = "https://crd.larkfield.example"
BIRCH = Provider(
    synthetic_npi(50_001),
    "Birch Therapy",
    address=Address("1 Birch Way", "Maplecross", "OH", "43004"),
    phone="555-555-0150",
    topics=("outpatient_therapy",),
    next_available=date(2026, 11, 24),
)
PATIENCE = 30_000  # milliseconds for the EHR: what is told must not hang on how busy the machine is


@contextmanager
def lent() -> Iterator[Lent]:
    """What all situations share: a fact engine and an empty database."""
    with TemporaryDirectory() as folder:
        made = Lent.make(Path(folder))
        try:
            yield made
        finally:
            made.facts.close()


def answer(situation: Situation, request: bytes, shared: Lent) -> bytes:
    """The whole answer to the request, as indented JSON; it has been held against the profiles of its guide."""
    with TemporaryDirectory() as folder, open_plan(Path(folder), shared) as plan, _fixed():
        plan.payer.memory.keep_secret(ASSERTION_SECRET, "golden")
        directory = _with_benefits(plan.payer.directory, situation.gold_card)
        settings = replace(plan.payer.settings, ehr_query_milliseconds=PATIENCE, ehr_milliseconds=PATIENCE, directory=directory)
        plan.payer = replace(plan.payer, shelf=open_shelf(HERE / "policies"), settings=settings)
        with heard(plan.application):
            ehr = Ehr(System(plan, CLIENT_ID, GUIDES[situation.call.dialect]))
            if situation.before is not None:
                _asked(ehr, situation.before.chart, _before(situation.before))
            answered = _asked(ehr, situation.call.chart, request)
    return json.dump(answered, pretty=True) + b"\n"


def _with_benefits(directory: Directory, gold_card: bool) -> Directory:
    """The payer with a therapist in its network and, where asked, a gold card for the clinician who orders oxygen."""
    clinician = identifier_value(EVERYBODY.practice.pulmonologist.practitioner, NPI) or ""
    card = GoldCard(clinician, "97 % of requests certified in twelve months", date(2027, 3, 1), ("home_oxygen",))
    return replace(directory, network=Network((BIRCH,)), gold_cards=(card,) if gold_card else ())


def _before(call: Call) -> bytes:
    return json.dump(body(call, "before"))


def _asked(ehr: Ehr, chart: Chart, request: bytes) -> Json:
    """The answer, after the EHR that the request names was told apart from the one that runs."""
    who = chart.patient["id"]
    ehr.clinic.plan.charts.by_patient[who] = chart
    running = request.replace(f'"leave-to-read-{who}"'.encode(), f'"{ehr.chart_token(who)}"'.encode()).replace(EHR.encode(), ehr.url.encode())
    asked = json.parse(running)
    answered = ehr.send(asked, f"{asked['hook']}-crd")
    assert answered.status_code == 200, answered.text
    return dict(json.parse(answered.data.replace(ehr.url.encode(), EHR.encode()).replace(PAYER_URL.encode(), PAYER.encode())))


@contextmanager
def _fixed() -> Iterator[None]:
    """Authorization numbers come out the same each time."""
    with patch("fhir_pa.numbers.secrets.choice", Random(0).choice):
        yield
