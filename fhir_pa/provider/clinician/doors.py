"""What every door of a visit has in common: whose visit a call belongs to, which payer a form came from, JSON in and JSON out.

Every call carries the visit's cookie and comes from our own page (Fetch metadata); what needs a token happens behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, request

from fhir_pa.provider.clinician.chart import OpenChart
from fhir_pa.provider.clinician.entering import KEY
from fhir_pa.provider.clinician.payers import Payer, payer_of
from fhir_pa.provider.clinician.sending import Sent
from fhir_pa.provider.clinician.trouble import Trouble, ended
from fhir_pa.provider.clinician.visits import Visit, Visits
from fhir_pa.provider.dtr.package import Package
from fhir_pa.provider.keys import Keys
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json


@dataclass(frozen=True)
class House:
    """What the doors need: the payers the app works with, its keys, the visits under way, the clock; ``sent`` hears of each request submitted."""

    payers: tuple[Payer, ...]
    keys: Keys
    visits: Visits
    now: Callable[[], datetime]
    sent: Sent | None = None

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
