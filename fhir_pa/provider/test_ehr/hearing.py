"""Hear what the payer tells our rest-hook: the whole answer (2.2), or that there is one to ask for (2.0.1)."""

from __future__ import annotations

import threading
import time

import requests

from fhir_pa.provider.inbox import Notification
from fhir_pa.provider.pas.claim_response import PasAnswer, read_bundle
from fhir_pa.provider.test_ehr.clinic import Clinic
from fhir_pa.provider.test_ehr.course import Request, Told
from fhir_pa.provider.test_ehr.requesting import inbox, inquire
from fhir_pa.provider.wire import WrongAnswer
from ig_profiles.reading import many

EVENT = "event-notification"
PATIENCE, PAUSE = 5.0, 0.1


def hear(clinic: Clinic, notice: Notification) -> None:
    """Follow a notice up in a thread of its own, so that the payer gets its 200 at once."""
    if notice.kind == EVENT:
        threading.Thread(target=follow_up, args=(clinic, notice), daemon=True).start()
    else:
        clinic.journal.ring()


def follow_up(clinic: Clinic, notice: Notification) -> None:
    """Keep the answer with its request; the answer to the submission itself may still be on its way, so wait a little for it."""
    brought = _answer(notice)
    how = f"Notice {notice.event_number} of the payer"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with clinic.lock:
            meant = _meant(clinic, notice, brought)
            for request in meant:
                _keep(clinic, request, brought, how)
            if meant:
                break
        time.sleep(PAUSE)
    clinic.journal.ring()


def _keep(clinic: Clinic, request: Request, brought: PasAnswer | None, how: str) -> None:
    if brought:
        request.told.append(Told(how, clinic.now(), brought))
        return
    try:
        inquire(clinic, request, f"{how}, followed by an inquiry")
    except (WrongAnswer, requests.RequestException) as error:
        request.told.append(Told(f"{how}; the inquiry that follows failed: {error}", clinic.now()))


def _answer(notice: Notification) -> PasAnswer | None:
    """The answer a full-resource notice brings."""
    resources = (each for each in many(notice.bundle, "entry", "resource") if each.get("resourceType") == "Bundle")
    return next((read_bundle(each) for each in resources), None)


def _meant(clinic: Clinic, notice: Notification, brought: PasAnswer | None) -> list[Request]:
    """The request the notice is about: by the answer's numbers, or by the ClaimResponse it names.

    Each generation has a subscription of its own, and the payer tells both; a request is followed in the one it was sent in.
    """
    named = set(brought.numbers) if brought else {str(notice.focus).rpartition("/")[2]}
    ours = (each for each in clinic.requests() if inbox(each.submission.guide) == notice.name)
    return [each for each in ours if each.numbers & named][-1:]
