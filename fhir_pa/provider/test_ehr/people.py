"""The people of the test EHR: each with a chart, a story, and the order that tells it.

Nobody of the demonstration's scenes is among them, so that the payer meets each for the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fhir_pa.provider.charts.chart import Chart, Member
from fhir_pa.provider.charts.of_the_day import patients_of_the_day
from fhir_pa.provider.charts.oxygen import aged, short_of_oxygen
from fhir_pa.provider.charts.practice import Practice
from fhir_pa.provider.charts.surveillance import under_surveillance
from fhir_pa.provider.patients import Charts, charts_on
from fhir_pa.provider.test_ehr.sleep_and_back import back_pain, sleep_apnea


@dataclass(frozen=True)
class Person:
    """Somebody to order for: what the chart tells, what one will see, and the services (by catalogue name) to begin with."""

    chart: Callable[[Practice, date], Chart]
    story: str
    see: str
    order: tuple[str, ...]


def everybody_on(today: date) -> tuple[Charts, dict[str, Person]]:
    """The charts of this day, those of the scenes and of the day left after them included, and the people of the test EHR by the patient's id."""
    known = charts_on(today)
    told = {str(chart.patient["id"]): (chart, person) for person in PEOPLE for chart in [person.chart(known.practice, today)]}
    of_the_day = {str(chart.patient["id"]): chart for chart in patients_of_the_day(known.practice, today)}
    charts = Charts(known.practice, {**known.by_patient, **of_the_day, **{name: chart for name, (chart, _) in told.items()}})
    return charts, {name: person for name, (_, person) in told.items()}


PEOPLE = (
    Person(
        lambda practice, today: short_of_oxygen(
            Member("wendel-harrow", "Wendel", "Harrow", "male", aged(74, today), "SYN-21"), practice, today, saturation="86"
        ),
        "COPD. Oxygen saturation 86 % at rest, measured last week.",
        "Everything the policy asks for is in the chart: the form fills itself, and the request is certified at once.",
        ("oxygen",),
    ),
    Person(
        lambda practice, today: short_of_oxygen(
            Member("jorun-tallis", "Jorun", "Tallis", "female", aged(69, today), "SYN-22"), practice, today, saturation="89"
        ),
        "COPD. Oxygen saturation 89 %: one percent above the policy's line.",
        "Software may not deny: the request is pended, a physician of the payer decides, and the notice arrives here by itself.",
        ("oxygen",),
    ),
    Person(
        lambda practice, today: under_surveillance(
            Member("petronel-vane", "Petronel", "Vane", "female", date(today.year - 58, 1, 2), "SYN-23"), practice, today
        ),
        "Lung cancer under surveillance. Two reports of earlier scans are still at the imaging centre.",
        "One scan is certified, two are pended; the payer asks for the reports, and certifies when they arrive.",
        ("brain-mri", "chest-ct", "neck-ct"),
    ),
    Person(
        lambda practice, today: sleep_apnea(Member("leocadia-finn", "Leocadia", "Finn", "female", aged(51, today), "SYN-24"), practice, today),
        "Mild sleep apnea: 9 events an hour in the sleep test.",
        "The payer wants a simpler device first, and offers it with one click. The form then asks question by question.",
        ("two-pressures",),
    ),
    Person(
        lambda practice, today: back_pain(Member("barnaby-quince", "Barnaby", "Quince", "male", aged(46, today), "SYN-25"), practice, today),
        "Pain down the leg for two months, five sessions of exercise, naproxen.",
        "Everyday orders: an MRI that needs a form, therapy whose answer depends on who gives it, and a rail that no plan pays for.",
        ("lumbar-mri",),
    ),
)
