"""Where everything is: SMART configuration, Da Vinci endpoint discovery, the token endpoint they lead to, and our own codes.

SMART App Launch 2 §conformance; HRex 1.2 endpoint discovery (crd.md §1.12).
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from cds_hooks.overrides import code_system
from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.keys import ALGORITHMS
from fhir_pa.auth.scopes import NEEDED
from fhir_pa.web.fhir import GENERATIONS
from fhir_pa.web.front import certificate_of_caller
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Payer
from ig_profiles.reading import Json, without_empty


def blueprint(payer: Payer, authenticator: Authenticator) -> Blueprint:
    """``/oauth/token``; the ``.well-known`` files at the root and, for SMART, under each FHIR base; the code system that cards name."""
    base = Blueprint("discovery", __name__)

    @base.post("/oauth/token")
    def token() -> Response:
        given = answer(authenticator.token(request.form.to_dict(flat=False), certificate_of_caller(payer.settings)), media_type=JSON)
        given.headers["Cache-Control"] = "no-store"
        given.headers["Pragma"] = "no-cache"
        return given

    def smart_configuration() -> Response:
        return _public(answer(smart(authenticator.token_url, bool(payer.settings.client_certificate_header)), media_type=JSON))

    for prefix in ("", *(f"/{generation}/fhir" for generation in GENERATIONS)):
        base.add_url_rule(f"{prefix}/.well-known/smart-configuration", "smart_configuration", smart_configuration)

    @base.get("/.well-known/davinci-configuration")
    def davinci_configuration() -> Response:
        return _public(answer(davinci(payer), media_type=JSON))

    @base.get("/CodeSystem/override-reason")
    def override_reasons() -> Response:
        return _public(answer(code_system(payer.settings.public_url)))

    return base


def smart(token_url: str, mutual_tls: bool = False) -> Json:
    """The SMART configuration of a server that offers Backend Services and nothing else; with mutual TLS as RFC 8705 §3.3 announces it."""
    return {
        "token_endpoint": token_url,
        "token_endpoint_auth_methods_supported": ["private_key_jwt", *(["tls_client_auth"] if mutual_tls else [])],
        "tls_client_certificate_bound_access_tokens": mutual_tls,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "grant_types_supported": ["client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": sorted({scope for needed in NEEDED.values() for scope in needed}),
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }


def davinci(payer: Payer) -> Json:
    """The HRex endpoint list: a CRD base and a FHIR base for each generation."""
    url, identifier = payer.settings.public_url, payer.directory.insurer.identifier
    endpoints: dict[str, str] = {}
    for generation in GENERATIONS:
        version = generation.removeprefix("v")
        endpoints[f"davinci_crd_hook_endpoint#{version}"] = f"{url}/{generation}/cds-services"
        endpoints[f"davinci_dtr_qpackage_endpoint#{version}"] = f"{url}/{generation}/fhir"
        endpoints[f"davinci_pas_submission_endpoint#{version}"] = f"{url}/{generation}/fhir"
    endpoints["davinci_cdex_attachsubmit_endpoint#2.1"] = f"{url}/{next(reversed(GENERATIONS))}/fhir"
    named = {"system": identifier.system, "value": identifier.value} if identifier else None
    found: Json = without_empty({"identifier": named, "endpoints": endpoints})
    return found


def _public(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
