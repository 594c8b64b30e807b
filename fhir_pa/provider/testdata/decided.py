"""Situations of one exchange: certified, denied, pended, partial, asked for more, business errors, and what cannot be processed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy

from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, NOT_NEEDED, PENDED
from fhir_pa.provider.elements import concept
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.testdata.clinic import BORDERLINE, Clinic
from fhir_pa.provider.testdata.expectations import RESPONSE, decided, error, numbered, outcome, reviewed, waits_as, wants, whole
from fhir_pa.provider.testdata.situation import Expected, Situation
from ig_profiles.names import CPT, PAS_PROFILE
from ig_profiles.reading import Json

STRANGER = "SYN-99"
FIRST_VISIT = "97161"
MEMBER_NOT_FOUND, SERVICE_DATE = "75", "57"
CORRECT_AND_RESUBMIT = "C"
PARTIAL = "A2"


def situations(clinic: Clinic) -> Iterator[Situation]:
    """Each can be had in one exchange."""
    newer = clinic.guide == "2.2"
    yield _one(
        clinic,
        "certified",
        "Certified in total at once: every criterion is met by what the chart shows",
        request_of(clinic.oxygen("certified")),
        *decided({1: CERTIFIED}),
        numbered(1),
        outcome("complete"),
        *([whole(CERTIFIED), reviewed(False)] if newer else []),
    )
    yield _one(
        clinic,
        "denied",
        "Not certified at once: the plan's benefits exclude the service, as a named person signed in advance; nobody reviewed it clinically",
        request_of(clinic.rail("denied")),
        *decided({1: NOT_CERTIFIED}),
        Expected("a coded reason is given", f"{RESPONSE}.item.adjudication.extension('{PAS_PROFILE}extension-reviewAction').extension('reasonCode').exists()"),
        Expected("a note says why and whom to call", f"{RESPONSE}.processNote.text.where(contains('555-')).exists()"),
        outcome("complete"),
        *([whole(NOT_CERTIFIED), reviewed(False)] if newer else []),
    )
    yield _one(
        clinic,
        "pended",
        "Pended for a physician: one value lies a single percent above the line",
        request_of(clinic.oxygen("pended", BORDERLINE)),
        *decided({1: PENDED}),
        waits_as(1),
        outcome("partial" if newer else "queued"),
        *([whole(PENDED), reviewed(False)] if newer else []),
    )
    yield _one(
        clinic,
        "partial",
        "Certified in part: item 1 is certified, item 2 is excluded",
        request_of(clinic.oxygen_and_rail("partial")),
        *decided({1: CERTIFIED, 2: NOT_CERTIFIED}),
        numbered(1),
        outcome("complete"),
        *([whole(PARTIAL)] if newer else []),
    )
    yield _one(
        clinic,
        "not-needed",
        "No action required: the plan asks no authorization for a first visit, by whoever gives it; so no number is told",
        changed_in(request_of(clinic.oxygen("not-needed")), _first_visit),
        *decided({1: NOT_NEEDED}),
        Expected("no number is told", f"{RESPONSE}.item.adjudication.extension('{PAS_PROFILE}extension-reviewAction').extension('number').empty()"),
        outcome("complete"),
        *([whole(NOT_NEEDED), reviewed(False)] if newer else []),
    )
    yield _one(
        clinic,
        "documents-wanted",
        "Certified in part, and reports are asked for: two scans wait for the report of the scan before",
        request_of(clinic.scans("documents-wanted")),
        *decided({1: CERTIFIED, 2: PENDED, 3: PENDED}),
        *wants("attachment-request-code", 2),
        outcome("partial"),
    )
    yield _one(
        clinic,
        "form-wanted",
        "Pended, and the plan's form is asked for: nothing but the order was sent",
        request_of(clinic.oxygen("form-wanted", documented=False)),
        *decided({1: PENDED}),
        *wants("attachment-request-questionnaire", 1),
    )
    yield from _not_decided(clinic)


def _not_decided(clinic: Clinic) -> Iterator[Situation]:
    yield _one(
        clinic,
        "error-member",
        "Business error: the plan does not know the member",
        changed_in(request_of(clinic.oxygen("error-member")), as_stranger),
        *error(MEMBER_NOT_FOUND, "that the member is not found", CORRECT_AND_RESUBMIT),
    )
    yield _one(
        clinic,
        "error-date",
        "Business error: item 1 ends before it begins",
        changed_in(request_of(clinic.oxygen("error-date")), _backwards),
        *error(SERVICE_DATE, "that the day of service is wrong", CORRECT_AND_RESUBMIT),
        Expected("it names the item", f"{RESPONSE}.error.itemSequence = 1"),
    )
    nothing = {**request_of(clinic.oxygen("unprocessable")), "entry": []}
    said = Expected("one OperationOutcome says what to mend", "issue.where(severity = 'error').details.text.exists()")
    step = clinic.submit(nothing, "POST a Bundle without a Claim", said, status=422)
    yield Situation("unprocessable", clinic.guide, "Cannot be processed: 4xx with one OperationOutcome, and no ClaimResponse", (step,))


def _one(clinic: Clinic, name: str, title: str, body: Json, *holds: Expected) -> Situation:
    return Situation(name, clinic.guide, title, (clinic.submit(body, "POST the request Bundle", *holds),))


def changed_in(bundle: Json, change: Callable[[Json], None]) -> Json:
    """A copy of the Bundle in which each resource was changed so."""
    copy = deepcopy(bundle)
    for entry in copy["entry"]:
        change(entry["resource"])
    return copy


def as_stranger(resource: Json) -> None:
    """Another member number, on the patient as on the card."""
    if resource["resourceType"] in ("Patient", "Coverage"):
        for identifier in resource["identifier"]:
            if identifier["system"].endswith("/members"):
                identifier["value"] = STRANGER
    if "subscriberId" in resource:
        resource["subscriberId"] = STRANGER


def _first_visit(resource: Json) -> None:
    """The evaluation with which therapy begins, in place of what was asked for."""
    for item in resource.get("item", []) if resource["resourceType"] == "Claim" else []:
        item["productOrService"] = concept(CPT, FIRST_VISIT)
        item["extension"] = [each for each in item["extension"] if not each["url"].endswith("requestedService")]


def _backwards(resource: Json) -> None:
    for item in resource.get("item", []) if resource["resourceType"] == "Claim" else []:
        period = item["servicedPeriod"]
        period["start"], period["end"] = period["end"], period["start"]
