"""The clinician's app as a WSGI application: its pages and scripts, their safety headers, the doors for signing in and for the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, request

from fhir_pa.provider.clinician.doors import House
from fhir_pa.provider.clinician.entering import entering
from fhir_pa.provider.clinician.finishing import finishing
from fhir_pa.provider.clinician.measures import Measures
from fhir_pa.provider.clinician.payers import Payer, supported, supported_list
from fhir_pa.provider.clinician.sending import Sent
from fhir_pa.provider.clinician.signing_in import Host
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.clinician.visits import Visits
from fhir_pa.provider.clinician.working import working
from fhir_pa.provider.keys import Keys
from ig_profiles.json import dump
from questionnaires.cql import dist

PAGE = Path(__file__).parent / "page"
MEDIA = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml"}
ENGINES = ("execute.js", "fhirpath.js")
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types fhir-pa"
)


@dataclass(frozen=True)
class Setting:
    """Where the app is reached, the EHRs it is registered with, and the payers it works with; ``sent`` hears of each request submitted;
    ``measures`` is the folder in which the figures of every session are kept.
    """

    url: str
    hosts: tuple[Host, ...]
    payers: tuple[Payer, ...]
    keys: Keys
    sent: Sent | None = None
    measures: Path | None = None


def build(setting: Setting, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Flask:
    """The app; every visit is kept in this process."""
    app = Flask(__name__, static_folder=None)
    visits = Visits()
    app.register_blueprint(entering(setting.url, setting.hosts, setting.keys, visits, now))
    house = House(setting.payers, setting.keys, visits, now, setting.sent, setting.url, Measures(setting.measures))
    app.register_blueprint(working(house))
    app.register_blueprint(finishing(house))

    @app.get("/page/<path:name>")
    def page(name: str) -> Response:
        path = (PAGE / name).resolve()
        if not path.is_relative_to(PAGE) or not path.is_file():
            return Response("There is no such page.", status=404, content_type="text/plain")
        return _cached(path.read_bytes(), MEDIA.get(path.suffix, "application/octet-stream"))

    @app.get("/engine/<name>")
    def engine(name: str) -> Response:
        if name not in ENGINES:
            return Response("There is no such engine.", status=404, content_type="text/plain")
        return _cached(dist(name).encode(), MEDIA[".js"])

    @app.get("/jwks.json")
    def keys() -> Response:
        return Response(dump(setting.keys.app_set()), content_type="application/json")

    @app.get("/supported-payers")
    def payers() -> Response:
        if request.accept_mimetypes.best_match(["application/json", "application/fhir+json"]) == "application/fhir+json":
            return Response(dump(supported_list(setting.payers, now().isoformat(timespec="seconds"))), content_type="application/fhir+json")
        return Response(dump(supported(setting.payers)), content_type="application/json")

    @app.after_request
    def safely(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    @app.errorhandler(Trouble)
    def told(trouble: Trouble) -> Response:
        return Response(dump(trouble.told()), status=trouble.status, content_type="application/json")

    return app


def _cached(body: bytes, media: str) -> Response:
    """Revalidated at each use, so that a new install is seen at once."""
    answer = Response(body, content_type=media)
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
