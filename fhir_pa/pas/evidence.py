"""What a request brings as evidence: documents, answered forms and clinical resources, linked or merely in the Bundle.

Only what is about the member, is still meant by its sender and can be found counts; what is left out is told, because a
finding must never rest on somebody else's chart. Source: pas.md §1.2 rules 11-17, §1.6 rule 52.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_pa.documents.attached import of_another
from fhir_pa.pas.bundle import claim_elements
from fhir_pa.pas.extensions import INFO_CANCELLED
from fhir_pa.um.deciding.request import MemberReference
from ig_profiles.outcome import Issue
from ig_profiles.reading import Entry, Index, Json, codings, extension_value, many, text
from ig_profiles.resource_types import RESOURCE_TYPES

_KINDS = tuple(RESOURCE_TYPES)  # compares without hashing: a contained resource may say anything here
_NOT_EVIDENCE = frozenset({"Claim", "ClaimResponse", "Bundle", "Parameters", "OperationOutcome"})


@dataclass(frozen=True)
class Evidence:
    """Answered forms and every other resource that may be weighed; ``set_aside`` tells what may not, and why.

    ``withdrawn`` names (``Type/id``) what the sender took back, so that it no longer counts from an earlier Bundle either.
    """

    responses: tuple[Json, ...]
    resources: tuple[Json, ...]
    set_aside: tuple[Issue, ...] = ()
    withdrawn: tuple[str, ...] = ()


def read_evidence(claim: Entry, index: Index, about: MemberReference) -> Evidence:
    """The evidence of the whole Bundle about the patient of the Claim, who is this member."""
    member = index.resolve(claim.resource.get("patient"), claim)
    set_aside = [*_lost(claim, index)]
    withdrawn = _withdrawn(claim, index)
    kept = []
    for entry in (*index.entries, *_contained(claim)):
        if entry.resource.get("resourceType") in _NOT_EVIDENCE:
            continue
        reason = _why_not(entry, index, member, withdrawn) or _of_another(entry, about)
        if reason:
            set_aside.append(Issue(reason, "informational", "warning", entry.expression))
        elif entry.resource.get("resourceType") != "Patient" or _same(entry, member):
            kept.append(entry.resource)
    forms = tuple(resource for resource in kept if resource.get("resourceType") == "QuestionnaireResponse")
    others = tuple(resource for resource in kept if resource.get("resourceType") != "QuestionnaireResponse")
    return Evidence(forms, others, tuple(set_aside), _taken_back(claim, index))


def about_member(entry: Entry, index: Index, member: Entry | None) -> bool:
    """Whether the resource names the member as its subject, or nobody."""
    for element in ("subject", "patient"):
        reference = entry.resource.get(element)
        if text(reference, "reference") is not None:
            return _same(index.resolve(reference, entry), member)
    return True


def entered_in_error(resource: Json) -> bool:
    """Whether the resource says of itself that it should not exist."""
    states = [resource.get("status"), *(coding.code for coding in codings(resource.get("verificationStatus")))]
    return "entered-in-error" in states


def _why_not(entry: Entry, index: Index, member: Entry | None, withdrawn: frozenset[int]) -> str:
    if id(entry.resource) in withdrawn:
        return "Not weighed: the sender cancelled the supporting information that brought this."
    if entered_in_error(entry.resource):
        return "Not weighed: its own status says that it was entered in error."
    if not about_member(entry, index, member):
        return "Not weighed: its subject is not the patient of the Claim. Refer to the member by the fullUrl of the Patient in this Bundle."
    return ""


def numbers_of(member: MemberReference) -> tuple[str, ...]:
    """Every number the member is known by."""
    return tuple(each.value for each in (*member.identifiers, *member.subscriber_identifiers))


def _of_another(entry: Entry, about: MemberReference) -> str:
    if not of_another(entry.resource, about.name, about.birth_date, numbers_of(about)):
        return ""
    return "Not weighed: the clinical document inside names another patient than the Claim. Send the member's own document with $submit-attachment."


def _contained(claim: Entry) -> list[Entry]:
    """Resources inside the Claim itself, to which its supporting information may point as ``#id``."""
    inside = [node for node in many(claim.resource, "contained") if isinstance(node, dict) and node.get("resourceType") in _KINDS]
    return [Entry(claim.full_url, node, f"{claim.expression}.contained[{position}]") for position, node in enumerate(inside)]


def _withdrawn(claim: Entry, index: Index) -> frozenset[int]:
    live: set[int] = set()
    cancelled: set[int] = set()
    for _, node in claim_elements(claim, "supportingInfo"):
        entry = index.resolve(node.get("valueReference"), claim)
        if entry is not None:
            (cancelled if extension_value(node, INFO_CANCELLED) is True else live).add(id(entry.resource))
    return frozenset(cancelled - live)


def _taken_back(claim: Entry, index: Index) -> tuple[str, ...]:
    """``Type/id`` of what only cancelled supporting information refers to."""
    live: set[str] = set()
    cancelled: list[str] = []
    for _, node in claim_elements(claim, "supportingInfo"):
        entry = index.resolve(node.get("valueReference"), claim)
        known = (text(entry.resource, "resourceType"), text(entry.resource, "id")) if entry else (None, None)
        name = "/".join(filter(None, known)) or "/".join((text(node.get("valueReference"), "reference") or "").split("/")[-2:])
        if extension_value(node, INFO_CANCELLED) is True:
            cancelled.append(name)
        else:
            live.add(name)
    return tuple(dict.fromkeys(name for name in cancelled if name and name not in live))


def _lost(claim: Entry, index: Index) -> list[Issue]:
    lost = []
    for where, node in claim_elements(claim, "supportingInfo"):
        name = text(node.get("valueReference"), "reference")
        if name is not None and index.resolve(name, claim) is None:
            said = f"Not weighed: '{name[:200]}' is not in the Bundle. Add the resource, or send it with $submit-attachment."
            lost.append(Issue(said, "not-found", "warning", f"{where}.valueReference"))
    return lost


def _same(entry: Entry | None, other: Entry | None) -> bool:
    return entry is not None and other is not None and entry.resource is other.resource
