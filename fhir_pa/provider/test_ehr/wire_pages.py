"""The exchanges in a browser: the panel beside a course, one exchange with its headers and bodies, the picture, and live events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup

from fhir_pa.provider.test_ehr.chapters import chapter_of
from fhir_pa.provider.test_ehr.clinic import Clinic
from fhir_pa.provider.test_ehr.journal import Exchange
from fhir_pa.provider.test_ehr.requesting import inbox
from fhir_pa.provider.test_ehr.sequence import LANES, arrow, markers, picture, rows
from fhir_pa.provider.test_ehr.shown_json import shown
from fhir_pa.provider.wire import Headers
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Refusal

ASSETS = Path(__file__).parent / "page"
MEDIA = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
SHOWN_HEADERS = ("authorization", "content-type", "accept", "location", "etag", "if-match", "retry-after", "x-request-id", "date", "www-authenticate")
HEARTBEAT_SECONDS = 15.0


def wire_pages(doors: Blueprint, clinic: Clinic) -> None:
    """Add them to the pages of the test EHR."""

    def one(number: int) -> Exchange:
        found = clinic.journal.find(number)
        if found is None:
            abort(404)
        return found

    @doors.get("/exchanges.json")
    def twin() -> Response:
        return _json([_summary(each) for each in clinic.journal.after(0)])

    @doors.get("/exchanges/<int:number>")
    def exchange(number: int) -> str:
        whole = "part" not in request.args
        return render_template("test_ehr/exchange.html" if whole else "test_ehr/exchange_part.html", **_told(one(number)), page="exchange", whole=whole)

    @doors.get("/exchanges/<int:number>.json")
    def exchange_twin(number: int) -> Response:
        found = one(number)
        sides = {"request": _side(found.call.headers, found.call.body), "response": _side(found.call.answer_headers, found.call.answer)}
        return _json({**_summary(found), **sides})

    @doors.get("/patients/<patient>/sequence.svg")
    def drawn(patient: str) -> Response:
        answer = Response(str(picture(panel(clinic, patient)["rows"])), content_type="image/svg+xml")
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return answer

    @doors.get("/events")
    def events() -> Response:
        return Response(_events(clinic), content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    @doors.get("/page/<name>")
    def asset(name: str) -> Response:
        path = ASSETS / name
        if path.parent != ASSETS or not path.is_file():
            abort(404)
        answer = Response(path.read_bytes(), content_type=MEDIA.get(path.suffix, "application/octet-stream"), headers={"Cache-Control": "no-cache"})
        answer.add_etag()
        answer.make_conditional(request)
        return answer


def panel(clinic: Clinic, patient: str) -> dict[str, Any]:
    """The rows of the panel: what was exchanged since the patient's course began, without what names another patient only."""
    course = clinic.courses.get(patient)
    since = course.since if course else clinic.journal.number
    others = [name.encode() for name in clinic.charts.by_patient if name != patient]
    unheard = tuple(f"/notifications/{inbox(guide)}" for guide in clinic.sides if course and guide != course.guide)
    ours = (each for each in clinic.journal.after(since) if not each.call.url.endswith(unheard))
    told = rows(each for each in ours if not _of_others(each, patient.encode(), others))
    return {"rows": told, "arrow": arrow, "markers": markers, "lanes": LANES}


def _of_others(exchange: Exchange, ours: bytes, others: list[bytes]) -> bool:
    call = exchange.call
    words = b" ".join((call.url.encode(), call.body, call.answer, *(value.encode() for _, value in call.headers)))
    return ours not in words and any(name in words for name in others)


def _events(clinic: Clinic) -> Iterator[str]:
    """One event for each change; a comment now and then keeps the line open."""
    seen = clinic.journal.changes
    yield f"data: {seen}\n\n"
    while True:
        now = clinic.journal.wait(seen, HEARTBEAT_SECONDS)
        yield f"data: {now}\n\n" if now != seen else ": still here\n\n"
        seen = now


def _told(exchange: Exchange) -> dict[str, Any]:
    call = exchange.call
    sides = [
        ("Request", f"{call.method} {call.url}", _headers(call.headers), _pretty(call.body, call.headers), len(call.body)),
        ("Response", f"{call.status} {_phrase(call.status)}", _headers(call.answer_headers), _pretty(call.answer, call.answer_headers), len(call.answer)),
    ]
    between = f"{LANES[exchange.caller][0]} to {LANES[exchange.called][0]}"
    return {"exchange": exchange, "call": call, "chapter": chapter_of(exchange), "sides": sides, "between": between}


def _summary(exchange: Exchange) -> dict[str, Any]:
    call, chapter = exchange.call, chapter_of(exchange)
    step = {"guide": chapter.guide, "step": chapter.word, "sentence": chapter.sentence, "page": chapter.page}
    how = {"method": call.method, "url": call.url, "status": call.status, "at": call.at.isoformat(timespec="milliseconds"), "ms": round(call.took_ms, 1)}
    return {"number": exchange.number, "caller": exchange.caller, "called": exchange.called, **step, **how}


def _headers(headers: Headers) -> list[tuple[str, str]]:
    """Those that say something of the exchange, in the order of this list."""
    named = {name.lower(): (name, value) for name, value in headers}
    return [named[name] for name in SHOWN_HEADERS if name in named]


def _pretty(body: bytes, headers: Headers) -> Markup | str:
    try:
        return shown(parse(body)) if body.lstrip()[:1] in (b"{", b"[") else body.decode(errors="replace").replace("&", "\n&")
    except Refusal:
        return body.decode(errors="replace")


def _side(headers: Headers, body: bytes) -> dict[str, Any]:
    try:
        return {"headers": dict(headers), "body": parse(body) if body.lstrip()[:1] in (b"{", b"[") else body.decode(errors="replace")}
    except Refusal:
        return {"headers": dict(headers), "body": body.decode(errors="replace")}


def _phrase(status: int) -> str:
    return re.sub(r"\s+", " ", HTTPStatus(status).phrase) if status in HTTPStatus._value2member_map_ else ""


def _json(body: object) -> Response:
    return Response(dump(body), content_type="application/json")
