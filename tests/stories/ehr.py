"""The clinic's EHR as a CDS client: it calls hooks with a JWT signed for that very address, and leave to read one chart."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from fhir_pa.provider.cds_client import READ_SCOPES
from fhir_pa.provider.crd.coverage_answer import CoverageAnswer, orders_answered, read_order
from fhir_pa.wiring import GENERATIONS
from ig_profiles import json
from ig_profiles.reading import Json
from tests.cds_hooks.answer_rules import broken
from tests.stories.asking import SHORT_OF_OXYGEN
from tests.stories.parties import PAYER_URL, System

SIGNING = "order-sign-crd"
DIALECT = {"2.0.1": "2.0", "2.2": "2.2"}


@dataclass
class Ehr:
    """It speaks the guide of the clinic's system and signs with the clinic's keys."""

    clinic: System

    @property
    def url(self) -> str:
        """Where it is, and the ``iss`` of its calls."""
        return self.clinic.plan.ehr_url

    def call(self, who: str = SHORT_OF_OXYGEN, **changed: Any) -> Json:
        """An order-sign call for a patient's drafts, Patient and Coverage prefetched; fields given as None are left out."""
        chart = self.clinic.plan.charts.by_patient[who]
        leave = {"access_token": self.chart_token(who), "token_type": "Bearer", "expires_in": 300, "scope": READ_SCOPES, "subject": self.clinic.client}
        body = {
            "hook": "order-sign",
            "hookInstance": str(uuid.uuid4()),
            "fhirServer": f"{self.url}/fhir",
            "fhirAuthorization": leave,
            "context": {
                "userId": f"Practitioner/{chart.clinician.practitioner['id']}",
                "patientId": who,
                "encounterId": chart.encounter["id"],
                "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order} for order in chart.orders]},
            },
            "prefetch": {"patient": chart.patient, "coverage": searchset(chart.coverage)},
        }
        return {name: value for name, value in {**body, **changed}.items() if value is not None}

    def chart_token(self, who: str) -> str:
        """Leave to read one chart."""
        plan = self.clinic.plan
        return plan.keys[self.clinic.client].access_token(f"{self.url}/fhir", who, READ_SCOPES, int(plan.clock().timestamp()))

    def address(self, service: str = SIGNING) -> str:
        """The path of a service on the CDS base of this guide."""
        return f"/{GENERATIONS[self.clinic.guide]}/cds-services/{service}"

    def token(self, address: str, **changed: Any) -> str:
        """The JWT for one call of this address, good unless ``changed``."""
        claims = {"issuer": self.url, "jwks_url": f"{self.url}/jwks.json", "now": int(self.clinic.plan.clock().timestamp()), **changed}
        return self.clinic.plan.keys[self.clinic.client].hook_token(audience=PAYER_URL + address, **claims)

    def send(self, body: Json, service: str = SIGNING, **headers: str) -> TestResponse:
        """POST it; whatever is answered."""
        address = self.address(service)
        proof = {"Authorization": f"Bearer {self.token(address)}", "Content-Type": "application/json", **headers}
        return self.clinic.http.post(address, data=json.dump(body), headers=proof)

    def ask(self, body: Json) -> Json:
        """POST it; what is answered with 200."""
        answered = self.send(body)
        assert answered.status_code == 200, answered.text
        answer = dict(json.parse(answered.data))
        spoken = body.get("extension", {}).get("davinci-crd.requestedVersion", DIALECT[self.clinic.guide])
        assert broken(answer, spoken, str(body.get("hook"))) == []
        return answer

    def sign(self, who: str = SHORT_OF_OXYGEN, **changed: Any) -> tuple[CoverageAnswer, ...]:
        """What the payer says of each order at signing."""
        return said(self.ask(self.call(who, **changed)))


def said(answer: Json) -> tuple[CoverageAnswer, ...]:
    """What a hook's answer says of each order."""
    return tuple(each for order in orders_answered(answer).values() for each in read_order(order))


def searchset(*resources: Json) -> Json:
    """The answer to a search, as prefetch holds it."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": resource} for resource in resources]}
