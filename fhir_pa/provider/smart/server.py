"""Authorize, token, configuration: the SMART App Launch endpoints of the test EHR (SMART App Launch 2.2, PKCE and private_key_jwt).

A launch from the EHR knows its context; a standalone app sends the clinician through a picker first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import Charts
from fhir_pa.provider.smart.apps import App
from fhir_pa.provider.smart.grants import CODE_SECONDS, LAUNCH_SECONDS, Context, Grant, Once
from fhir_pa.provider.smart.scopes import narrowed
from ig_profiles.json import dump
from ig_profiles.reading import Json

TOKEN_SECONDS = 3600
CAPABILITIES = (
    "launch-ehr", "launch-standalone", "client-confidential-asymmetric", "context-ehr-patient", "context-ehr-encounter", "context-standalone-patient",
    "sso-openid-connect", "permission-patient", "permission-v1", "permission-v2",
)  # fmt: skip


class AuthorizationServer:
    """One EHR's authorization server; ``url`` is the EHR's, its FHIR base lies below."""

    def __init__(self, charts: Charts, keys: Keys, url: str, apps: tuple[App, ...], now: Callable[[], datetime]) -> None:
        self.apps = {app.id: app for app in apps}
        self._charts, self._keys, self._url, self._now = charts, keys, url, now
        self._launches: Once[Context] = Once(LAUNCH_SECONDS)
        self._codes: Once[Grant] = Once(CODE_SECONDS)

    def launch(self, app: App, context: Context) -> str:
        """The address that opens the app in this context."""
        name = self._launches.keep(context, self._seconds())
        return f"{app.launch_url}?{urlencode({'iss': f'{self._url}/fhir', 'launch': name})}"

    def blueprint(self) -> Blueprint:
        """The endpoints, for the EHR to register."""
        doors = Blueprint("smart", __name__, template_folder="pages")
        doors.get("/fhir/.well-known/smart-configuration")(self.configuration)
        doors.get("/oauth/jwks.json")(lambda: _json(self._keys.token_set()))
        doors.get("/oauth/authorize")(self.authorize)
        doors.post("/oauth/authorize")(self.picked)
        doors.post("/oauth/token")(self.token)
        return doors

    def configuration(self) -> Response:
        """What an app discovers."""
        return _json(
            {
                "issuer": f"{self._url}/fhir",
                "jwks_uri": f"{self._url}/oauth/jwks.json",
                "authorization_endpoint": f"{self._url}/oauth/authorize",
                "token_endpoint": f"{self._url}/oauth/token",
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ["ES384", "RS384"],
                "grant_types_supported": ["authorization_code"],
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": sorted({each for app in self.apps.values() for each in app.scope.split()}),
                "capabilities": list(CAPABILITIES),
            }
        )

    def authorize(self) -> Response | tuple[str, int]:
        """Send the code straight away when the EHR launched the app; otherwise let the clinician choose a patient."""
        app, wrong = self._asking(request.args)
        if app is None or wrong:
            return self._turned_away(app, wrong, request.args)
        launch = request.args.get("launch")
        if launch:
            context = self._launches.take(launch, self._seconds())
            if context is None:
                words = "This launch is over or was used. Launch the app from the chart again."
                return self._back(request.args, error="invalid_request", error_description=words)
            return self._granted(app, context, request.args)
        clinicians = (self._charts.practice.pulmonologist.practitioner, self._charts.practice.oncologist.practitioner)
        patients = [chart.patient for chart in self._charts.by_patient.values()]
        return render_template("choose.html", app=app, asked=request.args, patients=patients, clinicians=clinicians), 200

    def picked(self) -> Response | tuple[str, int]:
        """The clinician chose a patient, or went back."""
        app, wrong = self._asking(request.form)
        if app is None or wrong:
            return self._turned_away(app, wrong, request.form)
        patient, user = request.form.get("patient", ""), request.form.get("user", "")
        if request.form.get("choice") != "open" or patient not in self._charts.by_patient:
            return self._back(request.form, error="access_denied", error_description="The clinician did not open a chart.")
        return self._granted(app, Context(f"Practitioner/{user}", patient), request.form)

    def token(self) -> Response:
        """A signed access token and id token for a code, once, to the app that asked for it."""
        form, now = request.form, int(self._seconds())
        grant = self._codes.take(form.get("code", ""), now) if form.get("grant_type") == "authorization_code" else None
        app = self.apps.get(grant.client_id) if grant else None
        if grant is None or app is None or form.get("redirect_uri") != grant.redirect_uri or not grant.proven_by(form.get("code_verifier", "")):
            return _json({"error": "invalid_grant", "error_description": "The code is unknown, used, over, or was asked for by another."}, 400)
        if not app.shows_itself(form.get("client_assertion_type", ""), form.get("client_assertion", ""), f"{self._url}/oauth/token", now):
            return _json({"error": "invalid_client", "error_description": "The client assertion is not this app's own."}, 401)
        context, base = grant.context, f"{self._url}/fhir"
        answer: Json = {
            "access_token": self._keys.access_token(base, context.patient, grant.scope, now, TOKEN_SECONDS, user=context.user),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": grant.scope,
            "patient": context.patient,
            "need_patient_banner": True,
        }
        if context.encounter:
            answer["encounter"] = context.encounter
        if context.about:
            answer["fhirContext"] = [{"reference": reference} for reference in context.about]
        if "openid" in grant.scope.split():
            answer["id_token"] = self._keys.id_token(base, grant.client_id, context.user, grant.nonce, now, TOKEN_SECONDS)
        return _json(answer)

    def _asking(self, asked: Mapping[str, str]) -> tuple[App | None, str | None]:
        """The app, when it and its redirect are known, and the OAuth error to send back when the request is wrong."""
        app = self.apps.get(asked.get("client_id", ""))
        if app is None or asked.get("redirect_uri") not in app.redirect_uris:
            return None, None
        if asked.get("response_type") != "code":
            return app, "unsupported_response_type"
        pkce = asked.get("code_challenge_method") == "S256" and len(asked.get("code_challenge", "")) == 43
        return app, None if pkce and asked.get("state") and asked.get("aud") == f"{self._url}/fhir" else "invalid_request"

    def _turned_away(self, app: App | None, wrong: str | None, asked: Mapping[str, str]) -> Response | tuple[str, int]:
        """Nobody is sent to an address that is not registered (RFC 6749 §4.1.2.1)."""
        if app is None or wrong is None:
            return render_template("stopped.html", words="This app, or the address it wants to be called back at, is not registered with this EHR."), 400
        return self._back(asked, error=wrong, error_description="Send response_type=code, state, aud (this FHIR base) and a PKCE challenge with S256.")

    def _granted(self, app: App, context: Context, asked: Mapping[str, str]) -> Response:
        scope = narrowed(asked.get("scope", ""), app.scope)
        grant = Grant(app.id, asked["redirect_uri"], asked["code_challenge"], scope, context, asked.get("nonce"))
        return self._back(asked, code=self._codes.keep(grant, self._seconds()))

    def _back(self, asked: Mapping[str, str], **said: str) -> Response:
        query = urlencode({**said, **({"state": asked["state"]} if asked.get("state") else {})})
        return redirect(f"{asked['redirect_uri']}?{query}", 303)  # type: ignore[return-value]

    def _seconds(self) -> float:
        return self._now().timestamp()


def _json(body: object, status: int = 200) -> Response:
    answer = Response(dump(body), status=status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
