"""The EHR's CDS Hooks client: discovers the payer's services, asks at signing, and keeps what the payer wrote on the orders."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.provider.chart_reader import ChartReader
from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.crd.coverage_answer import CoverageAnswer, orders_answered, read_order
from fhir_pa.provider.crd.prefetch import fill
from fhir_pa.provider.crd.suggestions import accepted, change_of, overridden
from fhir_pa.provider.keys import ASSERTION_SECONDS, Keys
from fhir_pa.provider.wire import Reply, Watch, Wire, WrongAnswer
from ig_profiles.reading import Json, many

CHART_KINDS = (
    "Patient", "Coverage", "Condition", "Observation", "DiagnosticReport", "DocumentReference", "Encounter", "DeviceRequest", "ServiceRequest",
    "Practitioner", "PractitionerRole", "Organization", "Location",
)  # fmt: skip
READ_SCOPES = " ".join(f"patient/{kind}.rs" for kind in CHART_KINDS)
REQUESTED_VERSION = {"2.0.1": "2.0", "2.2": "2.2"}
JSON = "application/json"


@dataclass(frozen=True)
class Answered:
    """The payer's answer to one hook: the raw reply, and per order what coverage information it now bears."""

    reply: Reply
    orders: dict[str, Json]
    coverage: dict[str, tuple[CoverageAnswer, ...]]
    prefetched: tuple[str, ...]


class CdsClient:
    """One EHR's client for one payer's CDS Hooks base, in one CRD dialect ('2.0.1' or '2.2')."""

    def __init__(self, cds_base: str, guide: str, ehr_url: str, client_id: str, keys: Keys, watch: Watch | None = None, scope: str = READ_SCOPES) -> None:
        """``scope`` is what of a chart the payer may read with the token of a call."""
        self._wire = Wire(cds_base, watch=watch)
        self._scope = scope
        self._guide = guide
        self._ehr_url = ehr_url
        self._client_id = client_id
        self._keys = keys

    def discover(self) -> Reply:
        """GET cds-services."""
        return self._wire.get("cds-services", self._hook_token(f"{self._wire.base}/cds-services")).expect(200)

    def order_sign(self, chart: Chart, service: Json, unasked: bool = True) -> Answered:
        """Fire order-sign for the chart's drafts at a discovered service, prefetch filled from its templates.

        ``unasked`` says whether the payer may authorize with its answer what nobody asked for yet. Raises WrongAnswer when
        the payer answers anything but 200 with cards.
        """
        reader = ChartReader(f"{self._ehr_url}/fhir", self.chart_token(chart))
        context = {
            "userId": f"Practitioner/{chart.clinician.practitioner['id']}",
            "patientId": chart.patient["id"],
            "encounterId": chart.encounter["id"],
            "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order} for order in chart.orders]},
        }
        prefetch = fill(service.get("prefetch", {}), context, reader.read, reader.search)
        call: Json = {
            "hook": "order-sign",
            "hookInstance": str(uuid.uuid4()),
            "fhirServer": reader.base,
            "fhirAuthorization": self._authorization(chart),
            "context": context,
            "prefetch": prefetch,
        }
        extension: Json = {} if unasked else {"davinci-crd.configuration": {"unsolicited-determ": False}}
        if self._guide == "2.2":
            extension["davinci-crd.requestedVersion"] = REQUESTED_VERSION[self._guide]
        if extension:
            call["extension"] = extension
        url = f"{self._wire.base}/cds-services/{service['id']}"
        reply = self._wire.post(url, call, self._hook_token(url), JSON).expect(200)
        if not isinstance(reply.body, dict) or not isinstance(reply.body.get("cards"), list):
            raise WrongAnswer(f"{url} answered 200 without a list of cards.")
        orders = orders_answered(reply.body)
        return Answered(reply, orders, {name: read_order(order) for name, order in orders.items()}, tuple(prefetch))

    def accept(self, chart: Chart, service: Json, card: Json, suggestion: Json, at: datetime) -> Chart:
        """Take one suggestion into the chart, and tell the payer so. Raises WrongAnswer when it does not fit the chart."""
        change = change_of(suggestion, chart.resources(), lambda kind: f"{chart.patient['id']}-{kind.lower()}-{uuid.uuid4().hex[:8]}")
        self._feedback(service, accepted(card, suggestion, at.isoformat()))
        return chart.with_taken(change.kept, change.gone)

    def decline(self, service: Json, card: Json, reason: Json | None, words: str, at: datetime) -> None:
        """Tell the payer that a card was not followed: one of its own reasons where the clinician chose one, and the clinician's words."""
        self._feedback(service, overridden(card, reason, words, at.isoformat()))

    def chart_token(self, chart: Chart) -> str:
        """A bearer token for this patient's chart, good for five minutes."""
        return self._keys.access_token(f"{self._ehr_url}/fhir", chart.patient["id"], self._scope, int(time.time()))

    def _feedback(self, service: Json, told: Json) -> None:
        url = f"{self._wire.base}/cds-services/{service['id']}/feedback"
        self._wire.post(url, told, self._hook_token(url), JSON).expect(200)

    def _authorization(self, chart: Chart) -> Json:
        granted = {"access_token": self.chart_token(chart), "token_type": "Bearer", "expires_in": ASSERTION_SECONDS, "scope": self._scope}
        return {**granted, "subject": self._client_id, "patient": chart.patient["id"]}

    def _hook_token(self, audience: str) -> str:
        return self._keys.hook_token(self._ehr_url, audience, f"{self._ehr_url}/jwks.json", int(time.time()))


def service_for(discovery: Json, hook: str) -> Json:
    """The first discovered service for the hook. Raises WrongAnswer when the payer offers none."""
    found = next((item for item in many(discovery, "services") if item.get("hook") == hook), None)
    if found is None:
        raise WrongAnswer(f"The payer's discovery list offers no service for {hook}.")
    service: Json = found
    return service
