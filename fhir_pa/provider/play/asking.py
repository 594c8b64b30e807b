"""Ask the payer for something without telling a story of it: sign the order, fill its form, send the request; the case it became."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fhir_pa.provider.cds_client import service_for
from fhir_pa.provider.charts.practice import CLINIC_NPI, PAYER_NPI
from fhir_pa.provider.dtr.answers import Occasion
from fhir_pa.provider.pas.claim_response import PasAnswer, read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Line, Submission, sign
from fhir_pa.provider.play.stage import Stage
from fhir_pa.provider.wire import WrongAnswer
from ig_profiles.reading import Json

SENT_ALONG = ("Observation", "DocumentReference", "MedicationRequest")


@dataclass(frozen=True)
class Asked:
    """What was sent, and what the payer answered at once."""

    submission: Submission
    answer: PasAnswer

    @property
    def number(self) -> str:
        """The payer's number of the case, or what it calls it by while it is pended."""
        return self.answer.numbers[0]

    def must_be(self, action: str) -> Asked:
        """Itself, when every item was answered with this review action. Raises WrongAnswer."""
        found = set(self.answer.actions.values())
        if found != {action}:
            raise WrongAnswer(f"the request was answered {', '.join(sorted(found)) or 'with nothing'} instead of {action}")
        return self


def ask(stage: Stage, patient: str, line: Callable[[Json], Line], said: Mapping[str, Any] | None) -> Asked:
    """Send the patient's drafted orders, each as ``line`` says, with what the chart holds.

    ``said`` are the clinician's own answers in the payer's form; with None the request goes without its form. Raises
    WrongAnswer when the payer refuses a step.
    """
    chart = stage.charts.by_patient[patient]
    signed = stage.cds.order_sign(chart, service_for(stage.cds.discover().body, "order-sign"), unasked=False)
    forms: tuple[Json, ...] = ()
    if said is not None:
        reader = stage.reader(chart)
        occasion = Occasion(chart, tuple(signed.orders.values()), stage.guide, stage.at())
        _, packages = stage.dtr.fetch(chart, signed.orders, signed.coverage, reader.read)
        forms = tuple(stage.dtr.fill(package, occasion, reader, said).answers.response for package in packages)
    orders = [sign(signed.orders[f"{order['resourceType']}/{order['id']}"], chart.coverage, stage.guide) for order in chart.orders]
    papers = tuple(each for each in chart.findings if each["resourceType"] in SENT_ALONG)
    lines, base = tuple(map(line, orders)), f"{stage.ehr_url}/fhir"
    number, at = stage.trace_number(), stage.at()
    submission = Submission(stage.guide, number, chart, stage.charts.practice, lines, (*forms, *papers), at, base, CLINIC_NPI, PAYER_NPI)
    return Asked(submission, read_bundle(stage.pas.submit(request_of(submission)).body))
