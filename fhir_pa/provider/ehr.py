"""The test EHR: FHIR R4 over synthetic charts, its public keys, a rest-hook receiver with an inbox, and SMART apps launched from it."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response, request

from fhir_pa.provider.inbox import Inbox, read_notification
from fhir_pa.provider.keys import BadToken, Bearer, Keys
from fhir_pa.provider.launching import Signing, launching
from fhir_pa.provider.patients import Charts
from fhir_pa.provider.search import UnknownParameter, bundle, search
from fhir_pa.provider.smart.apps import App
from fhir_pa.provider.smart.scopes import allows
from fhir_pa.provider.smart.server import AuthorizationServer
from fhir_pa.provider.writing import WRITABLE, NotWritten, Writing
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Issue, Refusal, operation_outcome
from ig_profiles.reading import Json, text

Desk = Callable[[Flask, AuthorizationServer, Inbox], None]
FHIR_JSON = "application/fhir+json"
KINDS = (
    "Appointment", "CarePlan", "CommunicationRequest", "Condition", "Coverage", "DeviceRequest", "DiagnosticReport", "DocumentReference", "Encounter",
    "Location", "MedicationRequest", "NutritionOrder", "Observation", "Organization", "Patient", "Practitioner", "PractitionerRole", "Procedure",
    "QuestionnaireResponse", "ServiceRequest", "Task", "VisionPrescription",
)  # fmt: skip


def build(
    charts: Charts,
    keys: Keys,
    public_url: str,
    secret: str,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    apps: tuple[App, ...] = (),
    sign: Signing | None = None,
    desk: Desk | None = None,
) -> Flask:
    """The EHR as a WSGI application.

    ``public_url`` is where others reach it; ``secret`` is the Authorization value its subscriptions ask the payer to
    send, so that nobody else can put notices into the inbox. ``apps`` may be launched from its charts; ``sign`` asks the
    payer about a chart's orders before an app is launched about them. ``desk`` brings a front page and pages of its own, and
    hears the notices; without it the front page lists the orders.
    """
    app = Flask(__name__, static_folder=None)
    inbox = Inbox()
    base = f"{public_url}/fhir"
    writing = Writing(charts)
    authorization = AuthorizationServer(charts, keys, public_url, apps, now)
    app.register_blueprint(authorization.blueprint())
    app.register_blueprint(launching(charts, authorization, sign, "/charts" if desk else "/"))
    if desk:
        desk(app, authorization, inbox)

    @app.get("/jwks.json")
    def jwks() -> Response:
        return _answer(keys.public_set(), "application/json")

    @app.get("/inbox")
    @app.get("/inbox/<name>")
    def view_inbox(name: str | None = None) -> Response:
        return _answer({"notifications": inbox.view(name)}, "application/json")

    @app.post("/notifications/<name>")
    def notified(name: str) -> Response:
        authorized = hmac.compare_digest(request.headers.get("Authorization", ""), secret)
        if not authorized:
            return _problem(401, "login", "This endpoint takes notices only with the Authorization header of its Subscription.")
        try:
            inbox.keep(read_notification(name, parse(request.get_data()), now().isoformat(), authorized))
        except (Refusal, ValueError) as error:
            return _problem(400, "invalid", str(error))
        return Response(status=200)

    @app.post("/arrivals/<document_id>")
    def arrived(document_id: str) -> Response:
        try:
            return _answer(charts.arrive(document_id))
        except KeyError as error:
            return _problem(404, "not-found", str(error.args[0]))

    @app.get("/fhir/metadata")
    def metadata() -> Response:
        return _answer(_capability(base, now()))

    @app.get("/fhir/<kind>")
    def find(kind: str) -> Response:
        visible = seen(kind, "s")
        if isinstance(visible, Response):
            return visible
        if kind not in KINDS:
            return _problem(404, "not-supported", f"This EHR keeps no {kind}. See {base}/metadata.")
        try:
            found = search(visible, kind, request.args.to_dict(flat=False))
        except UnknownParameter as error:
            return _problem(400, "not-supported", str(error))
        return _answer(bundle(found, base, f"{base}/{request.full_path.removeprefix('/fhir/')}"))

    @app.get("/fhir/<kind>/<identity>")
    def read(kind: str, identity: str) -> Response:
        visible = seen(kind, "r")
        if isinstance(visible, Response):
            return visible
        found = next((item for item in visible if item["resourceType"] == kind and item["id"] == identity), None)
        return _versioned(found) if found else _problem(404, "not-found", f"No {kind} '{identity}' is open to this token.")

    @app.post("/fhir/<kind>")
    @app.put("/fhir/<kind>/<identity>")
    def write(kind: str, identity: str | None = None) -> Response:
        who = _bearer(keys, base, now())
        if isinstance(who, Response):
            return who
        try:
            body = parse(request.get_data())
            if identity is None:
                kept, new = writing.create(who, kind, body, now()), True
            else:
                kept, new = writing.update(who, kind, identity, body, request.headers.get("If-Match"), now())
        except NotWritten as refused:
            return _problem(refused.status, refused.code, str(refused))
        except Refusal as unreadable:
            return _problem(400, "invalid", str(unreadable))
        answer = _versioned(kept, 201 if new else 200)
        answer.headers["Location"] = f"{base}/{kind}/{kept['id']}"
        return answer

    def seen(kind: str, interaction: str) -> list[Json] | Response:
        who = _bearer(keys, base, now())
        if isinstance(who, Response):
            return who
        if not allows(who.scope, kind, interaction):
            return _problem(403, "forbidden", f"This token does not open {kind}: its scope is '{who.scope}'.")
        shared = list(charts.practice.resources())
        chart = charts.by_patient.get(who.patient)
        return [*shared, *chart.resources()] if chart else shared

    return app


def _bearer(keys: Keys, base: str, at: datetime) -> Bearer | Response:
    """Whose token this is, or the refusal to send."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        return keys.bearer(token if scheme == "Bearer" else "", base, int(at.timestamp()))
    except BadToken as error:
        refused = _problem(401, "login", str(error))
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused


def _capability(base: str, at: datetime) -> Json:
    entries = [{"type": kind, "interaction": [{"code": code} for code in _interactions(kind)]} for kind in KINDS]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": at.date().isoformat(),
        "kind": "instance",
        "implementation": {"description": "Test EHR with synthetic charts", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "resource": entries}],
    }


def _interactions(kind: str) -> tuple[str, ...]:
    return ("read", "search-type", "create", "update") if kind in WRITABLE else ("read", "search-type")


def _versioned(resource: Json, status: int = 200) -> Response:
    answer = _answer(resource, status=status)
    answer.headers["ETag"] = f'W/"{text(resource, "meta", "versionId") or 1}"'
    return answer


def _answer(body: object, media: str = FHIR_JSON, status: int = 200) -> Response:
    return Response(dump(body), status=status, content_type=media)


def _problem(status: int, code: str, words: str) -> Response:
    return _answer(operation_outcome([Issue(words, code)]), status=status)
