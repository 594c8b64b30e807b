"""A PAS request Bundle, of either generation, -> a Submission in the payer's words: the door of ``Claim/$submit``.

Structure that leaves no request is refused, all faults at once; missing or odd detail is not (pas.md traps 32, 35, 65-70).
Source: PAS §specification "Submitting a Prior Authorization Request", "Updating Authorization Requests".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fhir_pa.pas.bundle import claim_elements, open_bundle, require
from fhir_pa.pas.codes import URGENT_LEVELS, read_certification_type, read_level_of_service
from fhir_pa.pas.dates import moment
from fhir_pa.pas.event_days import ADMISSION, DISCHARGE, EVENT, event_days
from fhir_pa.pas.evidence import read_evidence
from fhir_pa.pas.extensions import CERTIFICATION_TYPE, INFO_CANCELLED, LEVEL_OF_SERVICE, TRANSMISSION_IDENTIFIERS
from fhir_pa.pas.items import diagnoses, read_items
from fhir_pa.pas.people import CareTeamMember, care_team, identifiers, member, required_party
from fhir_pa.um.deciding.request import APPEALS, AuthorizationRequest, CertificationType, Follows, Party, RequestedItem
from ig_profiles.names import PROCESS_PRIORITY
from ig_profiles.outcome import Issue
from ig_profiles.reading import Entry, Index, Json, code_in, codings, extension_value, text


@dataclass(frozen=True)
class Submission:
    """What one $submit brought: the request, the evidence for it, and the Bundle's resources by reference.

    ``responses`` are the QuestionnaireResponses, ``resources`` everything else about the member; ``set_aside`` tells
    what of the Bundle is not weighed, and why. ``withdrawn`` names (``Type/id``) evidence the sender took back, which
    no longer counts from earlier Bundles of the case either.
    """

    request: AuthorizationRequest
    index: Index
    responses: tuple[Json, ...]
    resources: tuple[Json, ...]
    claim: Entry
    set_aside: tuple[Issue, ...] = ()
    withdrawn: tuple[str, ...] = ()


def read(bundle: Any, guide: str) -> Submission:
    """The submission in this Bundle; ``guide`` is ``2.0.1`` or ``2.2``.

    Raises Unreadable when it is no Bundle, Unprocessable with every structural fault otherwise.
    """
    opened = open_bundle(bundle)
    index, claim, issues = opened.index, opened.claim, opened.issues
    team = care_team(claim, index)
    about = member(claim, index, issues)
    payer = required_party(claim, index, "insurer", "the payer (Organization)", issues)
    requestor = required_party(claim, index, "provider", "the requestor (Organization or PractitionerRole)", issues)
    items = read_items(claim, index, team, issues)
    whole = read_certification_type(extension_value(claim.resource, CERTIFICATION_TYPE)) or CertificationType.INITIAL
    if not items and whole is not CertificationType.CANCEL and whole not in APPEALS and not issues:
        issues.append(Issue("The Claim asks for nothing. Add an item for each service.", "required", expression=f"{claim.expression}.item"))
    require(issues)
    level = read_level_of_service(extension_value(claim.resource, LEVEL_OF_SERVICE))
    trace_numbers = identifiers(claim.resource, "identifier")
    request = AuthorizationRequest(
        guide=guide,
        trace_numbers=trace_numbers,
        transaction=next(iter(identifiers(bundle, "identifier")), None),
        member=about,
        payer=payer,
        requestor=requestor,
        items=items,
        certification_type=whole,
        follows=_follows(claim, index) or _follows_unnamed(claim, items, whole),
        providers=_whole_claim(team, items),
        diagnoses=tuple(dict.fromkeys(coding for codes in diagnoses(claim, index).values() for coding in codes)),
        level_of_service=level,
        urgent=level in URGENT_LEVELS or _is_stat(claim.resource.get("priority")),
        sender=_sender(claim.resource),
        claim_url=claim.full_url,
        created_at=moment(claim.resource.get("created")),
        event=event_days(claim, EVENT),
        admission=event_days(claim, ADMISSION),
        discharge=event_days(claim, DISCHARGE),
    )
    evidence = read_evidence(claim, index, about)
    return Submission(request, index, evidence.responses, evidence.resources, claim, evidence.set_aside, evidence.withdrawn)


def _follows(claim: Entry, index: Index) -> Follows | None:
    """The earlier request named by Claim.related, by reference, identifier, or the prior Claim in the Bundle."""
    for _, node in claim_elements(claim, "related"):
        prior = index.resolve(node.get("claim"), claim)
        known = identifiers(node, "claim", "identifier") + (identifiers(prior.resource, "identifier") if prior else ())
        url = (prior.full_url if prior else None) or text(node.get("claim"), "reference")
        if known or url:
            relationship = next((coding.code for coding in codings(node.get("relationship"))), "")
            return Follows(tuple(dict.fromkeys(known)), url, relationship)
    return None


def _follows_unnamed(claim: Entry, items: tuple[RequestedItem, ...], whole: CertificationType) -> Follows | None:
    """2.0.1 knows updates without Claim.related: update marks and the same Claim.identifier (pas.md rule 50); 2.2 gets the same leave.

    The identifier alone is no sign, because senders reuse it for new requests (pas.md, fact 12).
    """
    marked = any(item.changed or item.cancelled or item.certification_type in APPEALS for item in items)
    marked = marked or whole is CertificationType.CANCEL or whole in APPEALS
    marked = marked or any(extension_value(node, INFO_CANCELLED) is True for _, node in claim_elements(claim, "supportingInfo"))
    known = identifiers(claim.resource, "identifier")
    return Follows(known) if marked and known else None


def _whole_claim(team: tuple[CareTeamMember, ...], items: tuple[RequestedItem, ...]) -> tuple[Party, ...]:
    named = {party for item in items for party in item.providers}
    return tuple(dict.fromkeys(someone.party for someone in team if someone.whole or someone.party not in named))


def _is_stat(priority: Any) -> bool:
    return code_in(priority, PROCESS_PRIORITY) == "stat" or any(coding.code == "stat" and not coding.system for coding in codings(priority))


def _sender(claim: Json) -> str | None:
    """The sending system: ISA06, else GS02 (2.2 transmissionIdentifiers)."""
    for name in ("interchangeSenderID", "applicationSenderCode"):
        value = extension_value(claim, TRANSMISSION_IDENTIFIERS, name)
        if isinstance(value, str) and value:
            return value
    return None
