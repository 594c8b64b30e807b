"""A payer that asks whatever a test wants, and can be out of order: packages, next questions, expansions, and what it was told."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request

from fhir_pa.provider.play.processes import free_port
from ig_profiles.reading import Json
from tests.browser.clinic import served

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
FORM = "http://payer.example/fhir/Questionnaire/anything"
Answering = Callable[[Json], Json]


@dataclass
class AnyPayer:
    """What it hands out, and what it heard.

    ``fails`` is a status to answer packages with; ``next`` answers $next-question; ``others`` are further
    forms of the package, ``published`` those that can only be searched for.
    """

    url: str
    questionnaire: Json
    draft: Json | None = None
    elms: tuple[Json, ...] = ()
    value_sets: tuple[Json, ...] = ()
    fails: int | None = None
    next: Answering | None = None
    codes: tuple[Json, ...] = ()
    others: tuple[Json, ...] = ()
    published: tuple[Json, ...] = ()
    errors: list[Json] = field(default_factory=list)
    asked: list[Json] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Its FHIR base."""
        return f"{self.url}/fhir"

    def package(self) -> Json:
        """The answer to $questionnaire-package, in the shape of 2.2."""
        libraries = [{"resourceType": "Library", "content": [{"contentType": "application/elm+json", "data": _base64(elm)}]} for elm in self.elms]
        resources = [self.questionnaire, *([self.draft] if self.draft else []), *libraries, *self.value_sets]
        packages = [resources, *([each] for each in self.others)]
        bundles = [{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in package]} for package in packages]
        return {"resourceType": "Parameters", "parameter": [{"name": "packagebundle", "resource": bundle} for bundle in bundles]}


@contextmanager
def any_payer(*items: Json, **more: Any) -> Iterator[AnyPayer]:
    """One that asks these items; ``more`` goes to AnyPayer, ``form`` into the questionnaire."""
    form = {"resourceType": "Questionnaire", "url": FORM, "version": "1", "title": "Anything", "status": "active", "item": list(items), **more.pop("form", {})}
    payer = AnyPayer(f"http://127.0.0.1:{free_port()}", form, **more)
    with served(_application(payer), payer.url):
        yield payer


def _application(payer: AnyPayer) -> Flask:
    app = Flask(__name__)

    @app.get("/fhir/.well-known/smart-configuration")
    def configuration() -> Any:
        return {"token_endpoint": f"{payer.url}/token"}

    @app.post("/token")
    def token() -> Any:
        return {"access_token": "t", "expires_in": 300, "token_type": "Bearer"}

    @app.post("/fhir/Questionnaire/<operation>")
    def operate(operation: str) -> Any:
        body = request.get_json(force=True)
        payer.asked.append(body)
        if operation == "$log-questionnaire-errors":
            payer.errors.append(body)
            return Response(status=204)
        if payer.fails:
            issue = {"severity": "error", "code": "exception", "details": {"text": "The mill is broken."}}
            return _fhir({"resourceType": "OperationOutcome", "issue": [issue]}, payer.fails)
        if operation == "$next-question" and payer.next:
            return _fhir(payer.next(body))
        return _fhir(payer.package())

    @app.get("/fhir/Questionnaire")
    def find() -> Any:
        found = [each for each in payer.published if each["url"] == request.args.get("url")]
        return _fhir({"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in found]})

    @app.get("/fhir/ValueSet/$expand")
    def expand() -> Any:
        words = request.args.get("filter", "").lower()
        found = [each for each in payer.codes if words in str(each["display"]).lower()]
        return _fhir({"resourceType": "ValueSet", "status": "active", "expansion": {"timestamp": "2026-11-21", "contains": found}})

    return app


def _fhir(body: Json, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/fhir+json")


def _base64(elm: Json) -> str:
    return base64.b64encode(json.dumps(elm).encode()).decode()
