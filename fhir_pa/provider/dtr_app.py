"""The DTR app: fetches the form for an order, fills it from the chart with the payer's own CQL, lets the clinician finish it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fhir_pa.provider.chart_reader import ChartReader
from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.crd.coverage_answer import CoverageAnswer
from fhir_pa.provider.dtr.answers import Answered, Occasion, answer
from fhir_pa.provider.dtr.package import Package, question, unpack
from fhir_pa.provider.dtr.population import prefill
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.wire import Reply, WrongAnswer
from ig_profiles.reading import Json
from questionnaires.cql import FactEngine

CoverageAnswers = tuple[CoverageAnswer, ...]


@dataclass(frozen=True)
class Filled:
    """One finished form, the package it came from, and what kept the app from looking something up."""

    package: Package
    answers: Answered
    trouble: tuple[str, ...]


class DtrApp:
    """One clinician's app for one payer; the CQL engine is handed in because starting it is dear."""

    def __init__(self, payer: PasClient, engine: FactEngine) -> None:
        self._payer = payer
        self._engine = engine

    def fetch(self, chart: Chart, orders: Mapping[str, Json], answered: Mapping[str, CoverageAnswers]) -> tuple[Reply, tuple[Package, ...]]:
        """$questionnaire-package for the orders CRD wants documented, by its assertion ids. Raises WrongAnswer when no form comes."""
        wanting = {name: found for name, answers in answered.items() if (found := [each for each in answers if each.doc_needed])}
        assertions = tuple(each.assertion_id for answers in wanting.values() for each in answers)
        body = question(chart.coverage, tuple(orders[name] for name in wanting), assertions)
        reply = self._payer.operation("Questionnaire/$questionnaire-package", body).expect(200)
        packages = unpack(reply.body)
        if not packages:
            raise WrongAnswer("CRD asked for documentation, but $questionnaire-package brought no form.")
        return reply, packages

    def fill(self, package: Package, occasion: Occasion, reader: ChartReader, said: Mapping[str, Any]) -> Filled:
        """The form filled from the chart; ``said`` are the clinician's own answers by link id."""
        found, trouble = prefill(package, occasion.chart, reader, self._engine, occasion.at)
        return Filled(package, answer(package, occasion, found, said), trouble)
