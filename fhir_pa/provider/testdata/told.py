"""Situations of notices: a system subscribes, and is told of every kind of change to an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fhir_pa.provider.charts.practice import CLINIC_NPI
from fhir_pa.provider.codes import CERTIFIED, MODIFIED, NOT_CERTIFIED, PENDED, WITHDRAWN
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.pas.subscription import CONTENT, subscription
from fhir_pa.provider.pas.update import with_documents, withdrawn
from fhir_pa.provider.testdata.clinic import BORDERLINE, Clinic
from fhir_pa.provider.testdata.expectations import content, decided
from fhir_pa.provider.testdata.later import WHY, decision, fewer_days, found_in, inquire
from fhir_pa.provider.testdata.situation import Expected, Situation, Step
from ig_profiles.reading import Json

INBOX, SECRET = "test-data", "Bearer test-data-only"
LISTENER = "a listener at the endpoint: the test EHR, see README.md"
_EVENT = "parameter.where(name = 'notification-event')"
_BROUGHT = "entry[1].resource.entry.first().resource"  # the ClaimResponse inside the Bundle a full notice brings


def situations(clinic: Clinic) -> Iterator[Situation]:
    """Each: subscribe, ask, let it be decided, hear of it, and end the subscription."""
    why = {**WHY, "because": "89 % at rest is above the limit of the policy."}
    certify = decision("a physician certifies it", decision="certify", because="Falls to 84 % on the stairs at home.", criteria=["group_2"])
    modify = decision("a physician authorizes fewer days", decision="modify", reason_code="0L", authorized=fewer_days(clinic), **WHY)
    deny = decision("a physician denies it", decision="deny", reason_code="0F", **why)
    of_one: tuple[tuple[str, str, Step, str], ...] = (
        ("notified", "Subscribed and told: certified after review", certify, CERTIFIED),
        ("notified-modified", "Subscribed and told: modified after review, less than was asked for", modify, MODIFIED),
        ("notified-denied", "Subscribed and told: not certified after review", deny, NOT_CERTIFIED),
    )
    for name, title, then, action in of_one:
        asked = clinic.oxygen(name, BORDERLINE)
        first = clinic.ask(asked, "POST the request", *decided({1: PENDED}))
        yield _heard(clinic, name, title, asked, (first, then), {1: action})

    asked = clinic.scans("notified-partly")
    first = clinic.ask(asked, "POST the request", *decided({1: CERTIFIED, 2: PENDED, 3: PENDED}))
    said = {"because": "Followed with the chest.", "criteria": ["thoracic_cancer"]}
    one = decision("a physician certifies item 2 only", items=[2], decision="certify", **said)
    partly = {1: CERTIFIED, 2: CERTIFIED, 3: PENDED}
    yield _heard(clinic, "notified-partly", "Subscribed and told: one item certified while another still waits", asked, (first, one), partly)

    asked = clinic.oxygen("notified-cancelled", BORDERLINE)
    first = clinic.ask(asked, "POST the request", *decided({1: PENDED}))
    update = withdrawn(with_documents(asked, f"{asked.number}-2", ())[1])
    gone = clinic.submit(update, "POST the update that cancels all", *decided({1: WITHDRAWN}))
    yield _heard(clinic, "notified-cancelled", "Subscribed and told: the request withdrawn", asked, (first, gone), {1: WITHDRAWN})


def _heard(clinic: Clinic, name: str, title: str, asked: Submission, happens: tuple[Step, ...], actions: Mapping[int, str]) -> Situation:
    """What happens, between subscribing and unsubscribing; what was told of it is had again with $events."""
    at = f"{clinic.fhir}/Subscription"
    wish: Json = subscription(clinic.guide, CLINIC_NPI, f"{clinic.ehr_url}/notifications/{INBOX}", SECRET)
    full = clinic.guide == "2.2"
    steps = (
        Step(
            "POST the Subscription",
            at,
            wish,
            status=201,
            holds=(Expected("it waits for the handshake", "status = 'requested'"), content(CONTENT[clinic.guide])),
            take={"subscription": "id"},
        ),
        Step("GET it again, once the handshake was heard", f"{at}/{{subscription}}", method="GET", holds=(Expected("it is active", "status = 'active'"),)),
        *happens,
        Step(
            "GET the events so far; the same notification was sent to the endpoint",
            f"{at}/{{subscription}}/$events",
            method="GET",
            holds=(
                Expected("there was one event, and it says which answer changed", f"entry.first().resource.{_EVENT}.part.where(name = 'focus').count() = 1"),
                Expected("it is the first one", f"entry.first().resource.{_EVENT}.part.where(name = 'event-number').value = '1'"),
                *(decided(actions, _BROUGHT) if full else ()),
            ),
        ),
        *(() if full else (inquire(clinic, asked, *decided(actions, found_in(clinic))),)),
        Step("DELETE it", f"{at}/{{subscription}}", method="DELETE", status=204),
    )
    return Situation(name, clinic.guide, title, steps, LISTENER)
