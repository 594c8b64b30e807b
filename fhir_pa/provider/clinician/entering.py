"""The doors by which a clinician comes in: launched from the EHR, standalone, and back from signing in.

What the browser keeps is one cookie for each visit, HttpOnly and SameSite=Strict; tokens stay on the server.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

from flask import Blueprint, Response, redirect, request

from fhir_pa.provider.clinician.measured import Action
from fhir_pa.provider.clinician.signing_in import SIGN_IN_SECONDS, Host, address, asking, opened
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.clinician.visits import Visits
from fhir_pa.provider.keys import Keys

BINDING, KEY = "dtr_signing_in", "dtr_visit"


def entering(url: str, hosts: tuple[Host, ...], keys: Keys, visits: Visits, now: Callable[[], datetime]) -> Blueprint:
    """``/launch`` (from the EHR), ``/standalone`` and ``/callback``."""
    doors = Blueprint("entering", __name__)
    secure = url.startswith("https://")
    callback = f"{url}/callback"
    by_base = {host.base: host for host in hosts}

    @doors.get("/launch")
    def launch() -> Response:
        if not request.args.get("launch"):
            raise Trouble(400, "app", "The launch is not complete.", "Open the app from the patient's chart.")
        return begin(request.args.get("iss", ""), request.args["launch"])

    @doors.get("/")
    @doors.get("/standalone")
    def standalone() -> Response:
        return begin(request.args.get("iss") or next(iter(by_base)), None)

    @doors.get("/callback")
    def back() -> Response:
        moment = now().timestamp()
        pending = visits.back(request.args.get("state", ""), request.cookies.get(BINDING, ""), moment)
        if pending is None:
            raise Trouble(400, "app", "This sign-in was not begun here, or is over.", "Open the app again from the chart.")
        if "code" not in request.args:
            raise Trouble(403, "ehr", "The EHR did not let the app in.", request.args.get("error_description") or request.args.get("error", ""))
        visit = opened(by_base[pending.issuer], keys, pending, request.args["code"], callback, int(moment))
        visit.measured.actions.append(Action("launch", datetime.fromtimestamp(pending.until - SIGN_IN_SECONDS, UTC), now()))
        name = visits.open(visit, moment)
        answer: Response = redirect(f"{url}/visits/{name}/", 303)  # type: ignore[assignment]
        answer.set_cookie(KEY, visit.key, path=f"/visits/{name}/", httponly=True, samesite="Strict", secure=secure)
        answer.delete_cookie(BINDING, path="/callback")
        return answer

    def begin(issuer: str, launch: str | None) -> Response:
        """Only to an EHR we are registered with: any other could learn codes, or send us its own patient."""
        host = by_base.get(issuer.rstrip("/"))
        if host is None:
            raise Trouble(403, "app", "This EHR is not registered with the app.", f"Ask whoever runs the app to register {issuer or 'it'}.")
        moment = now().timestamp()
        pending, query, endpoint = asking(host, launch, callback, moment)
        answer: Response = redirect(address(endpoint, query, visits.begin(pending, moment)), 303)  # type: ignore[assignment]
        answer.set_cookie(BINDING, pending.binding, path="/callback", max_age=SIGN_IN_SECONDS, httponly=True, samesite="Lax", secure=secure)
        return answer

    @doors.errorhandler(Trouble)
    def told(trouble: Trouble) -> Response:
        """A page of words: here no script is loaded yet."""
        words = f"<h1>{escape(trouble.title)}</h1><p>{escape(trouble.words)}</p>"
        links = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/page/style/base.css">'
        head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">{links}'
        page = f'<!doctype html><html lang="en"><head>{head}<title>{escape(trouble.title)}</title></head><body><main class="alone">{words}</main></body></html>'
        return Response(page, status=trouble.status, content_type="text/html; charset=utf-8")

    return doors
