"""A server process with registered EHRs and a key server of their own, for the tests that try its doors with real signatures."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.jwk import Key

from fhir_pa.provider.play.payer_file import inline
from tests.fhir_pa.test_web_serve import answers, free_port, wait_until
from tests.fhir_pa.web_parties import EC, RSA

ROOT = Path(__file__).parents[2]
START = (
    "import os, sys; from fhir_pa.settings import read; from fhir_pa.web.serve import serve;"
    "sys.exit(serve(read({}, os.environ), 'tests.fhir_pa.served:speaking'))"
)
WORLD = "https://pa.larkfield.example"  # the payer as the world knows it; the process listens elsewhere, as behind a proxy
SERVICE = "/v2.0/cds-services/order-sign-crd"
ISSUER = "https://ehr.oakwood.example"


@dataclass
class KeyServer:
    """Serves the EHR's public keys at /jwks.json, leads astray at /moved.json, and remembers what it was asked."""

    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> KeyServer:
        keys, asked = json.dumps({"keys": [EC.as_dict(private=False), RSA.as_dict(private=False)]}).encode(), self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                moved = self.path == "/moved.json"
                self.send_response(302 if moved else 200)
                self.send_header("Location", "/jwks.json") if moved else self.send_header("Content-Length", str(len(keys)))
                self.end_headers()
                self.wfile.write(b"" if moved else keys)

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass(frozen=True)
class Payer:
    """A server process with registered EHRs, and the key server they publish at."""

    port: int
    keys: KeyServer
    log: Path

    def call(self, *authorizations: str, body: bytes = b"{}") -> tuple[int, Any]:
        """POST to the service with these Authorization headers; status and answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest("POST", SERVICE)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *(("Authorization", each) for each in authorizations)):
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        said = answer.read()
        return answer.status, json.loads(said)

    def token(self, key: Key = EC, alg: str = "ES384", header: dict[str, Any] | None = None, **changed: Any) -> str:
        """A token good for one call of the service, but for what is ``changed``; what is None is left out."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": WORLD + SERVICE, "iat": now, "exp": now + 300, "jti": uuid.uuid4().hex, **changed}
        heading = {"alg": alg, "typ": "JWT", "kid": key.kid, "jku": f"{self.keys.url}/jwks.json", **(header or {})}
        payload = json.dumps({name: value for name, value in claims.items() if value is not None})
        kept = {name: value for name, value in heading.items() if value is not None}
        return jws.serialize_compact(kept, payload, key, algorithms=[alg], registry=_ANY)


_ANY = jws.JWSRegistry(algorithms=["ES384", "RS384", "ES256", "RS256", "PS384", "ES512", "HS256", "HS384", "EdDSA"], strict_check_header=False)


@contextmanager
def serving(folder: Path, told: Mapping[str, str] | None = None, **registered: Any) -> Iterator[Payer]:
    """The process, started and ended; its configuration and log lie in this folder.

    ``told`` are further FHIR_PA_* variables, ``registered`` what the first EHR is registered with besides.
    """
    with KeyServer() as keys:
        inline_keys = {"keys": [EC.as_dict(private=False)]}
        clients: list[dict[str, Any]] = [
            {"id": "oakwood-ehr", "cds_issuer": ISSUER, "cds_jwks_url": f"{keys.url}/jwks.json", **registered},
            {"id": "out-of-band", "cds_issuer": "https://fernhill.example", "jwks": inline_keys},
            {"id": "moved", "cds_issuer": "https://moved.example", "cds_jwks_url": f"{keys.url}/moved.json"},
        ]
        config = folder / "fhir-pa.toml"
        config.write_text("".join("\n".join(["[[client]]", *(f"{key} = {inline(value)}" for key, value in each.items()), ""]) for each in clients))
        port = free_port()
        environment = {**os.environ, "FHIR_PA_CONFIG": str(config), "FHIR_PA_PORT": str(port), "FHIR_PA_PUBLIC_URL": WORLD, "PYTHONPATH": str(ROOT)}
        environment |= told or {}
        log = folder / "log"
        with log.open("wb") as written:
            process = subprocess.Popen([sys.executable, "-c", START], cwd=ROOT, env=environment, stderr=written, stdout=written)
        try:
            wait_until(lambda: answers(port), "an answer from the server")
            yield Payer(port, keys, log)
        finally:
            process.terminate()
            process.wait(30)
