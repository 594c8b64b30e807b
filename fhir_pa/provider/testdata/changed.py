"""Situations of what is changed after it was asked for: updates, cancelled items, a whole request withdrawn, and what may not follow."""

from __future__ import annotations

from collections.abc import Iterator

from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.pas.update import appealing, with_documents, withdrawn, without_item
from fhir_pa.provider.testdata.clinic import CANCER, Clinic
from fhir_pa.provider.testdata.expectations import RESPONSE, decided, error, waits_as
from fhir_pa.provider.testdata.situation import Expected, Situation, Step
from ig_profiles.reading import Json

CANCELLED = "C"
CONTRADICTS, NOT_ON_FILE = "33", "AA"
DO_NOT_RESUBMIT, CORRECT_AND_RESUBMIT = "N", "C"


def situations(clinic: Clinic) -> Iterator[Situation]:
    """Each begins with a request, except the one about a request that is not on file."""
    before = clinic.scans("update")
    bundle = with_documents(before, f"{before.number}-2", clinic.chart(CANCER).elsewhere)[1]
    brought = clinic.submit(bundle, "POST the update, with the reports that were missing", *decided(dict.fromkeys((1, 2, 3), CERTIFIED)))
    yield _of_scans(clinic, before, "update", "Updated: the missing reports come, and what was pended is certified", brought)

    before = clinic.scans("cancel-item")
    one_less = clinic.submit(without_item(_next(before), 2), "POST the update with item 2 cancelled", *decided({1: CERTIFIED, 2: CANCELLED, 3: PENDED}))
    yield _of_scans(clinic, before, "cancel-item", "One item cancelled; the others stay as they were", one_less)

    before = clinic.scans("cancel-all")
    all_gone = clinic.submit(withdrawn(_next(before)), "POST the update that cancels all", *decided(dict.fromkeys((1, 2, 3), CANCELLED)))
    yield _of_scans(clinic, before, "cancel-all", "The whole request withdrawn", all_gone)

    before = clinic.rail("update-after-denial")
    refused = clinic.submit(_next(before), "POST an update of it", *error(CONTRADICTS, "that this takes no update", DO_NOT_RESUBMIT))
    denied = clinic.ask(before, "POST the request", *decided({1: NOT_CERTIFIED}))
    yield Situation("update-after-denial", clinic.guide, "Business error: nothing may be updated after a denial", (denied, refused))

    before = clinic.rail("appeal")
    body = appealing(_next(before), "The rail keeps the patient from falling; she fell twice.")
    appealed = Expected("it says until when the appeal is decided", f"{RESPONSE}.processNote.text.where(contains('Appeal 1 about item 1 is on file')).exists()")
    filed = clinic.submit(body, "POST the appeal (certification type 2)", *decided({1: PENDED}), waits_as(1), appealed)
    denied = clinic.ask(before, "POST the request", *decided({1: NOT_CERTIFIED}))
    yield Situation("appeal", clinic.guide, "A denial appealed by a submission: on file, and pended under the number of the case", (denied, filed))

    unknown = withdrawn(_next(clinic.oxygen("cancel-unknown")))
    step = clinic.submit(unknown, "POST the cancellation", *error(NOT_ON_FILE, "that no such request is on file", CORRECT_AND_RESUBMIT))
    yield Situation("cancel-unknown", clinic.guide, "Business error: a request that is not on file cannot be cancelled", (step,))


def _of_scans(clinic: Clinic, before: Submission, name: str, title: str, then: Step) -> Situation:
    first = clinic.ask(before, "POST the request", *decided({1: CERTIFIED, 2: PENDED, 3: PENDED}))
    return Situation(name, clinic.guide, title, (first, then))


def _next(before: Submission) -> Json:
    return with_documents(before, f"{before.number}-2", ())[1]
