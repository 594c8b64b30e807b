"""What every page of the test EHR is served with: a strict content policy, and forms only from its own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request


def safely(doors: Blueprint, launched: tuple[str, ...]) -> None:
    """Guard these pages; ``launched`` are the addresses of the apps a form of ours may lead to."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"form-action 'self' {' '.join(launched)}; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types test-ehr"
    )

    @doors.before_request
    def from_here() -> None:
        """A browser says where a form comes from; what says nothing is a program on this machine."""
        said, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        here = said == "same-origin" if said else not origin or urlsplit(origin).netloc == request.host
        if request.method == "POST" and not here:
            abort(403)

    @doors.after_request
    def headers(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = policy
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer
