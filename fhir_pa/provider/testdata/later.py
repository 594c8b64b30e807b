"""Situations of what comes after the request: inquiries, documents sent later, a reviewer's decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fhir_pa.provider.codes import CERTIFIED, MODIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.elements import identifier
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.inquiry import inquiry_of
from fhir_pa.provider.pas.submission import TRACES, Submission
from fhir_pa.provider.play.payer_file import PULMONOLOGIST
from fhir_pa.provider.testdata.clinic import BORDERLINE, CANCER, RENTED_DAYS, Clinic
from fhir_pa.provider.testdata.decided import CORRECT_AND_RESUBMIT, MEMBER_NOT_FOUND, as_stranger, changed_in
from fhir_pa.provider.testdata.expectations import RESPONSE, added_as, decided, error, numbered, reviewed, whole
from fhir_pa.provider.testdata.situation import Expected, Situation, Step
from ig_profiles.names import PAS_PROFILE
from ig_profiles.reading import Json

REVIEWER = PULMONOLOGIST
FEWER_DAYS = 30
WHY = {"because": "Shown for a month; measure again before renting on.", "criteria": ["hypoxemia"], "phone": "555-555-0142"}


def situations(clinic: Clinic) -> Iterator[Situation]:
    """Each begins with the request it is about, except the inquiry that finds nothing."""
    asked = clinic.oxygen("inquiry", BORDERLINE)
    first = clinic.ask(asked, "POST the request", *decided({1: PENDED}))
    yield Situation("inquiry", clinic.guide, "Inquired: the answer as it stands now", (first, inquire(clinic, asked, *decided({1: PENDED}, found_in(clinic)))))

    nobody = clinic.oxygen("inquiry-nothing")
    nothing = Expected("no authorization is told of", "parameter.where(name = 'return').empty()" if clinic.guide == "2.2" else f"{found_in(clinic)}.empty()")
    yield Situation("inquiry-nothing", clinic.guide, "Inquired: nothing matches, which is no error", (inquire(clinic, nobody, nothing),))

    stranger = inquiry_of(clinic.oxygen("inquiry-error"), "TD-INQUIRY-ERROR-Q")
    where = "parameter.where(name = 'return').resource" if clinic.guide == "2.2" else ""
    objected = error(MEMBER_NOT_FOUND, "that the member is not found", CORRECT_AND_RESUBMIT, ".".join(filter(None, (where, RESPONSE))))
    step = Step("POST the inquiry", f"{clinic.fhir}/Claim/$inquire", changed_in(stranger, as_stranger), holds=objected)
    yield Situation("inquiry-error", clinic.guide, "Inquired, business error: the plan does not know the member", (step,))

    asked = clinic.scans("attachment")
    reports = dict(zip((2, 3), clinic.chart(CANCER).elsewhere, strict=True))
    sent = Step(
        "POST $submit-attachment under the request's own trace number",
        f"{clinic.fhir}/$submit-attachment",
        attachment_of(asked, identifier(TRACES, asked.number), reports),
        holds=(Expected("it says what came of it", "issue.details.text.where(contains('certified now')).exists()"),),
    )
    first = clinic.ask(asked, "POST the request; two reports are asked for", *decided({1: CERTIFIED, 2: PENDED, 3: PENDED}))
    final = inquire(clinic, asked, *decided(dict.fromkeys((1, 2, 3), CERTIFIED), found_in(clinic)))
    yield Situation("attachment", clinic.guide, "Documents sent later: the reports come, and the items are certified", (first, sent, final))
    early = clinic.scans("attachment-first")
    held = Step(
        "POST $submit-attachment before the request, under the number it will have",
        f"{clinic.fhir}/$submit-attachment",
        attachment_of(early, identifier(TRACES, early.number), reports),
        holds=(Expected("it is kept until the request comes", "issue.details.text.where(contains('joins the request that comes')).exists()"),),
    )
    comes = clinic.ask(early, "POST the request", *decided(dict.fromkeys((1, 2, 3), CERTIFIED)))
    yield Situation("attachment-first", clinic.guide, "Documents sent before their request: they count when it comes", (held, comes))
    yield from _reviewed(clinic)


def inquire(clinic: Clinic, asked: Submission, *holds: Expected) -> Step:
    """POST Claim/$inquire about the items of this request."""
    return Step("POST the inquiry", f"{clinic.fhir}/Claim/$inquire", inquiry_of(asked, f"{asked.number}-Q"), holds=holds)


def decision(does: str, **said: object) -> Step:
    """A reviewer's decision on the case taken from the answer before, about item 1 unless others are named."""
    return Step(does, "/um/authorizations/{reference}/decisions", {"items": [1], **said}, as_="reviewer")


def fewer_days(clinic: Clinic) -> Json:
    """What is authorized instead of all the days asked for."""
    return {"quantity": 1, "unit": "unit", "from": str(clinic.today), "until": str(clinic.today + timedelta(days=FEWER_DAYS - 1))}


def _reviewed(clinic: Clinic) -> Iterator[Situation]:
    newer, found = clinic.guide == "2.2", found_in(clinic)
    shorter = fewer_days(clinic)
    asked = clinic.oxygen("modified", BORDERLINE)
    modified = inquire(
        clinic,
        asked,
        *decided({1: MODIFIED}, found),
        numbered(1, found),
        Expected(
            f"{FEWER_DAYS} days are authorized instead of {RENTED_DAYS}",
            f"{found}.item.extension('{PAS_PROFILE}extension-itemPreAuthPeriod').value.end = '{shorter['until']}'",
        ),
        *([whole(MODIFIED, found), reviewed(True, found), added_as(1, "1", found)] if newer else []),
    )
    steps = (
        clinic.ask(asked, "POST the request", *decided({1: PENDED})),
        decision("a physician authorizes fewer days", decision="modify", reason_code="0L", authorized=shorter, **WHY),
        modified,
    )
    yield Situation("modified", clinic.guide, "Modified after review: less is authorized than was asked for", steps)

    asked = clinic.oxygen("denied-after-review", BORDERLINE)
    steps = (
        clinic.ask(asked, "POST the request", *decided({1: PENDED})),
        decision("a physician denies it", decision="deny", reason_code="0F", **{**WHY, "because": "89 % at rest is above the limit of the policy."}),
        inquire(clinic, asked, *decided({1: NOT_CERTIFIED}, found), *([reviewed(True, found)] if newer else [])),
    )
    yield Situation("denied-after-review", clinic.guide, "Not certified after review: a physician signed", steps)


def found_in(clinic: Clinic) -> str:
    """Where an inquiry's answer has its ClaimResponse."""
    return "parameter.where(name = 'return').resource.entry.first().resource" if clinic.guide == "2.2" else "entry.resource.ofType(ClaimResponse)"
