"""GET metadata: the CapabilityStatement of one generation's base, saying what this server really offers there.

Chapters: PAS intermediary capabilities, DTR payer service, Subscriptions R5 backport (R4 server), HRex conformance.
"""

from __future__ import annotations

from typing import Any

from fhir_pa.operations.requests import cases
from fhir_pa.release import release
from fhir_pa.wiring import Payer
from ig_profiles.names import BACKPORT, DTR, PAS, PAS_PROFILE, PAS_TOPIC
from ig_profiles.reading import Json, without_empty

CDEX = "http://hl7.org/fhir/us/davinci-cdex"
BACKPORT_SERVER = "http://hl7.org/fhir/uv/subscriptions-backport/CapabilityStatement/backport-subscription-server-r4"
SMART_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"
PUBLISHED_ON = "2026-11-21"

GUIDES = {
    "2.0.1": [f"{PAS}/ImplementationGuide/hl7.fhir.us.davinci-pas|2.0.1", f"{DTR}/ImplementationGuide/hl7.fhir.us.davinci-dtr|2.0.1"],
    "2.2": [f"{PAS}/ImplementationGuide/hl7.fhir.us.davinci-pas|2.2.1", f"{DTR}/ImplementationGuide/hl7.fhir.us.davinci-dtr|2.2.0"],
}
PROFILES = {
    "Claim": (),
    "ClaimResponse": ("profile-claimresponse", "profile-claiminquiryresponse"),
    "Bundle": ("profile-pas-request-bundle", "profile-pas-response-bundle"),
    "Task": ("profile-task",),
    "CommunicationRequest": ("profile-communicationrequest",),
    "Communication": (),
}
NAMED_BY = {name: {"documentation": "With the modifier :identifier."} for name in ("requestor", "provider")} | {
    "patient": {"documentation": "The reference the request was sent with, or a number of the member with the modifier :identifier."}
}
PIN = {"2.0.1": "", "2.2": "|2.2.1"}


def metadata(guide: str, payer: Payer) -> Json:
    """The CapabilityStatement of this generation."""
    base = payer.fhir_base(guide)
    statement = {
        "resourceType": "CapabilityStatement",
        "url": f"{base}/metadata",
        "version": release(),
        "name": "FhirPaPriorAuthorizationServer",
        "title": f"{payer.directory.insurer.name}: prior authorization (PAS and DTR {guide})",
        "status": "active",
        "date": PUBLISHED_ON,
        "kind": "instance",
        "instantiates": [f"{PAS}/CapabilityStatement/IntermediaryCapabilities", f"{DTR}/CapabilityStatement/dtr-payer-service", BACKPORT_SERVER],
        "software": {"name": "fhir-pa", "version": release()},
        "implementation": {"description": f"Prior authorization server of {payer.directory.insurer.name}", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", "xml"],
        "implementationGuide": GUIDES[guide],
        "rest": [
            {
                "mode": "server",
                "security": _security(payer),
                "resource": [
                    _claim(guide),
                    *map(_kept, ("ClaimResponse", "Bundle", "Task", "CommunicationRequest", "Communication")),
                    _questionnaire(),
                    _published("Library"),
                    _value_set(),
                    _subscription(),
                ],
                "operation": [{"name": "submit-attachment", "definition": f"{CDEX}/OperationDefinition/submit-attachment"}],
            }
        ],
    }
    return without_empty(statement)


def _security(payer: Payer) -> dict[str, Any]:
    return {
        "cors": False,
        "service": [{"coding": [{"system": SMART_SERVICE, "code": "SMART-on-FHIR"}]}],
        "description": "SMART Backend Services: client_credentials with private_key_jwt (ES384 or RS384). "
        f"Its addresses are told at {payer.public_url}/.well-known/smart-configuration.",
    }


def _claim(guide: str) -> dict[str, Any]:
    return {
        **_kept("Claim"),
        "supportedProfile": [f"{PAS_PROFILE}profile-claim", f"{PAS_PROFILE}profile-claim-update", f"{PAS_PROFILE}profile-claim-inquiry"],
        "operation": [
            {"name": "submit", "definition": f"{PAS}/OperationDefinition/Claim-submit{PIN[guide]}"},
            {"name": "inquire", "definition": f"{PAS}/OperationDefinition/Claim-inquiry{PIN[guide]}"},
        ],
    }


def _kept(kind: str) -> dict[str, Any]:
    """What a system submitted and what came of it: read by id, searched by what names it."""
    types = dict.fromkeys(("_id", "identifier", "status"), "token") | dict.fromkeys(("patient", "requestor", "provider", "request"), "reference")
    names = dict.fromkeys(name.partition(":")[0] for name in cases.SEARCHED[kind])
    return {
        "type": kind,
        "supportedProfile": [f"{PAS_PROFILE}{name}" for name in PROFILES[kind]],
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": name, "type": types[name], **NAMED_BY.get(name, {})} for name in names],
    }


def _questionnaire() -> dict[str, Any]:
    operations = [
        {"name": "questionnaire-package", "definition": f"{DTR}/OperationDefinition/questionnaire-package"},
        {"name": "next-question", "definition": "http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-next-question"},
        {"name": "log-questionnaire-errors", "definition": f"{DTR}/OperationDefinition/log-questionnaire-errors"},
    ]
    return {**_published("Questionnaire"), "operation": operations}


def _value_set() -> dict[str, Any]:
    return {**_published("ValueSet"), "operation": [{"name": "expand", "definition": "http://hl7.org/fhir/OperationDefinition/ValueSet-expand"}]}


def _published(kind: str) -> dict[str, Any]:
    """What policies publish: read by id, searched by what names it."""
    kinds = {"_id": "token", "url": "uri", "version": "token", "name": "string", "title": "string", "status": "token"}
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": name, "type": of} for name, of in kinds.items()],
    }


def _subscription() -> dict[str, Any]:
    return {
        "extension": [{"url": f"{BACKPORT}capabilitystatement-subscriptiontopic-canonical", "valueCanonical": PAS_TOPIC}],
        "type": "Subscription",
        "supportedProfile": [f"{BACKPORT}backport-subscription"],
        "interaction": [{"code": code} for code in ("create", "read", "update", "delete", "search-type")],
        "searchParam": [{"name": "url", "type": "uri"}, {"name": "status", "type": "token"}],
        "operation": [
            {"name": name, "definition": f"http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-{name}"}
            for name in ("status", "events")
        ],
    }
