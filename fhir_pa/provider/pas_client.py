"""The provider's PAS client: proves itself, submits, inquires, subscribes, sends attachments; one FHIR base, one guide.

SMART Backend Services with private_key_jwt; the token endpoint is discovered under the FHIR base, as SMART asks.
"""

from __future__ import annotations

import time

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.wire import Reply, Watch, Wire, WrongAnswer
from ig_profiles.reading import Json, text

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPES = ("system/Claim.cru", "system/Questionnaire.rs", "system/Library.rs", "system/ValueSet.rs", "system/Subscription.cruds", "system/DocumentReference.c")
RENEW_BEFORE = 30.0


class PasClient:
    """One registered system of the provider, speaking to one payer base such as ``https://payer.example/v2.2/fhir``."""

    def __init__(self, fhir_base: str, client_id: str, keys: Keys, watch: Watch | None = None) -> None:
        self.fhir_base = fhir_base.rstrip("/")
        self._wire = Wire(self.fhir_base, watch=watch)
        self._client_id = client_id
        self._keys = keys
        self._token: tuple[str, float] | None = None

    def token(self) -> str:
        """A bearer token, fetched when the last one is nearly over. Raises WrongAnswer."""
        if self._token is None or self._token[1] < time.time() + RENEW_BEFORE:
            configuration = self._wire.get(".well-known/smart-configuration").expect(200).body
            endpoint = text(configuration, "token_endpoint")
            if endpoint is None:
                raise WrongAnswer(f"{self.fhir_base}/.well-known/smart-configuration names no token_endpoint.")
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self._keys.client_assertion(self._client_id, endpoint, int(time.time())),
                "scope": " ".join(SCOPES),
            }
            granted = self._wire.form(endpoint, form).expect(200).body
            self._token = (str(granted["access_token"]), time.time() + float(granted.get("expires_in", 300)))
        return self._token[0]

    def operation(self, path: str, body: Json) -> Reply:
        """POST a body to an operation below the base, such as ``Claim/$submit``."""
        return self._wire.post(path, body, self.token())

    def submit(self, bundle: Json) -> Reply:
        """POST Claim/$submit with the bare request Bundle."""
        return self.operation("Claim/$submit", bundle).expect(200)

    def inquire(self, bundle: Json) -> Reply:
        """POST Claim/$inquire: a Bundle comes back in 2.0.1, Parameters in 2.2."""
        return self.operation("Claim/$inquire", bundle).expect(200)

    def attach(self, attachments: Json) -> Reply:
        """POST $submit-attachment at the system level."""
        return self.operation("$submit-attachment", attachments).expect(200)

    def subscribe(self, subscription: Json) -> Reply:
        """Create a Subscription; the payer answers 201 with it, status requested, and then shakes hands."""
        return self.operation("Subscription", subscription).expect(201)

    def read(self, path: str) -> Reply:
        """GET a resource below the base."""
        return self._wire.get(path, self.token()).expect(200)

    def look(self, path: str) -> Reply:
        """GET below the base, whatever it answers."""
        return self._wire.get(path, self.token())

    def unsubscribe(self, subscription_id: str) -> Reply:
        """Delete a Subscription of ours."""
        return self._wire.delete(f"Subscription/{subscription_id}", self.token()).expect(200, 204)
