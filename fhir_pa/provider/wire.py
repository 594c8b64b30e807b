"""One HTTP call to the other party: what was sent, what came back, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from ig_profiles.json import dump, parse
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json, many, text

FHIR_JSON = "application/fhir+json"
AGENT = "Oakwood Clinic"  # by which our own calls are known from the payer's

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Call:
    """One exchange to the last byte: the request as it went at ``at``, the answer, and the milliseconds between them."""

    method: str
    url: str
    headers: Headers
    body: bytes
    status: int
    answer_headers: Headers
    answer: bytes
    at: datetime
    took_ms: float


Watch = Callable[[Call], None]


@dataclass(frozen=True)
class Reply:
    """The answer to one call. ``took_ms`` counts from sending the first byte to having the last one."""

    method: str
    url: str
    status: int
    body: Any
    took_ms: float
    headers: Mapping[str, str] = field(default_factory=dict)

    def expect(self, *statuses: int) -> Reply:
        """The reply itself when its status is one of these. Raises WrongAnswer with what the other side said."""
        if self.status not in statuses:
            raise WrongAnswer(f"{self.method} {self.url} answered {self.status} instead of {' or '.join(map(str, statuses))}: {said(self.body)}")
        return self


class WrongAnswer(Exception):
    """The other party answered, but not with what the guide lets us expect."""


class Wire:
    """A connection to one party; JSON in, JSON out, decimals kept. ``watch`` is shown every exchange."""

    def __init__(self, base: str, timeout: float = 15.0, watch: Watch | None = None) -> None:
        self.base = base.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = AGENT
        self._timeout = timeout
        self._watch = watch

    def post(self, path: str, body: Any, token: str | None = None, media: str = FHIR_JSON) -> Reply:
        """POST a JSON body."""
        return self._call("POST", path, token, data=dump(body), headers={"Content-Type": media, "Accept": media})

    def put(self, path: str, body: Any, token: str | None = None, version: str | None = None) -> Reply:
        """PUT a FHIR resource, over the version named if one is (If-Match)."""
        guard = {"If-Match": f'W/"{version}"'} if version else {}
        return self._call("PUT", path, token, data=dump(body), headers={"Content-Type": FHIR_JSON, "Accept": FHIR_JSON, **guard})

    def form(self, path: str, fields: Mapping[str, str]) -> Reply:
        """POST a form, as the token endpoint wants it."""
        return self._call("POST", path, None, data=dict(fields), headers={"Accept": "application/json"})

    def get(self, path: str, token: str | None = None, parameters: Mapping[str, str] | None = None) -> Reply:
        """GET a resource or a search."""
        return self._call("GET", path, token, params=parameters, headers={"Accept": f"{FHIR_JSON}, application/json;q=0.9"})

    def delete(self, path: str, token: str | None = None) -> Reply:
        """DELETE a resource."""
        return self._call("DELETE", path, token, headers={"Accept": FHIR_JSON})

    def _call(self, method: str, path: str, token: str | None, headers: dict[str, str], **rest: Any) -> Reply:
        url = path if path.startswith(("http://", "https://")) else f"{self.base}/{path.lstrip('/')}"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        at, began = datetime.now(UTC), time.perf_counter()
        answer = self._session.request(method, url, headers=headers, timeout=self._timeout, allow_redirects=False, **rest)
        took = (time.perf_counter() - began) * 1000
        if self._watch:
            self._watch(_seen(answer, at, took))
        return Reply(method, url, answer.status_code, _body(answer.content), took, answer.headers)


def said(body: Any) -> str:
    """What an error body says, for a person: the OperationOutcome's texts, or the error of OAuth."""
    if isinstance(body, dict):
        texts = [item.get("details", {}).get("text") or item.get("diagnostics") for item in many(body, "issue") if isinstance(item, dict)]
        return "; ".join(str(each) for each in texts if each) or text(body, "error_description") or text(body, "error") or str(sorted(body))
    return str(body)[:200] if body else "nothing"


def parameters(*parts: Json) -> Json:
    """A Parameters resource of these parts."""
    return {"resourceType": "Parameters", "parameter": list(parts)}


def _seen(answer: requests.Response, at: datetime, took_ms: float) -> Call:
    sent = answer.request
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    url, headers = str(sent.url), tuple((name, str(value)) for name, value in sent.headers.items())
    return Call(str(sent.method), url, headers, bytes(body), answer.status_code, tuple(answer.headers.items()), answer.content, at, took_ms)


def _body(content: bytes) -> Any:
    if not content:
        return None
    try:
        return parse(content)
    except Refusal:
        return content.decode(errors="replace")
