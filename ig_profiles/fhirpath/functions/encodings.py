"""Text in other dress: hex, base64, html, json (FHIRPath N1 §5.6, additions of the 3.0 ballot)."""

from __future__ import annotations

import base64
import binascii
import html
import json

from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.functions.registry import on_one


@on_one("encode", "text", "text")
def encode(text: str, form: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    if form == "hex":
        return data.hex()
    if form in {"base64", "urlbase64"}:
        return (base64.b64encode(data) if form == "base64" else base64.urlsafe_b64encode(data)).decode()
    raise EvaluationError(f"encode() knows hex, base64 and urlbase64, not '{form[:20]}'")


@on_one("decode", "text", "text")
def decode(text: str, form: str) -> str:
    try:
        if form == "hex":
            return bytes.fromhex(text).decode()
        if form in {"base64", "urlbase64"}:
            return base64.b64decode(text, b"-_" if form == "urlbase64" else None, validate=True).decode()
    except (ValueError, binascii.Error):
        raise EvaluationError(f"decode() is given text that is not {form}") from None
    raise EvaluationError(f"decode() knows hex, base64 and urlbase64, not '{form[:20]}'")


@on_one("escape", "text", "text")
def escape(text: str, form: str) -> str:
    if form == "html":
        return html.escape(text)
    if form == "json":
        return json.dumps(text, ensure_ascii=False)[1:-1]
    raise EvaluationError(f"escape() knows html and json, not '{form[:20]}'")


@on_one("unescape", "text", "text")
def unescape(text: str, form: str) -> str:
    if form == "html":
        return html.unescape(text)
    if form == "json":
        try:
            return str(json.loads(f'"{text}"'))
        except ValueError:
            raise EvaluationError("unescape() is given text that is not escaped as JSON") from None
    raise EvaluationError(f"unescape() knows html and json, not '{form[:20]}'")
