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
from fhir_pa.provider.dtr.referenced import Read, referenced
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

    def fetch(
        self, chart: Chart, orders: Mapping[str, Json], answered: Mapping[str, CoverageAnswers], read: Read
    ) -> tuple[tuple[Reply, ...], tuple[Package, ...]]:
        """$questionnaire-package for every order CRD wants documented, as CRD left it, with its assertion id as the context.

        ``read`` finds at the EHR what an order refers to, which goes along.

        A call takes one context; the form that several orders share comes with each of them and is returned once. Raises
        WrongAnswer when no form comes.
        """
        wanting = [(name, each.assertion_id) for name, answers in answered.items() for each in answers if each.doc_needed]
        bodies = (question(chart.coverage, (orders[name],), assertion, (), referenced((orders[name],), read)) for name, assertion in dict.fromkeys(wanting))
        replies = tuple(self._payer.operation("Questionnaire/$questionnaire-package", body).expect(200) for body in bodies)
        packages: dict[str, Package] = {}
        for package in (package for reply in replies for package in unpack(reply.body)):
            packages.setdefault(package.canonical, package)
        if not packages:
            raise WrongAnswer("CRD asked for documentation, but $questionnaire-package brought no form.")
        return replies, tuple(packages.values())

    def fill(self, package: Package, occasion: Occasion, reader: ChartReader, said: Mapping[str, Any]) -> Filled:
        """The form filled from the chart; ``said`` are the clinician's own answers by link id."""
        found, trouble = prefill(package, occasion.chart, reader, self._engine, occasion.at)
        return Filled(package, answer(package, occasion, found, said), trouble)
