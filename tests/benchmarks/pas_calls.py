"""Submissions to measure with: the 18 kB referral for home oxygen as a provider sends it, each about another patient under new numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from fhir_pa.provider.charts.practice import CLINIC_NPI, PAYER_NPI
from fhir_pa.provider.codes import AT_HOME, EQUIPMENT_RENTAL
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Line, Submission, sign
from fhir_pa.provider.patients import charts_on
from ig_profiles.json import dump
from tests.benchmarks.keep_alive import post

PATHS = {"2.0.1": "/v2.0/fhir/Claim/$submit", "2.2": "/v2.2/fhir/Claim/$submit"}
PATIENT = "orla-penhallow"
TRACE = "OAK-BENCHMARK"
_NUMBERS = itertools.count(1)
_NUMBER = b"00000000"  # stands for the patient's own number, which every submission has anew


class Submissions:
    """Referrals of one guide, as HTTP requests."""

    def __init__(self, guide: str) -> None:
        self.path = PATHS[guide]
        self._body = _referral(guide)

    @property
    def size(self) -> int:
        """Bytes of one Bundle."""
        return len(self._body)

    def requests(self, path: str = "") -> Iterator[bytes]:
        """One after the other, no two about the same patient or under the same number, so that none is a replay."""
        for number in _NUMBERS:
            yield post(path or self.path, self._body.replace(_NUMBER, b"%08d" % number), **{"Content-Type": "application/fhir+json"})


def _referral(guide: str) -> bytes:
    at = datetime.now(UTC)
    charts = charts_on(at.date())
    chart = charts.by_patient[PATIENT]
    orders = [sign(order, chart.coverage, guide) for order in chart.orders]
    documents = tuple(each for each in chart.findings if each["resourceType"] != "Condition")
    lines = tuple(Line(order, EQUIPMENT_RENTAL, AT_HOME, at.date(), at.date() + timedelta(days=89)) for order in orders)
    asked = Submission(guide, TRACE, chart, charts.practice, lines, documents, at, "https://ehr.oakwood.example/fhir", sender=CLINIC_NPI, receiver=PAYER_NPI)
    number = chart.coverage["identifier"][0]["value"]
    told = dump(request_of(asked)).replace(TRACE.encode(), b"OAK-" + _NUMBER).replace(PATIENT.encode(), b"patient-" + _NUMBER)
    return told.replace(str(number).encode(), b"SYN-" + _NUMBER)
