"""A patient with a wound, and a payer that has the example policy on its shelf: the form that uses every element a form may have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import questionnaires
from fhir_pa.provider.charts.chart import Chart, Member, condition_of, coverage_of, patient_of, visit_of
from fhir_pa.provider.charts.orders import Ordering, equipment_order
from fhir_pa.provider.charts.practice import Practice
from fhir_pa.provider.elements import checked, concept, quantity, reference
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import Charts
from fhir_pa.provider.play.payer_file import payer_file
from fhir_pa.settings import read
from fhir_pa.web.app import create_app
from fhir_pa.web.process import OFFERED
from fhir_pa.wiring import open_payer
from ig_profiles.names import ICD10CM, LOINC
from questionnaires.form import canonical
from questionnaires.library import Shelf, Volume, open_shelf
from tests.browser.clinic import Places, people, served

EXAMPLES = Path(questionnaires.__file__).parent / "examples"
WOUNDED = Member("petronel-vasquez-oduya", "Petronel", "Vasquez-Oduya", "female", date(1957, 3, 2), "SYN-31")


@dataclass(frozen=True)
class Wounded:
    """Where everybody is, and the charts with her in them."""

    places: Places
    charts: Charts


@contextmanager
def wounded(keys: Keys, folder: Path, step_by_step: bool) -> Iterator[Wounded]:
    """The payer until the end of the block; its form comes whole, or step by step."""
    places, everybody = Places(), people()
    today = datetime.now(UTC).date()
    charts = Charts(everybody.practice, {**everybody.by_patient, WOUNDED.name: with_wound(everybody.practice, today)})
    config = folder / "fhir-pa.toml"
    config.write_text(payer_file(places.payer, places.ehr, keys, charts, today))
    payer = open_payer(read({"config": str(config), "data_directory": folder / "data"}, {}))
    try:
        with served(create_app(replace(payer, shelf=_shelf(step_by_step)), OFFERED), places.payer):
            yield Wounded(places, charts)
    finally:
        payer.close()


def _shelf(step_by_step: bool) -> Shelf:
    volumes = open_shelf(EXAMPLES).volumes()
    """Of these policies alone, and what every shelf has."""
    return Shelf(volumes if step_by_step else [_whole(each) for each in volumes])


def _whole(volume: Volume) -> Volume:
    """The same form at once, where the policy has one."""
    return (
        volume
        if volume.questionnaire is None
        else replace(volume, edition=replace(volume.edition, form="standard", questionnaire=canonical(volume.questionnaire)))
    )


def with_wound(practice: Practice, today: date) -> Chart:
    """A pressure injury open for nine weeks, measured last week."""
    who, patient = practice.pulmonologist, patient_of(WOUNDED)
    coverage = coverage_of(WOUNDED, patient, practice.payer, date(today.year, 1, 1))
    visit = visit_of(patient, who, practice, today - timedelta(days=7))
    wound = condition_of(patient, concept(ICD10CM, "L89.153", "Pressure injury over the sacrum, stage 3"), "wound", today - timedelta(weeks=9))
    length = checked(
        {
            "resourceType": "Observation",
            "id": f"{WOUNDED.name}-length",
            "status": "final",
            "code": concept(LOINC, "39126-8", "Length of wound"),
            "subject": reference(patient),
            "effectiveDateTime": str(today - timedelta(days=7)),
            "valueQuantity": quantity("4.5", "cm", "cm"),
        }
    )
    order = equipment_order(Ordering(patient, coverage, visit, who, (wound,), today), practice.therapist, "E2402", "Pump for negative pressure")
    return Chart(patient, coverage, who, visit, (wound, length), (order,))
