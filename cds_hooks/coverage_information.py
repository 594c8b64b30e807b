"""One internal answer -> the coverage-information extension, one manner for each guide version (crd.md §1.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cds_hooks.answer import (
    Amount,
    AnsweredBy,
    CoverageAnswer,
    Covered,
    Detail,
    Need,
    Particular,
    PriorAuthorization,
    Purpose,
    Reason,
    Span,
    Why,
)
from cds_hooks.dialect import Dialect
from ig_profiles.names import COVERAGE_INFORMATION, CRD_DETAIL_CODES, CRD_TEMP_CODES
from ig_profiles.reading import Json, without_empty


@dataclass(frozen=True)
class Manner:
    """What a guide version can say, and how."""

    knows_indeterminate: bool
    repeats_documentation: bool
    whys: frozenset[Why]
    needs: frozenset[Need]
    particulars: frozenset[Particular]
    detail_system: str
    categorizes: bool
    contact_detail: bool
    expires: bool


_FIRST = frozenset(Particular) - {Particular.POLICY_LINK, Particular.INSTRUCTIONS}
_SIMPLE_NEEDS = frozenset(Need) - {Need.DETAIL_CODE}
MANNERS: dict[Dialect, Manner] = {
    "2.0": Manner(False, False, frozenset({Why.GOLD_CARD}), _SIMPLE_NEEDS, _FIRST, CRD_TEMP_CODES, False, False, False),
    "2.1": Manner(False, True, frozenset({Why.GOLD_CARD}), _SIMPLE_NEEDS, frozenset(Particular), CRD_TEMP_CODES, False, False, True),
    "2.2": Manner(True, True, frozenset(Why), frozenset(Need), frozenset(Particular), CRD_DETAIL_CODES, True, True, True),
}

_COVERED = {Covered.YES: "covered", Covered.NO: "not-covered", Covered.CONDITIONAL: "conditional", Covered.UNKNOWN: "indeterminate"}
_AUTHORIZATION = {
    PriorAuthorization.NOT_NEEDED: "no-auth",
    PriorAuthorization.NEEDED: "auth-needed",
    PriorAuthorization.SATISFIED: "satisfied",
    PriorAuthorization.BY_PERFORMER: "performpa",
    PriorAuthorization.CONDITIONAL: "conditional",
    PriorAuthorization.UNKNOWN: "indeterminate",
}
_ANSWERED_BY = {
    AnsweredBy.CLINICAL: "clinical",
    AnsweredBy.ADMIN: "admin",
    AnsweredBy.PATIENT: "patient",
    AnsweredBy.CONDITIONAL: "conditional",
    AnsweredBy.UNKNOWN: "indeterminate",
}
_PURPOSES = {
    Purpose.WITH_AUTHORIZATION: "withpa",
    Purpose.WITH_CLAIM: "withclaim",
    Purpose.WITH_ORDER: "withorder",
    Purpose.RETAINED: "retain-doc",
    Purpose.OTHER: "OTH",
}
_NEEDS = {
    Need.PERFORMER: "performer",
    Need.LOCATION: "location",
    Need.TIMEFRAME: "timeframe",
    Need.CONTRACT_WINDOW: "contract-window",
    Need.DETAIL_CODE: "detail-code",
    Need.OTHER: "OTH",
}
_WHYS = {
    Why.GOLD_CARD: "gold-card",
    Why.NO_MEMBER_FOUND: "no-member-found",
    Why.NO_ACTIVE_COVERAGE: "no-active-coverage",
    Why.COVERAGE_NOT_FOUND: "coverage-not-found",
    Why.OUT_OF_NETWORK: "auth-out-network",
    Why.TECHNICAL: "technical",
}
_PARTICULARS = {
    Particular.ALLOWED_QUANTITY: ("allowed-quantity", "cat-limitation"),
    Particular.ALLOWED_PERIOD: ("allowed-period", "cat-limitation"),
    Particular.IN_NETWORK_COPAY: ("in-network-copay", "cat-decisional"),
    Particular.OUT_NETWORK_COPAY: ("out-network-copay", "cat-decisional"),
    Particular.CONCURRENT_REVIEW: ("concurrent-review", "cat-decisional"),
    Particular.APPROPRIATE_USE_NEEDED: ("appropriate-use-needed", "cat-decisional"),
    Particular.POLICY_LINK: ("policy-link", "cat-other"),
    Particular.INSTRUCTIONS: ("instructions", "cat-other"),
}


def write(answer: CoverageAnswer, dialect: Dialect) -> Json:
    """The answer as one repetition of the extension in this dialect; what the dialect has no code for is told in words."""
    manner = MANNERS[dialect]
    told = _in_reach(answer, manner)
    parts: list[Json] = [_part("coverage", "Reference", {"reference": told.coverage}), _part("covered", "Code", _COVERED[told.covered])]
    if told.authorization is not None:
        parts.append(_part("pa-needed", "Code", _AUTHORIZATION[told.authorization]))
    parts += [_part("doc-needed", "Code", code) for code in _documentation(told.documentation, manner)]
    parts += [_part("doc-purpose", "Code", _PURPOSES[purpose]) for purpose in told.purposes]
    parts += [_part("info-needed", "Code", _NEEDS[need]) for need in _needs(told, manner)]
    for coding in told.billing_codes:
        parts.append(_part("billingCode", "Coding", {"system": coding.system, "code": coding.code, "display": coding.display}))
    parts += [_part("reason", "CodeableConcept", concept) for concept in _reasons(answer, told, manner)]
    parts += [_detail(detail, manner) for detail in told.details]
    if Why.OUT_OF_NETWORK in {reason.why for reason in told.reasons} - manner.whys:
        code = _part("code", "CodeableConcept", {"coding": [{"system": manner.detail_system, "code": "auth-out-network-only"}]})
        parts.append({"url": "detail", "extension": [code, _part("value", "Boolean", True)]})
    parts += [_part("dependency", "Reference", {"reference": reference}) for reference in told.dependencies if _may_depend(reference, dialect)]
    parts += [_part("questionnaire", "Canonical", canonical) for canonical in told.questionnaires]
    parts.append(_part("date", "Date", str(told.on)))
    parts.append(_part("coverage-assertion-id", "String", told.assertion_id))
    if told.authorization_number is not None:
        parts.append(_part("satisfied-pa-id", "String", told.authorization_number))
    if told.contact is not None:
        phone = {"system": "phone", "value": told.contact.phone}
        named = {"name": told.contact.name, "telecom": [phone]}
        parts.append(_part("contact", "ContactDetail", named) if manner.contact_detail else _part("contact", "ContactPoint", phone))
    if told.expires_on is not None and manner.expires:
        parts.append(_part("expiry-date", "Date", str(told.expires_on)))
    extension: Json = without_empty({"url": COVERAGE_INFORMATION, "extension": parts})
    return extension


def _in_reach(answer: CoverageAnswer, manner: Manner) -> CoverageAnswer:
    """The nearest answer this version has codes for: before 2.2 what could not be found out depends on "other" information."""
    covered, authorization, who, needs = answer.covered, answer.authorization, answer.documentation, answer.needs
    unknown = covered is Covered.UNKNOWN or authorization is PriorAuthorization.UNKNOWN or AnsweredBy.UNKNOWN in who
    if not manner.knows_indeterminate and unknown:
        covered = Covered.CONDITIONAL if covered is Covered.UNKNOWN else covered
        authorization = PriorAuthorization.CONDITIONAL if authorization is PriorAuthorization.UNKNOWN else authorization
        who = (AnsweredBy.CONDITIONAL,) if AnsweredBy.UNKNOWN in who else who
        needs = needs or (Need.OTHER,)
    reasons = list(answer.reasons)
    for detail in answer.details:
        if detail.about is Particular.INSTRUCTIONS and detail.about not in manner.particulars:
            reasons.append(Reason(str(detail.value)))
    if answer.expires_on is not None and not manner.expires:
        reasons.append(Reason(f"This answer holds until {answer.expires_on}."))
    details = tuple(detail for detail in answer.details if detail.about in manner.particulars)
    return replace(answer, covered=covered, authorization=authorization, documentation=who, needs=needs, reasons=tuple(reasons), details=details)


def _may_depend(reference: str, dialect: Dialect) -> bool:
    """2.0.1 forgot VisionPrescription among the orders an answer may depend on."""
    return dialect != "2.0" or not reference.startswith("VisionPrescription/")


def _documentation(who: tuple[AnsweredBy, ...], manner: Manner) -> list[str]:
    """2.0.1 says it once: clinical, admin, or both; what patients answer reaches it through the front desk."""
    if manner.repeats_documentation:
        return [_ANSWERED_BY[each] for each in dict.fromkeys(who)]
    named = {each if each in (AnsweredBy.CLINICAL, AnsweredBy.CONDITIONAL) else AnsweredBy.ADMIN for each in who}
    return ["both"] if len(named) > 1 else [_ANSWERED_BY[each] for each in named]


def _needs(told: CoverageAnswer, manner: Manner) -> list[Need]:
    return list(dict.fromkeys(need if need in manner.needs else Need.OTHER for need in told.needs))


def _reasons(answer: CoverageAnswer, told: CoverageAnswer, manner: Manner) -> list[Json]:
    concepts = []
    for reason in told.reasons:
        code = _WHYS[reason.why] if reason.why is not None and reason.why in manner.whys else None
        concepts.append({"coding": [{"system": CRD_TEMP_CODES, "code": code}] if code else None, "text": reason.text})
    if Need.DETAIL_CODE in set(answer.needs) - manner.needs:
        concepts[0] = {"coding": [{"system": CRD_TEMP_CODES, "code": "detail-code"}], "text": told.reasons[0].text}
    return concepts


def _detail(detail: Detail, manner: Manner) -> Json:
    code, category = _PARTICULARS[detail.about]
    parts = [_part("category", "Code", category)] if manner.categorizes else []
    parts.append(_part("code", "CodeableConcept", {"coding": [{"system": manner.detail_system, "code": code}]}))
    parts.append(_value(detail))
    if detail.qualification:
        parts.append(_part("qualification", "String", detail.qualification))
    return {"url": "detail", "extension": parts}


def _value(detail: Detail) -> Json:
    match detail.value:
        case bool():
            return _part("value", "Boolean", detail.value)
        case Amount(value, unit):
            return _part("value", "Quantity", {"value": value, "unit": unit})
        case Span(start, end):
            return _part("value", "Period", {"start": str(start) if start else None, "end": str(end) if end else None})
        case _:
            return _part("value", "Url" if detail.about is Particular.POLICY_LINK else "String", detail.value)


def _part(url: str, kind: str, value: Any) -> Json:
    return {"url": url, f"value{kind}": value}
