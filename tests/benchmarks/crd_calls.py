"""Hook calls to measure with: order-sign as an EHR sends it for real policies, each call about another patient."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.charts.orders import Ordering, equipment_order, imaging_order
from fhir_pa.provider.patients import charts_on
from ig_profiles.reading import Json
from tests.benchmarks.keep_alive import post

PATH = "/v2.2/cds-services/order-sign-crd"
PATIENT = "teodric-amble"
_NUMBERS = itertools.count(1)
_NUMBER = "00000000"  # stands for the patient's own number, which every call has anew


class Calls:
    """Calls of one kind, as bodies and as HTTP requests. ``more`` are further members of the call, such as fhirServer."""

    def __init__(self, drafts: Iterable[Json], prefetch: Json, more: Json | None = None) -> None:
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": draft} for draft in drafts]}
        call = {
            "hook": "order-sign",
            "hookInstance": f"d1577c69-dfbe-44ad-ba6d-3e05{_NUMBER}",
            **(more or {}),
            "context": {"userId": "Practitioner/halvard-brisk", "patientId": PATIENT, "draftOrders": bundle},
            "prefetch": prefetch,
        }
        written = json.dumps(call, default=str, separators=(",", ":"))
        self._body = written.replace(PATIENT, f"patient-{_NUMBER}").replace(prefetch["patient"]["identifier"][1]["value"], f"SYN-{_NUMBER}").encode()

    @property
    def size(self) -> int:
        """Bytes of one body."""
        return len(self._body)

    def bodies(self) -> Iterator[bytes]:
        """One body after the other, no two of any kind about the same patient, so that nothing remembered or on file helps the next."""
        for number in _NUMBERS:
            yield self._body.replace(_NUMBER.encode(), b"%08d" % number)

    def requests(self, path: str = PATH, token: Callable[[], str] | None = None) -> Iterator[bytes]:
        """The same as whole HTTP requests, each with a token of its own where tokens are asked for."""
        for body in self.bodies():
            yield post(path, body, **({"Authorization": f"Bearer {token()}"} if token else {}))


def one_order(today: date, evidence: bool = False, more: Json | None = None) -> Calls:
    """An order for home oxygen, with who orders it; with the measurements the policy asks for, when there is to be evidence."""
    charts = charts_on(today)
    chart, practice = charts.by_patient[PATIENT], charts.practice
    found = [each for each in chart.findings if evidence or each["resourceType"] == "Condition"]
    people = [practice.pulmonologist.practitioner, practice.pulmonologist.role, practice.clinic]
    return Calls(chart.orders, _prefetch(chart, [*people, *found]), more)


def several_orders(today: date) -> Calls:
    """Four orders under four policies, with everybody in the directory and a month of vital signs."""
    charts = charts_on(today)
    chart, practice = charts.by_patient[PATIENT], charts.practice
    ordering = Ordering(chart.patient, chart.coverage, chart.encounter, chart.clinician, (chart.findings[0],), today)
    scan = imaging_order(ordering, practice.radiologist, "72148", "MRI of the lower back", today)
    equipment = [equipment_order(ordering, practice.therapist, code, label) for code, label in (("E0601", "CPAP device"), ("E0130", "Walker"))]
    brought = [chart.encounter, *practice.resources(), *chart.findings, *_vital_signs(chart, today)]
    return Calls([*chart.orders, *equipment, scan], _prefetch(chart, brought))


def _prefetch(chart: Chart, brought: Iterable[Json]) -> dict[str, Any]:
    kinds: dict[str, list[Json]] = {"coverage": [chart.coverage]}
    for each in brought:
        kinds.setdefault(f"{each['resourceType'][0].lower()}{each['resourceType'][1:]}s", []).append(each)
    searchsets = {name: {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in found]} for name, found in kinds.items()}
    return {"patient": chart.patient, **searchsets}


def _vital_signs(chart: Chart, today: date, days: int = 8) -> Iterator[Json]:
    measured = next(each for each in chart.findings if each["resourceType"] == "Observation")
    for ago in range(days):
        on = today - timedelta(days=30 + ago)
        yield {**measured, "id": f"{PATIENT}-pulse-{ago}", "effectiveDateTime": str(on), "issued": f"{on}T09:00:00-05:00"}
