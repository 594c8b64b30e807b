"""Hand the finished forms over to PAS: gather what the request refers to, submit it, and tell the payer's answer in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from fhir_pa.provider.charts.practice import Clinician
from fhir_pa.provider.clinician.chart import OpenChart
from fhir_pa.provider.clinician.payers import Payer
from fhir_pa.provider.clinician.services import line_of
from fhir_pa.provider.clinician.trouble import Trouble, from_payer
from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.elements import reference
from fhir_pa.provider.pas.claim_response import ItemAnswer, read_bundle
from fhir_pa.provider.pas.request import Unreachable, request_of
from fhir_pa.provider.pas.submission import Submission, sign
from ig_profiles.names import NPI
from ig_profiles.reading import Json, identifier_value, references

ACCOMPANYING = ("Observation", "DocumentReference", "DiagnosticReport")
KINDS = {CERTIFIED: "yes", NOT_CERTIFIED: "no", PENDED: "wait"}
MOST_GATHERED = 200


@dataclass(frozen=True)
class Gathered:
    """The chart and the parties of one request, as far as the request needs them, read over FHIR."""

    patient: Json
    coverage: Json
    clinician: Clinician
    clinic: Json
    payer: Json
    all: tuple[Json, ...]

    @property
    def encounter(self) -> Json:
        """The visit the orders come from; empty when they name none."""
        return next((each for each in self.all if each["resourceType"] == "Encounter"), {})

    def resources(self) -> tuple[Json, ...]:
        """Everything read."""
        return self.all


@dataclass(frozen=True)
class Service:
    """One order as it is to be requested: from when until when."""

    order: str
    starts: date | None
    ends: date | None


Sent = Callable[[Submission, Json], None]
"""Told what was submitted and the response Bundle, so that the practice can follow it up."""


def send(
    chart: OpenChart,
    payer: Payer,
    coverage: Json,
    services: tuple[Service, ...],
    forms: tuple[Json, ...],
    evidence: tuple[str, ...],
    number: str,
    at: datetime,
    sent: Sent | None = None,
) -> tuple[Json, Json]:
    """POST Claim/$submit with the orders, the forms and the evidence they rest on; what was decided in words, and the response. Raises Trouble."""
    orders = [sign(chart.order(each.order), coverage, payer.guide) for each in services]
    lines = tuple(line_of(order, at.date(), each.starts, each.ends) for order, each in zip(orders, services, strict=True))
    documents = (*forms, *(chart.read(name) for name in evidence if name.startswith(ACCOMPANYING)))
    gathered = gather(chart, coverage, (*orders, *documents))
    sender, receiver = (identifier_value(each, NPI) or "" for each in (gathered.clinic, gathered.payer))
    submission = Submission(payer.guide, number, gathered, gathered, lines, documents, at, chart.visit.issuer, sender, receiver)
    try:
        bundle = request_of(submission)
    except Unreachable as error:
        raise Trouble(422, "ehr", "The request is not complete.", str(error)) from None
    response = from_payer(lambda: payer.client.operation("Claim/$submit", bundle), 200).body
    if sent:
        sent(submission, response)
    answer = read_bundle(response)
    told = [_told(item, chart.order(services[item.sequence - 1].order)) for item in answer.items]
    return {"number": number, "items": told, "errors": list(answer.errors), "authorization": list(answer.numbers)}, response


def gather(chart: OpenChart, coverage: Json, first: tuple[Json, ...]) -> Gathered:
    """What these resources refer to, and what that refers to, each read once. Raises Trouble when the clinic or payer is not told."""
    role = chart.role
    known = {reference(each)["reference"]: each for each in (chart.patient, coverage, chart.clinician, *first)}
    waiting = [*known.values(), *([role] if role else [])]
    if role:
        known[reference(role)["reference"]] = role
    while waiting and len(known) < MOST_GATHERED:
        for name in references(waiting.pop(0)):
            if name in known or name.startswith("#") or "/" not in name:
                continue
            known[name] = chart.read(name)
            waiting.append(known[name])
    clinic = known.get(str(role.get("organization", {}).get("reference")))
    insurer = next(iter(chart.payors(coverage)), None)
    if clinic is None or insurer is None:
        raise Trouble(422, "ehr", "The request is not complete.", "The chart names no clinic for you, or no payer for the coverage.")
    return Gathered(chart.patient, coverage, Clinician(chart.clinician, role), clinic, insurer, tuple(known.values()))


def _told(item: ItemAnswer, order: Json) -> Json:
    return {
        "order": reference(order)["reference"],
        "decision": item.word,
        "kind": KINDS.get(item.action, "wait"),
        "number": item.number,
        "from": item.starts,
        "until": item.ends,
        "reasons": list(item.reasons),
        "notes": list(item.notes),
    }
