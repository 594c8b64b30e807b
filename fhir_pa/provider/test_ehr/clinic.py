"""What the test EHR works with: the charts, the payer in each guide generation, the journal, and every patient's course."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fhir_pa.provider.cds_client import CdsClient
from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.patients import Charts
from fhir_pa.provider.smart.apps import App
from fhir_pa.provider.test_ehr.course import Course, Request
from fhir_pa.provider.test_ehr.journal import Journal
from fhir_pa.provider.test_ehr.people import Person


@dataclass(frozen=True)
class Side:
    """The payer in one guide generation ('2.0.1' or '2.2'): the clients proven there, and the forms app that speaks it."""

    guide: str
    cds: CdsClient
    pas: PasClient
    app: App


@dataclass
class Clinic:
    """One practice with its EHR. ``secret`` is the Authorization value notices must carry; ``lock`` is held by whoever changes a course."""

    url: str
    charts: Charts
    people: Mapping[str, Person]
    sides: Mapping[str, Side]
    journal: Journal
    secret: str
    now: Callable[[], datetime]
    courses: dict[str, Course] = field(default_factory=dict)
    subscriptions: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    drafts: int = 0

    def chart(self, patient: str) -> Chart:
        """The patient's chart as it is now. Raises KeyError."""
        return self.charts.by_patient[patient]

    def course(self, patient: str) -> Course:
        """The patient's course. Raises KeyError when nothing was ordered yet."""
        return self.courses[patient]

    def side(self, course: Course) -> Side:
        """The payer as this course speaks with it."""
        return self.sides[course.guide]

    def trace_number(self) -> str:
        """A number of the practice's own that nobody used yet."""
        return f"OAK-{self.now():%y%m%d}-{uuid.uuid4().hex[:6].upper()}"

    def requests(self) -> list[Request]:
        """Every request of every patient."""
        return [request for course in self.courses.values() for request in (*course.earlier, *course.requests)]
