"""What every door of a visit has in common: whose visit a call belongs to, which payer a form came from, what is counted, JSON in and out.

Every call carries the visit's cookie and comes from our own page (Fetch metadata); what needs a token happens behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Response, request

from fhir_pa.provider.clinician.chart import OpenChart
from fhir_pa.provider.clinician.entering import KEY
from fhir_pa.provider.clinician.measured import Measured
from fhir_pa.provider.clinician.measures import Measures
from fhir_pa.provider.clinician.payers import Payer, payer_of
from fhir_pa.provider.clinician.sending import Sent
from fhir_pa.provider.clinician.trouble import Trouble, ended
from fhir_pa.provider.clinician.visits import Visit, Visits
from fhir_pa.provider.clinician.words import what
from fhir_pa.provider.crd.coverage_answer import read_order
from fhir_pa.provider.dtr.package import Package
from fhir_pa.provider.keys import Keys
from ig_profiles.json import dump, parse
from ig_profiles.names import NPI
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json, identifier_value, many, text


@dataclass(frozen=True)
class House:
    """What the doors need: the payers the app works with, its keys, the visits under way, the clock.

    ``sent`` hears of each request submitted; ``measures`` keeps the figures of every session of the app at ``url``.
    """

    payers: tuple[Payer, ...]
    keys: Keys
    visits: Visits
    now: Callable[[], datetime]
    sent: Sent | None = None
    url: str = ""
    measures: Measures = field(default_factory=Measures)

    def chart(self, name: str) -> OpenChart:
        """The open chart of this call. Raises Trouble when the call is not from the visit's own page."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise Trouble(403, "app", "This call came from another site.", "Open the app again from the chart.")
        visit = self.visits.find(name, request.cookies.get(KEY, ""), self.now().timestamp())
        if visit is None:
            raise ended()
        return OpenChart(visit)

    def payer(self, chart: OpenChart, coverage: Json) -> Payer:
        """The payer of this coverage. Raises Trouble when it is none of ours."""
        return payer_of(chart.payors(coverage), self.payers)


    @contextmanager
    def acting(self, chart: OpenChart, detail: str, form: str | None = None) -> Iterator[Measured]:
        """Count what happens in the block as one action of the visit's session, and keep its figures once they are about a payer."""
        measured = chart.visit.measured
        try:
            with measured.acting(detail, self.now, form):
                yield measured
        finally:
            if measured.payer:
                self.measures.keep(measured.name, measured.data(self.url))

    def about(self, chart: OpenChart, payer: Payer, orders: tuple[Json, ...], mode: str) -> None:
        """Note who works for whom on what kind of orders."""
        measured, role = chart.visit.measured, chart.role
        clinic = text(role, "organization", "reference")
        told = tuple(answer for order in orders for answer in read_order(order))
        codes = (what(order) for order in orders)
        measured.mode = mode
        measured.provider = _by_npi(chart.clinician)
        measured.group = _by_npi(chart.read(clinic)) if clinic else {}
        measured.payer = dict(zip(("system", "value"), payer.identifiers[0].split("|", 1), strict=True))
        measured.role = next(iter(many(role, "code")), {})
        measured.told = told
        measured.purposes = tuple(dict.fromkeys(purpose for answer in told for purpose in answer.doc_purpose))
        measured.orders = tuple({"coding": many(code, "coding")} for code in codes if code)


def _by_npi(resource: Json) -> Json:
    number = identifier_value(resource, NPI)
    return {"system": NPI, "value": number} if number else {}


def package_of(visit: Visit, canonical: str) -> tuple[Package, Payer]:
    """A package of this visit, and the payer it came from. Raises Trouble when it was not fetched here."""
    if canonical not in visit.packages:
        raise Trouble(404, "app", "This form was not fetched in this visit.", "Open the app again from the chart.")
    return visit.packages[canonical], visit.routes[canonical]


def heard() -> Any:
    """What the page sent: a JSON object. Raises Trouble."""
    try:
        sent = parse(request.get_data())
    except Refusal as error:
        raise Trouble(400, "app", "The page sent something unreadable.", str(error)) from None
    if not isinstance(sent, dict) or not request.is_json:
        raise Trouble(400, "app", "The page sent something unreadable.", "Expected a JSON object.")
    return sent


def answered(answer: object) -> Response:
    """JSON for the page."""
    return Response(dump(answer), content_type="application/json")
