"""Who is who in a request: the member with every number given, the payer, the requestor and other providers.

Source: PAS §specification; profile-beneficiary, profile-subscriber, profile-coverage, profile-practitionerrole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from fhir_pa.pas.bundle import claim_elements
from fhir_pa.pas.codes import SELF
from fhir_pa.pas.dates import full_date
from fhir_pa.pas.extensions import CARE_TEAM_CLAIM_SCOPE
from fhir_pa.um.deciding.request import Identifier, MemberReference, Party
from ig_profiles.names import IDENTIFIER_TYPE, X12_ENTITY
from ig_profiles.outcome import Issue
from ig_profiles.reading import Entry, Index, code_in, codings, extension_value, many, one, text


def identifiers(node: Any, *path: str) -> tuple[Identifier, ...]:
    """Every identifier with a value at the path, each once, in order."""
    found = (Identifier(text(item, "system") or "", text(item, "value") or "") for item in many(node, *path) if isinstance(item, dict))
    return tuple(dict.fromkeys(item for item in found if item.value))


def _name(resource: Any) -> str:
    if text(resource, "name"):
        return str(text(resource, "name"))
    human = one(resource, "name")
    whole = text(human, "text")
    parts = [*many(human, "prefix"), *many(human, "given"), *many(human, "family"), *many(human, "suffix")]
    return whole or " ".join(part for part in parts if isinstance(part, str))


def party(reference: Any, holder: Entry, index: Index, role: str = "") -> Party | None:
    """The organization or clinician a reference names, or None when it names nobody we can find.

    A PractitionerRole speaks for its practitioner first, then its organization; a reference by identifier alone is
    taken as it is.
    """
    entry = index.resolve(reference, holder)
    if entry is None:
        known = identifiers(reference, "identifier")
        return Party(text(reference, "display") or "", known, role=role) if known else None
    behind = [index.resolve(one(entry.resource, name), entry) for name in ("practitioner", "organization")]
    resources = [found.resource for found in behind if found is not None] if entry.resource.get("resourceType") == "PractitionerRole" else []
    resources.append(entry.resource)
    known = tuple(dict.fromkeys(item for resource in resources for item in identifiers(resource, "identifier")))
    name = next((_name(resource) for resource in resources if _name(resource)), "")
    return Party(name, known, entry.full_url or (text(reference, "reference") or ""), role)


@dataclass(frozen=True)
class CareTeamMember:
    """One provider of the care team; ``whole`` says whether for the whole claim (careTeamClaimScope)."""

    sequence: int | None
    party: Party
    whole: bool | None


def care_team(claim: Entry, index: Index) -> tuple[CareTeamMember, ...]:
    """The care team of the Claim; members that cannot be found are passed over."""
    found = []
    for _, node in claim_elements(claim, "careTeam"):
        role = code_in(node.get("role"), X12_ENTITY) or next((coding.code for coding in codings(node.get("role"))), "")
        someone = party(node.get("provider"), claim, index, role)
        whole = extension_value(node, CARE_TEAM_CLAIM_SCOPE)
        sequence = node.get("sequence")
        if someone is not None:
            found.append(CareTeamMember(sequence if isinstance(sequence, int) else None, someone, whole if isinstance(whole, bool) else None))
    return tuple(found)


def required_party(claim: Entry, index: Index, element: str, words: str, issues: list[Issue]) -> Party:
    """Claim.insurer or Claim.provider; an issue when it is absent or cannot be found."""
    found = party(claim.resource.get(element), claim, index)
    if found is None:
        issues.append(unresolved(claim, element, claim.resource.get(element), words))
        return Party("")
    return found


def unresolved(claim: Entry, element: str, reference: Any, words: str) -> Issue:
    """The issue that a reference of the Claim is absent or leads nowhere in the Bundle."""
    name = text(reference, "reference")
    if name is None:
        return Issue(f"Claim.{element} is absent. Refer to {words} by reference or identifier.", "required", expression=f"{claim.expression}.{element}")
    said = f"Claim.{element} refers to '{name[:200]}', and no entry of the Bundle has that fullUrl. Add {words} to the Bundle, or correct the reference."
    return Issue(said, "not-found", expression=f"{claim.expression}.{element}")


def coverages(claim: Entry, index: Index) -> Iterator[tuple[str, Any, Entry | None]]:
    """Claim.insurance: the element's name, the reference and the Coverage found; the focal one first."""
    listed = list(claim_elements(claim, "insurance"))
    for where, node in sorted(listed, key=lambda pair: pair[1].get("focal") is not True):
        yield where.removeprefix(f"{claim.expression}."), node.get("coverage"), index.resolve(node.get("coverage"), claim)


def member(claim: Entry, index: Index, issues: list[Issue]) -> MemberReference:
    """Whom the request is about; issues when the patient or a coverage cannot be found."""
    reference = claim.resource.get("patient")
    patient = index.resolve(reference, claim)
    known = identifiers(reference, "identifier")
    if patient is None and not known:
        issues.append(unresolved(claim, "patient", reference, "the member (Patient)"))
    found = MemberReference(known, text(reference, "display") or "")
    if patient is not None:
        numbers = identifiers(patient.resource, "identifier")
        born = full_date(patient.resource.get("birthDate"))
        found = MemberReference(numbers, _name(patient.resource), born, patient.full_url or (text(reference, "reference") or ""))
    listed = list(coverages(claim, index))
    if not listed:
        issues.append(Issue("Claim.insurance is absent. Refer to the member's Coverage.", "required", expression=f"{claim.expression}.insurance"))
    for where, coverage_reference, coverage in listed:
        if coverage is not None:
            found = _with_coverage(found, coverage, patient, index)
        elif not identifiers(coverage_reference, "identifier"):
            issues.append(unresolved(claim, f"{where}.coverage", coverage_reference, "the member's Coverage"))
    return found


def _with_coverage(known: MemberReference, coverage: Entry, patient: Entry | None, index: Index) -> MemberReference:
    """Numbers on the card: those typed MB name the member; the subscriber's name whoever holds the policy."""
    card = [item for item in many(coverage.resource, "identifier") if code_in(one(item, "type"), IDENTIFIER_TYPE) == "MB"]
    of_member = identifiers(card)
    of_subscriber = identifiers([{"value": text(coverage.resource, "subscriberId")}])
    subscriber = index.resolve(coverage.resource.get("subscriber"), coverage)
    if subscriber is not None:
        of_subscriber += identifiers(subscriber.resource, "identifier")
    if _is_own(coverage, patient, subscriber):
        of_member += of_subscriber
    return replace(
        known,
        card=known.card or _card(coverage),
        identifiers=tuple(dict.fromkeys((*known.identifiers, *of_member))),
        subscriber_identifiers=tuple(dict.fromkeys((*known.subscriber_identifiers, *of_subscriber))),
    )


def _card(coverage: Entry) -> tuple[Identifier, ...]:
    """What tells this coverage from the member's others; of several, a request is under the focal one, which comes first."""
    numbers = (text(each, "value") for each in many(coverage.resource, "identifier"))
    classes = ((code.code, text(each, "value")) for each in many(coverage.resource, "class") for code in codings(one(each, "type")))
    told = [("number", text(coverage.resource, "subscriberId")), *(("number", number) for number in numbers)]
    told += [(kind, value) for kind, value in classes if kind in ("plan", "group")]
    return tuple(dict.fromkeys(Identifier(kind, value) for kind, value in told if value))


def _is_own(coverage: Entry, patient: Entry | None, subscriber: Entry | None) -> bool:
    """Whether the member holds the policy: the card says so, or says nothing else."""
    related = {coding.code for coding in codings(coverage.resource.get("relationship"))}
    if related:
        return bool(related & {"self", SELF})
    return subscriber is None or (patient is not None and subscriber.resource is patient.resource)
