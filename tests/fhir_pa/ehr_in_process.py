"""The EHR in this process, as the clinician's app calls it over HTTP."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from fhir_pa.provider.wire import Reply
from ig_profiles.json import dump, parse

EHR, APP, PAYER = "http://127.0.0.1:9090", "http://127.0.0.1:9191", "http://payer.example/v2.2/fhir"


class OverTheWire:
    """Calls of the app's server to the EHR, made in this process."""

    def __init__(self, ehr: FlaskClient, base: str) -> None:
        self.ehr, self.base = ehr, base

    def get(self, path: str, token: str | None = None, parameters: Any = None) -> Reply:
        return self._told("GET", path, self.ehr.get(self._path(path), headers=_bearer(token)))

    def post(self, path: str, body: Any, token: str | None = None, media: str = "") -> Reply:
        return self._told("POST", path, self.ehr.post(self._path(path), data=dump(body), headers=_bearer(token)))

    def put(self, path: str, body: Any, token: str | None = None, version: str | None = None) -> Reply:
        guard = {"If-Match": f'W/"{version}"'} if version else {}
        return self._told("PUT", path, self.ehr.put(self._path(path), data=dump(body), headers={**_bearer(token), **guard}))

    def form(self, path: str, fields: dict[str, str]) -> Reply:
        return self._told("POST", path, self.ehr.post(self._path(path), data=fields))

    def _path(self, path: str) -> str:
        return path.removeprefix(EHR) if path.startswith("http") else f"{self.base.removeprefix(EHR)}/{path}"

    def _told(self, method: str, path: str, answer: Any) -> Reply:
        return Reply(method, path, answer.status_code, parse(answer.data) if answer.data else None, 1.0, answer.headers)


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
