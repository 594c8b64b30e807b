"""Take out of an exchange what lets somebody in: tokens, assertions, codes, cookies. What a token says of itself stays readable."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fhir_pa.provider.wire import Call, Headers
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Refusal

HIDDEN = "(hidden)"
SECRET_KEYS = {"access_token", "refresh_token", "id_token", "client_assertion", "code", "code_verifier", "launch", "state", "nonce"}
IN_JSON = {"access_token", "refresh_token", "id_token", "client_assertion"}
TELLING = ("iss", "sub", "aud", "scope", "fhirUser")
JWT = re.compile(rb"eyJ[\w-]+\.[\w-]+\.[\w-]+")
AUTHORIZATION = re.compile(r"^(Authorization:\s*)?(Bearer|Basic)\s+(\S+)$", re.IGNORECASE)


def without_secrets(call: Call) -> Call:
    """The exchange as it may be shown: nothing in it opens a door."""
    return replace(
        call,
        url=_address(call.url),
        headers=_headers(call.headers),
        body=_swept(_body(call.body, call.headers)),
        answer_headers=_headers(call.answer_headers),
        answer=_swept(_body(call.answer, call.answer_headers)),
    )


def hidden(token: str) -> str:
    """What is shown instead of a token; of a JWT, who signed it for what (its payload is no secret, its signature is).

    >>> hidden("abc")
    '(hidden)'
    """
    claims = claims_of(token)
    told = ", ".join(f"{name}={claims[name]}" for name in TELLING if claims.get(name))
    return f"(hidden; a signed JWT: {told})" if told else HIDDEN


def claims_of(token: str) -> dict[str, Any]:
    """What a JWT says of itself, unverified; nothing where it is none."""
    parts = token.split(".")
    try:
        claims = parse(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))) if len(parts) == 3 else {}
    except (ValueError, Refusal):
        return {}
    return claims if isinstance(claims, dict) else {}


def _headers(headers: Headers) -> Headers:
    def clean(name: str, value: str) -> str:
        match name.lower():
            case "authorization":
                return _proof(value)
            case "cookie" | "set-cookie":
                return re.sub(r"=[^;]*", f"={HIDDEN}", value, count=1)
            case "location" | "referer":
                return _address(value)
            case _:
                return value

    return tuple((name, clean(name, value)) for name, value in headers)


def _proof(value: str) -> str:
    found = AUTHORIZATION.match(value)
    return f"{found[1] or ''}{found[2]} {hidden(found[3])}" if found else HIDDEN


def _address(url: str) -> str:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if not any(name in SECRET_KEYS for name, _ in pairs):
        return url
    return urlunsplit(parts._replace(query=urlencode(_pairs(pairs), safe="():/")))


def _pairs(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """OAuth's words only: ``code`` is a search parameter of FHIR too, and then stands with a system or a number."""
    oauth = any(name in ("client_id", "client_assertion", "grant_type", "state", "iss") for name, _ in pairs)
    return [(name, HIDDEN if oauth and name in SECRET_KEYS else value) for name, value in pairs]


def _body(body: bytes, headers: Headers) -> bytes:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    if "x-www-form-urlencoded" in kind:
        return urlencode(_pairs(parse_qsl(body.decode(errors="replace"), keep_blank_values=True)), safe="():/").encode()
    if "json" not in kind or not body:
        return body
    try:
        value = parse(body)
    except Refusal:
        return body
    clean = _value(value)
    return dump(clean) if clean != value else body


def _swept(body: bytes) -> bytes:
    """Without any signed token that stands where none was looked for."""
    return JWT.sub(lambda found: hidden(found[0].decode()).encode(), body)


def _value(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _value(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_value(each, name) for each in value]
    if isinstance(value, str):
        return hidden(value) if name in IN_JSON else _proof(value) if AUTHORIZATION.match(value) else value
    return value
