"""Proposing: for which of a call's orders something may be proposed, and what is drafted, ordered or done already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from urllib.parse import quote

from cds_hooks.advice.told import Told
from cds_hooks.answer import CoverageAnswer, PriorAuthorization
from cds_hooks.case import Case
from cds_hooks.hook import ORDER_TYPES, itself
from cds_hooks.moments import day
from cds_hooks.orders import order_of
from cds_hooks.prefetch import Fetch
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Coding, Json, codings, many, text
from questionnaires.policy import Edition

_CODED = ("code", "codeCodeableConcept", "medicationCodeableConcept")
_DATED = ("authoredOn", "effectiveDateTime", "performedDateTime", "dateTime", "dateWritten", "issued")
_UNDONE = frozenset({"cancelled", "entered-in-error", "revoked", "not-done"})
_BY_CODE = frozenset({"ServiceRequest"})  # US Core makes patient + code mandatory for these


def proposable(told: Told) -> Iterator[tuple[Case, CoverageAnswer, Edition]]:
    """The drafts a clinician can still change with one click, and that no authorization or exemption settles.

    An order that may be billed in several ways is left alone: what will be done is not known yet.
    """
    drafts = [id(each) for each in told.request.drafts if text(each, "id")]
    ways = Counter(case.order.reference for case in told.cases)
    for case, answer in zip(told.cases, told.answers, strict=True):
        edition = answer.basis.edition
        if edition is None or case.settled is not None or ways[case.order.reference] > 1 or id(case.order.carrier) not in drafts:
            continue
        if answer.basis.on_file.anything is None and not _exempt(answer, edition):
            yield case, answer, edition


def _exempt(answer: CoverageAnswer, edition: Edition) -> bool:
    return edition.authorization == "needed" and answer.authorization is PriorAuthorization.NOT_NEEDED


def is_drafted(told: Told, coding: Coding) -> bool:
    """Whether one of the draft orders asks for this, in scope of the hook or not."""
    index = told.request.index
    drafts = [entry for entry in index.of_type(*ORDER_TYPES) if any(entry.resource is each for each in told.request.drafts)]
    return any(coding.same_as(each) for draft in drafts for each in order_of(itself(draft), index, told.request.patient_id).service.codes)


def is_on_file(resources: Iterable[Json], coding: Coding, since: date | None) -> bool:
    """Whether one of these tells that it was ordered or done on this day or later; one without a date counts."""
    for resource in resources:
        if resource.get("status") in _UNDONE or not any(coding.same_as(each) for each in codings([item for name in _CODED for item in many(resource, name)])):
            continue
        on = next((found for name in _DATED if (found := day(text(resource, name), last=True))), None)
        if on is None or since is None or on >= since:
            return True
    return False


def search_for(kind: str, coding: Coding, patient_id: str) -> str:
    """The query, relative to the EHR's base, for orders of this kind for this patient.

    >>> search_for("ServiceRequest", Coding("http://loinc.org", "2708-6"), "p1")
    'ServiceRequest?patient=p1&code=http%3A%2F%2Floinc.org%7C2708-6'
    """
    narrowed = f"&code={quote(f'{coding.system}|{coding.code}', safe='')}" if kind in _BY_CODE else "&intent=order" if kind == "MedicationRequest" else ""
    return f"{kind}?patient={quote(patient_id, safe='')}{narrowed}"


def asked_quietly(queries: Sequence[str], told: Told) -> list[Json]:
    """What the EHR answers to these queries; what it does not tell is nobody's trouble: advice is no promise."""
    fetch = told.house.fetch
    if fetch is None or not queries:
        return []
    found = told.house.together(_never_raising(fetch), tuple(dict.fromkeys(queries)))
    return [each for answer in found if answer is not None for each in _resources(answer)]


def _never_raising(fetch: Fetch) -> Fetch:
    def fetched(query: str) -> Json | None:
        try:
            return fetch(query)
        except Refusal:
            return None

    return fetched


def _resources(answer: Json) -> list[Json]:
    if answer.get("resourceType") == "Bundle":
        return [each for each in many(answer, "entry", "resource") if isinstance(each, dict) and each.get("resourceType") != "OperationOutcome"]
    return [] if answer.get("resourceType") == "OperationOutcome" else [answer]
