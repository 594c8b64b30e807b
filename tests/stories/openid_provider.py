"""A small OpenID provider, served over HTTP with real signatures: the plan's own accounts, as far as a sign-in needs them."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "fhir-pa", "only-the-plan-knows"


@dataclass
class OpenIdProvider:
    """``says`` changes what the ID token claims, ``key`` what it is signed with, ``told`` where its addresses are said to be."""

    clock: Callable[[], datetime]
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, auto_kid=True))
    says: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey | None = None
    told: dict[str, str] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self, address: str) -> dict[str, str]:
        """What a person does at the provider: comes with this address, proves who it is; what the browser takes back."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert said["response_type"] == "code" and said["client_id"] == CLIENT and said["code_challenge_method"] == "S256" and "openid" in said["scope"]
        code = f"code-{len(self.asked) + 1}"
        self.asked[code] = said
        return {"code": code, "state": said["state"]}

    def app(self) -> Flask:
        """Its addresses."""
        app = Flask("openid")

        @app.get("/.well-known/openid-configuration")
        def configuration() -> Response:
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
            return jsonify({"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in places.items()}, **self.told})

        @app.get("/jwks")
        def keys() -> Response:
            return jsonify(keys=[self.key.as_dict(private=False)])

        @app.post("/token")
        def token() -> Response:
            secret = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            begun = self.asked.pop(request.form["code"], None)
            challenge = base64.urlsafe_b64encode(hashlib.sha256(request.form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
            known = begun and begun["code_challenge"] == challenge and begun["redirect_uri"] == request.form["redirect_uri"]
            if not begun or not known or request.headers.get("Authorization") != f"Basic {secret}":
                return jsonify(error="invalid_grant")
            now = int(self.clock().timestamp())
            claims = {"iss": self.issuer, "aud": CLIENT, "sub": "u-1", "iat": now, "exp": now + 300, "nonce": begun["nonce"], **self.says}
            key = self.signs_with or self.key
            return jsonify(id_token=jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key, algorithms=["RS256"]), token_type="Bearer")

        return app


@contextmanager
def openid_provider(clock: Callable[[], datetime]) -> Iterator[OpenIdProvider]:
    """A provider that runs for a while."""
    provider = OpenIdProvider(clock)
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
