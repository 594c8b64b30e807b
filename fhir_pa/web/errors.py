"""THE table: which HTTP status each kind of refusal means at each door, and the answer written for it.

Three doors differ. FHIR (pas.md §1.5): 4xx carries exactly one OperationOutcome, 5xx none. CDS Hooks (crd.md §1.13): content that
breaks the hook is 422 in guide 2.0.1 and 400 in 2.2, unless only a profile asks; a 401 says nothing; 5xx carries an
OperationOutcome with the request id. Everything else (reviewers, probes) answers as FHIR does, but keeps it on 5xx.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from werkzeug.exceptions import HTTPException

from fhir_pa.auth.backend_services import TokenRefused
from ig_profiles.json import dump
from ig_profiles.outcome import (
    Conflict,
    Forbidden,
    Issue,
    NotFound,
    NotSupported,
    OutOfProfile,
    PreconditionFailed,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    Unreadable,
    WrongMediaType,
    operation_outcome,
)

Door = Literal["fhir", "cds 2.0.1", "cds 2.2", "other"]
Write = Callable[[dict[str, Any], Door], tuple[bytes, str]]


class NotAcceptable(WrongMediaType):
    """The caller accepts only media types we do not write."""


class NoSuchMethod(Refusal):
    """The address exists, but not for this HTTP method."""

    code = "not-supported"


#                                  FHIR   CDS 2.0.1   CDS 2.2
STATUSES: Mapping[type[Refusal], tuple[int, int, int]] = {
    Unreadable:                    (400,   400,        400),
    Unprocessable:                 (422,   422,        400),
    OutOfProfile:                  (422,   422,        422),
    TooLarge:                      (413,   413,        413),
    WrongMediaType:                (415,   415,        415),
    NotAcceptable:                 (406,   406,        406),
    Unauthenticated:               (401,   401,        401),
    Forbidden:                     (403,   403,        403),
    NotFound:                      (404,   404,        404),
    NoSuchMethod:                  (405,   405,        405),
    NotSupported:                  (422,   422,        422),
    Conflict:                      (409,   409,        409),
    PreconditionFailed:            (412,   412,        412),
    TooMany:                       (429,   429,        429),
    Unavailable:                   (503,   503,        503),
    Refusal:                       (400,   400,        400),
}  # fmt: skip

_BY_NAME = {kind.__name__: statuses for kind, statuses in STATUSES.items()}

# RFC 6749 §5.2: the token endpoint answers 400, or 401 when the client could not prove itself.
TOKEN_STATUSES: Mapping[str, int] = {"invalid_client": 401}

RETRY_AFTER_SECONDS = 10


def hook_status(kind: str, guide: str) -> int:
    """The status a hook call was answered with that was refused by a refusal of this name, in this guide.

    >>> hook_status("Unprocessable", "2.0.1"), hook_status("Unprocessable", "2.2")
    (422, 400)
    """
    return _BY_NAME.get(kind, STATUSES[Refusal])[2 if guide == "2.2" else 1]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer before any framework has seen it."""

    status: int
    body: bytes
    media_type: str
    headers: Mapping[str, str]


def status_of(refusal: Refusal, door: Door) -> int:
    """The status this kind of refusal means at this door."""
    row = next(STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES)
    return row[{"cds 2.0.1": 1, "cds 2.2": 2}.get(door, 0)]


def in_json(outcome: dict[str, Any], door: Door) -> tuple[bytes, str]:
    """An OperationOutcome as JSON, with the media type it has at this door."""
    return dump(outcome), "application/fhir+json" if door == "fhir" else "application/json"


def refused(refusal: Refusal, door: Door, request_id: str, write: Write = in_json) -> Answer:
    """The answer to a refused call, its OperationOutcome as ``write`` writes it."""
    status = status_of(refusal, door)
    if status >= 500:
        return failed(status, door, request_id)
    issues = refusal.issues
    if status == 401 and door.startswith("cds"):
        issues = (Issue("The call could not be authenticated.", "login"),)
    return Answer(status, *write(operation_outcome(issues), door), _headers(refusal, status, door))


def failed(status: int, door: Door, request_id: str) -> Answer:
    """The answer when the fault is ours: what to do next, the request id to quote, and nothing of the inside."""
    text = f"The payer's server could not answer. Nothing was decided. Try again later; if it stays, quote request {request_id}."
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
    if door == "fhir":
        return Answer(status, text.encode(), "text/plain; charset=utf-8", headers)
    issue = Issue(text, "transient" if status == 503 else "exception", "fatal", diagnostics=f"request {request_id}")
    return Answer(status, *in_json(operation_outcome([issue]), door), headers)


def token_refused(refusal: TokenRefused) -> Answer:
    """The token endpoint's refusal."""
    status = TOKEN_STATUSES.get(refusal.error, 400)
    return Answer(status, dump(refusal.as_json()), "application/json", {"Cache-Control": "no-store", "Pragma": "no-cache"})


def from_http(error: HTTPException) -> tuple[Refusal, Mapping[str, str]]:
    """Flask's own refusals (unknown address, wrong method, body too long) as ours, with the headers that go with them."""
    if error.code == 404:
        return NotFound("There is nothing at this address. See metadata, /cds-services or /.well-known/davinci-configuration for what there is."), {}
    if error.code == 405:
        allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
        return NoSuchMethod(f"This address does not take that method. Use {allowed or 'another'}."), {"Allow": allowed}
    if error.code == 413:
        return TooLarge("The body is longer than this server takes. Send large documents with $submit-attachment, one by one."), {}
    return Unreadable("The HTTP request could not be read to its end. Send it again."), {}


def _headers(refusal: Refusal, status: int, door: Door) -> dict[str, str]:
    if status == 401:
        known = any(issue.message_id == "no-token" for issue in refusal.issues) or door.startswith("cds")
        return {"WWW-Authenticate": 'Bearer realm="fhir-pa"' + ("" if known else ', error="invalid_token"')}
    if any(issue.message_id == "insufficient-scope" for issue in refusal.issues):
        return {"WWW-Authenticate": 'Bearer realm="fhir-pa", error="insufficient_scope"'}
    return {"Retry-After": str(refusal.wait_seconds)} if isinstance(refusal, TooMany) else {}
