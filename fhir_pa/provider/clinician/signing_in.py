"""SMART App Launch from the app's side: discover, send the clinician to sign in, exchange the code, check who it is (PKCE, state, nonce)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from fhir_pa.provider.clinician.trouble import Trouble, from_ehr
from fhir_pa.provider.clinician.visits import Pending, Visit
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.smart.apps import ALGORITHMS, JWT_BEARER, LEEWAY_SECONDS
from fhir_pa.provider.wire import Wire, said
from ig_profiles.reading import Json, text

SIGN_IN_SECONDS = 300
WANTED = (
    "openid fhirUser patient/*.rs patient/QuestionnaireResponse.cu patient/Task.cu "
    "patient/DeviceRequest.u patient/ServiceRequest.u patient/MedicationRequest.u patient/NutritionOrder.u patient/VisionPrescription.u patient/Encounter.u"
)


@dataclass(frozen=True)
class Host:
    """An EHR this app is registered with: its FHIR base and the client id there."""

    base: str
    client_id: str


def asking(host: Host, launch: str | None, callback: str, now: float) -> tuple[Pending, dict[str, str], str]:
    """What to remember, the query for the EHR's authorization endpoint, and that endpoint. Raises Trouble."""
    found: Json = from_ehr(lambda: Wire(host.base).get(".well-known/smart-configuration"), 200).body
    endpoints = [text(found, name) for name in ("authorization_endpoint", "token_endpoint")]
    if not all(endpoints) or "S256" not in (found.get("code_challenge_methods_supported") or []):
        raise Trouble(502, "ehr", "This EHR cannot open the app safely.", "Its SMART configuration names no endpoints, or no PKCE with S256.")
    verifier, nonce, binding = secrets.token_urlsafe(64), secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    pending = Pending(host.base, str(endpoints[1]), text(found, "jwks_uri"), verifier, nonce, binding, now + SIGN_IN_SECONDS)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": host.client_id,
        "redirect_uri": callback,
        "scope": f"{'launch' if launch else 'launch/patient'} {WANTED}",
        "aud": host.base,
        "nonce": pending.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"launch": launch} if launch else {}),
    }
    return pending, query, str(endpoints[0])


def address(endpoint: str, query: dict[str, str], state: str) -> str:
    """Where the clinician is sent."""
    return f"{endpoint}?{urlencode({**query, 'state': state})}"


def opened(host: Host, keys: Keys, pending: Pending, code: str, callback: str, now: int) -> Visit:
    """The visit that the code opens: token, patient, user and what the launch is about. Raises Trouble."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback,
        "code_verifier": pending.verifier,
        "client_assertion_type": JWT_BEARER,
        "client_assertion": keys.app_assertion(host.client_id, pending.token_endpoint, now),
    }
    reply = Wire(host.base).form(pending.token_endpoint, form)
    if reply.status != 200:
        raise Trouble(502, "ehr", "The EHR did not let the app in.", said(reply.body))
    token: Json = reply.body
    patient = text(token, "patient")
    if not patient:
        raise Trouble(502, "ehr", "The EHR named no patient.", "Open the app from a patient's chart.")
    user = _user(host, pending, str(token.get("id_token", "")), now)
    # SMART 2.0 has plain strings in fhirContext, 2.1 and later have objects.
    about = tuple(str(each.get("reference", "")) if isinstance(each, dict) else str(each) for each in token.get("fhirContext") or ())
    lives = float(token.get("expires_in", 300))
    granted = str(token.get("scope", ""))
    key = secrets.token_urlsafe(32)
    return Visit(key, host.base, str(token["access_token"]), granted, patient, user, text(token, "encounter"), tuple(filter(None, about)), now + lives)


def _user(host: Host, pending: Pending, id_token: str, now: int) -> str:
    """The clinician's reference, from an id token that this EHR signed for us and for this sign-in."""
    published = from_ehr(lambda: Wire(host.base).get(str(pending.jwks_uri)), 200).body
    aud, iss, nonce = (jwt.ClaimsOption(essential=True, value=value) for value in (host.client_id, host.base, pending.nonce))
    try:
        claims = jwt.decode(id_token, KeySet.import_key_set(published), algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(now=now, leeway=LEEWAY_SECONDS, exp=jwt.ClaimsOption(essential=True), aud=aud, iss=iss, nonce=nonce).validate(claims)
    except (JoseError, ValueError):
        raise Trouble(502, "ehr", "The EHR's word on who you are cannot be trusted.", "Its id token is not signed for this app and this sign-in.") from None
    return str(claims.get("fhirUser") or claims.get("profile") or "").removeprefix(f"{host.base}/")
