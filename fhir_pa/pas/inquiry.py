"""A PAS inquiry Bundle -> InquiryCriteria: a query by example about one member.

Source: PAS §specification "Checking Status", profile-claim-inquiry (pas.md §1.8 rules 70-73). Structure that leaves no
question is refused as in a submission; every other thing given narrows, nothing else is demanded.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from fhir_pa.pas import extensions as ext
from fhir_pa.pas.bundle import claim_elements, open_bundle, require
from fhir_pa.pas.codes import read_review_action
from fhir_pa.pas.dates import full_date, period
from fhir_pa.pas.items import diagnoses
from fhir_pa.pas.people import care_team, identifiers, member, required_party
from fhir_pa.um.inquiry import InquiryCriteria, ItemCriteria
from ig_profiles.names import DATA_ABSENT_REASON, NPI, PAS_TEMP_CODES
from ig_profiles.reading import Entry, Json, code_in, codings, extension_value, extensions

Days = tuple[date, date]


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
    named = (requestor, *(someone.party for someone in care_team(claim, index)))
    npis = (identifier.value for party in named for identifier in party.identifiers if identifier.system == NPI)
    return InquiryCriteria(
        guide=guide,
        member=about.identifiers,
        subscriber=() if about.identifiers else about.subscriber_identifiers,
        npis=tuple(dict.fromkeys(npis)),
        trace_numbers=identifiers(claim.resource, "identifier"),
        authorization_number=_string(extension_value(claim.resource, ext.AUTHORIZATION_NUMBER)),
        administrative_reference=_string(extension_value(claim.resource, ext.ADMINISTRATIVE_REFERENCE)),
        diagnoses=tuple(dict.fromkeys(coding for codes in diagnoses(claim, index).values() for coding in codes)),
        period=_period(claim),
        items=tuple(_item(node) for _, node in claim_elements(claim, "item")),
    )


def _item(node: Json) -> ItemCriteria:
    end = codings(extension_value(node, ext.SERVICE_CODE_END))
    return ItemCriteria(
        codes=tuple(coding for coding in codings(node.get("productOrService")) if coding.system != DATA_ABSENT_REASON),
        code_end=end[0] if end else None,
        trace_numbers=identifiers([extension.get("valueIdentifier") for extension in extensions(node, ext.ITEM_TRACE_NUMBER)]),
        authorization_number=_string(extension_value(node, ext.AUTHORIZATION_NUMBER)),
        administrative_reference=_string(extension_value(node, ext.ADMINISTRATIVE_REFERENCE)),
        issued=_days(extension_value(node, ext.CERTIFICATION_ISSUED)),
        effective=_days(extension_value(node, ext.CERTIFICATION_EFFECTIVE)),
        expires=_days(extension_value(node, ext.CERTIFICATION_EXPIRES)),
        action=read_review_action(extension_value(node, ext.REVIEW_ACTION_CODE)),
    )


def _period(claim: Entry) -> Days | None:
    """When the service is or was: billablePeriod, else the patient event or the admission."""
    asked = _days(claim.resource.get("billablePeriod"))
    dated = [(code_in(node.get("category"), PAS_TEMP_CODES), node) for _, node in claim_elements(claim, "supportingInfo")]
    events = (node.get("timingDate") or node.get("timingPeriod") for name in ("patientEvent", "admissionDates") for kind, node in dated if kind == name)
    return asked or next(filter(None, map(_days, events)), None)


def _days(value: Any) -> Days | None:
    """A date as a period of one day, or a Period, an open end as far as dates go."""
    single = full_date(value)
    if single:
        return single, single
    first, last = period(value)
    return None if first is None and last is None else (first or date.min, last or date.max)


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
