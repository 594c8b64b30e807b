"""A seat at pages of ours: whoever signed in is known at each address by a cookie, which is renewed while somebody is there, and let go at signing out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request

from fhir_pa.auth.desk_session import IDLE, Session, Sessions
from fhir_pa.web import fragment
from fhir_pa.web.page import see
from ig_profiles.outcome import Forbidden, Unauthenticated

AT_THE_DOOR = timedelta(minutes=15)  # how long a sign-in may take


@dataclass(frozen=True)
class Seat:
    """One kind of pages: where they begin, the name of their cookie, whom it stands for.

    ``cases`` are the addresses below which a page may be wanted before signing in.
    """

    at: str
    cookie: str
    cases: str | tuple[str, ...]
    sessions: Sessions
    public_url: str

    @property
    def door(self) -> str:
        """Where one signs in."""
        return f"{self.at}/sign-in"

    def where(self, wanted: str) -> str:
        """The page to go on to; never an address of somebody else's."""
        safe = wanted.startswith(self.cases) and not set(wanted) & set("\\\r\n:") and "//" not in wanted
        return wanted if safe else self.at

    def take(self, response: Response, value: str) -> None:
        """Let the browser keep the session."""
        self._lay(response, self.cookie, value, IDLE, self.at, "Strict")

    def leave_at_the_door(self, response: Response, name: str, value: str, across_sites: bool = False) -> None:
        """Let the browser keep something while it signs in; ``across_sites`` where it comes back from another site."""
        self._lay(response, f"{self.cookie}_{name}", value, AT_THE_DOOR, self.door, "Lax" if across_sites else "Strict")

    def left_at_the_door(self, name: str) -> str:
        """What the browser kept of it; empty when nothing."""
        return request.cookies.get(f"{self.cookie}_{name}", "")

    def take_from_the_door(self, response: Response, name: str) -> None:
        """Let the browser forget it."""
        response.delete_cookie(f"{self.cookie}_{name}", path=self.door, httponly=True, samesite="Lax")

    def keep(self, base: Blueprint, seated: Callable[[Session], None] = lambda _: None) -> None:
        """Guard every address of the blueprint but the door and the assets, and let out who signs out; ``seated`` hears who is there."""

        @base.before_request
        def guard() -> Response | None:
            if request.method == "POST":
                self._check_origin()
            if request.path.startswith((self.door, f"{self.at}/assets/")):
                return None
            try:
                g.session = self.sessions.read(request.cookies.get(self.cookie, ""))
            except Unauthenticated:
                if fragment.asked() and not fragment.quiet():  # what was pressed leads to the door; what only looks away the page as it is
                    return Response(status=401, headers={"HX-Redirect": f"{self.door}?next={urlsplit(fragment.shown_at()).path}"})
                if request.method == "GET" and not request.path.endswith(".json") and not fragment.asked():
                    return see(f"{self.door}?next={request.path}")
                raise
            seated(g.session)
            if request.method == "POST":
                g.session.check_form(request.form.get("csrf", ""))
            return None

        @base.after_request
        def renew(response: Response) -> Response:
            session: Session | None = g.get("session")
            away = request.path == f"{self.at}/sign-out" or fragment.quiet()
            fresh = self.sessions.renewed(session) if session and not away else None
            if fresh:
                self.take(response, fresh)
            return response

        @base.post("/sign-out")
        def sign_out() -> Response:
            self.sessions.end(g.session)
            response = see(self.door)
            response.delete_cookie(self.cookie, path=self.at, httponly=True, samesite="Strict")
            return response

    def _check_origin(self) -> None:
        """A form of ours is posted from our own pages; a browser says where from."""
        origin = request.headers.get("Origin")
        ours = {urlsplit(self.public_url).netloc, request.host}
        if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") or (origin and urlsplit(origin).netloc not in ours):
            raise Forbidden("This form was posted from another site. Open the page here, and fill it in again.")

    def _lay(self, response: Response, name: str, value: str, lasts: timedelta, path: str, same: Literal["Lax", "Strict"]) -> None:
        secure = self.public_url.startswith("https://")
        response.set_cookie(name, value, max_age=int(lasts.total_seconds()), path=path, secure=secure, httponly=True, samesite=same)
