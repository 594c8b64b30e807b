"""Papers in a browser: a letter that keeps its own style and loads nothing, a document somebody sent that may run nothing."""

from __future__ import annotations

import base64
import hashlib
import re

from flask import Response

_STYLE = re.compile(rb"<style>(.*?)</style>", re.S)
PDF = "application/pdf"
_VIEWER = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
INLINE = frozenset({"image/jpeg", "image/png", "text/plain"})


def letter(kind: str, body: bytes) -> Response:
    """A letter: nothing but its own style, known by its fingerprint, may style it."""
    response = Response(body, content_type=kind)
    styles = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(each).digest()).decode()}'" for each in _STYLE.findall(body)) or "'none'"
    response.headers["Content-Security-Policy"] = f"default-src 'none'; style-src {styles}; base-uri 'none'; frame-ancestors 'none'"
    return response


def attachment(kind: str, body: bytes, name: str) -> Response:
    """A document somebody sent: shown where a browser only draws it, else handed over as a file of this name.

    A browser's own viewer of PDFs lives apart from our pages and will not start in a sandbox; it turns to ``#page=3``.
    """
    drawn = kind == PDF and body.startswith(b"%PDF-")
    response = Response(body, content_type=kind + ("; charset=utf-8" if kind == "text/plain" else ""))
    response.headers["Content-Security-Policy"] = _VIEWER if drawn else "default-src 'none'; frame-ancestors 'none'; sandbox"
    way, ending = ("inline" if drawn or kind in INLINE else "attachment"), kind.rpartition("/")[2]
    response.headers["Content-Disposition"] = f'{way}; filename="{name}.{"bin" if ending == "octet-stream" else ending}"'
    return response
