"""A PAS inquiry Bundle -> InquiryCriteria: a query by example about one member.

Source: PAS §specification "Checking Status", profile-claim-inquiry (pas.md §1.8 rules 70-73). Structure that leaves no
question is refused as in a submission; every other thing given narrows, nothing else is demanded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fhir_pa.pas import extensions as ext
from fhir_pa.pas.bundle import claim_elements, open_bundle, require
from fhir_pa.pas.codes import read_certification_type, read_review_action
from fhir_pa.pas.event_days import ADMISSION, DISCHARGE, EVENT, closed_days, event_days
from fhir_pa.pas.items import diagnoses
from fhir_pa.pas.people import CareTeamMember, care_team, identifiers, member, required_party
from fhir_pa.um.deciding.request import Party
from fhir_pa.um.on_file.inquiry import InquiryCriteria, ItemCriteria
from ig_profiles.names import DATA_ABSENT_REASON, X12_REQUEST_TYPE
from ig_profiles.reading import Json, code_in, codings, extension_value, extensions, many


def read(bundle: Any, guide: str) -> InquiryCriteria:
    """What the inquirer asks for; ``guide`` is ``2.0.1`` or ``2.2``.

    The policy holder's numbers count only where the member has none: a family's authorizations are not one member's.
    Raises Unreadable when it is no Bundle, Unprocessable with every structural fault otherwise.
    """
    opened = open_bundle(bundle)
    index, claim, issues = opened.index, opened.claim, opened.issues
    about = member(claim, index, issues)
    required_party(claim, index, "insurer", "the payer (Organization)", issues)
    requestor = required_party(claim, index, "provider", "the requestor (Organization or PractitionerRole)", issues)
    require(issues)
    team = care_team(claim, index)
    of_items = [sequence for _, node in claim_elements(claim, "item") for sequence in many(node, "careTeamSequence")]  # hostile: any JSON value
    return InquiryCriteria(
        guide=guide,
        member=about.identifiers,
        subscriber=() if about.identifiers else about.subscriber_identifiers,
        birth_date=about.birth_date,
        npis=_npis((requestor, *(someone.party for someone in team))),
        providers=_npis(someone.party for someone in team if someone.sequence not in of_items),
        trace_numbers=identifiers(claim.resource, "identifier"),
        authorization_number=_string(extension_value(claim.resource, ext.AUTHORIZATION_NUMBER)),
        administrative_reference=_string(extension_value(claim.resource, ext.ADMINISTRATIVE_REFERENCE)),
        certification_type=read_certification_type(extension_value(claim.resource, ext.CERTIFICATION_TYPE)),
        diagnoses=tuple(dict.fromkeys(coding for codes in diagnoses(claim, index).values() for coding in codes)),
        period=closed_days(claim.resource.get("billablePeriod")),
        event=event_days(claim, EVENT),
        admission=event_days(claim, ADMISSION),
        discharge=event_days(claim, DISCHARGE),
        items=tuple(_item(node, team) for _, node in claim_elements(claim, "item")),
    )


def _item(node: Json, team: tuple[CareTeamMember, ...]) -> ItemCriteria:
    end = codings(extension_value(node, ext.SERVICE_CODE_END))
    named = many(node, "careTeamSequence")
    return ItemCriteria(
        codes=tuple(coding for coding in codings(node.get("productOrService")) if coding.system != DATA_ABSENT_REASON),
        code_end=end[0] if end else None,
        modifiers=tuple(coding for concept in many(node, "modifier") for coding in codings(concept)[:1]),
        revenue=next(iter(codings(node.get("revenue"))), None),
        request_type=code_in(extension_value(node, ext.REQUEST_TYPE), X12_REQUEST_TYPE) or "",
        certification_type=read_certification_type(extension_value(node, ext.CERTIFICATION_TYPE)),
        served=closed_days(node.get("servicedDate") or node.get("servicedPeriod")),
        providers=_npis(someone.party for someone in team if someone.sequence in named),
        trace_numbers=identifiers([extension.get("valueIdentifier") for extension in extensions(node, ext.ITEM_TRACE_NUMBER)]),
        authorization_number=_string(extension_value(node, ext.AUTHORIZATION_NUMBER)),
        administrative_reference=_string(extension_value(node, ext.ADMINISTRATIVE_REFERENCE)),
        issued=closed_days(extension_value(node, ext.CERTIFICATION_ISSUED)),
        effective=closed_days(extension_value(node, ext.CERTIFICATION_EFFECTIVE)),
        expires=closed_days(extension_value(node, ext.CERTIFICATION_EXPIRES)),
        action=read_review_action(extension_value(node, ext.REVIEW_ACTION_CODE)),
    )


def _npis(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(party.npi for party in parties if party.npi))


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
