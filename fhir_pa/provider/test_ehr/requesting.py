"""The practice's side of PAS: subscribe once, submit, inquire, attach, change, withdraw; each answer is kept with its request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import reduce

from fhir_pa.provider.charts.documents import note_of
from fhir_pa.provider.charts.practice import CLINIC_NPI, PAYER_NPI
from fhir_pa.provider.clinician.services import line_of
from fhir_pa.provider.elements import reference
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import read_bundle, read_inquiry
from fhir_pa.provider.pas.inquiry import inquiry_of
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Line, Submission, sign
from fhir_pa.provider.pas.subscription import subscription
from fhir_pa.provider.pas.update import with_documents, withdrawn, without_item
from fhir_pa.provider.test_ehr.clinic import Clinic
from fhir_pa.provider.test_ehr.course import Course, Request, Told
from fhir_pa.provider.test_ehr.papers import at_hand
from fhir_pa.provider.wire import WrongAnswer
from ig_profiles.reading import Json, one, text

PROGRESS_NOTE = "11506-3"


def inbox(guide: str) -> str:
    """The name of the rest-hook at which this generation's notices arrive."""
    return f"oakwood-{guide}"


def subscribe(clinic: Clinic, guide: str) -> None:
    """Ask the payer, once for each generation, to tell our rest-hook when an authorization changes. Raises WrongAnswer."""
    if guide not in clinic.subscriptions:
        made = clinic.sides[guide].pas.subscribe(subscription(guide, CLINIC_NPI, f"{clinic.url}/notifications/{inbox(guide)}", clinic.secret))
        clinic.subscriptions[guide] = str(made.body["id"])


def submit(clinic: Clinic, course: Course, documents: tuple[str, ...]) -> Request:
    """POST Claim/$submit for the patient's orders with these documents (``Type/id``). Raises WrongAnswer."""
    chart = clinic.chart(course.patient)
    if not chart.orders:
        raise WrongAnswer("There is nothing to request. Order a service first.")
    subscribe(clinic, course.guide)
    lines = tuple(line_of(sign(each, chart.coverage, course.guide), clinic.now().date()) for each in chart.orders)
    papers = at_hand(chart)
    chosen = tuple(papers[name] for name in documents if name in papers)
    practice, number = clinic.charts.practice, clinic.trace_number()
    base = f"{clinic.url}/fhir"
    submission = Submission(course.guide, number, chart, practice, lines, chosen, clinic.now(), base, CLINIC_NPI, PAYER_NPI)
    response = clinic.side(course).pas.submit(request_of(submission)).body
    return kept(clinic, submission, response, "The payer's answer to the request")


def kept(clinic: Clinic, submission: Submission, response: Json, how: str) -> Request:
    """The request as the practice follows it up from now on, whoever sent it; ``response`` is the Bundle that answered."""
    told = Told(how, clinic.now(), read_bundle(response))
    request = Request(submission, [told], text(one(response, "entry", "resource"), "id") or "")
    clinic.courses[str(submission.chart.patient["id"])].requests.append(request)
    clinic.journal.ring()
    return request


def sent_by_app(clinic: Clinic, submission: Submission, response: Json) -> None:
    """The forms app submitted this and heard that."""
    with clinic.lock:
        kept(clinic, submission, response, "The payer's answer to the request, sent from the forms app")


def inquire(clinic: Clinic, request: Request, how: str = "Asked again (inquiry)") -> None:
    """POST Claim/$inquire and keep how it stands. Raises WrongAnswer when the payer does not find it."""
    reply = clinic.sides[request.submission.guide].pas.inquire(inquiry_of(request.submission, clinic.trace_number()))
    found = next((each for each in read_inquiry(reply.body) if request.numbers & set(each.numbers)), None)
    if found is None:
        raise WrongAnswer("The inquiry did not find this authorization.")
    asked = request.answer.asked if request.answer and not found.asked else found.asked
    request.told.append(Told(how, clinic.now(), replace(found, asked=asked)))


def attach(clinic: Clinic, course: Course, sequence: int | None, document: str, words: str = "") -> None:
    """Send one document (``Type/id``, or ``words`` as a new note) for an item under the number it was asked under.

    A document held elsewhere arrives first. Raises WrongAnswer.
    """
    request = newest(course)
    asked = request.answer.asked if request.answer else ()
    wanted = next((each for each in asked if each.sequence == sequence), next(iter(asked), None))
    if wanted is None:
        raise WrongAnswer("The payer asks for nothing just now. Send an update instead.")
    paper = _note(clinic, course, words) if words else _brought(clinic, course, document)
    body = attachment_of(request.submission, wanted.control, {wanted.sequence or sequence or 1: paper})
    clinic.side(course).pas.attach(body)
    request.submission = replace(request.submission, documents=(*request.submission.documents, paper))
    request.told.append(Told(f"A document was sent for item {wanted.sequence or sequence or 1}", clinic.now()))


def update(clinic: Clinic, course: Course, documents: tuple[str, ...], starts: date | None) -> None:
    """POST Claim/$submit again with more documents, or from another day on. Raises WrongAnswer."""
    request = newest(course)
    added = tuple(_brought(clinic, course, name) for name in documents)
    moved = tuple(_moved(line, starts) for line in request.submission.lines) if starts else ()
    after, bundle = with_documents(request.submission, clinic.trace_number(), added, moved)
    _send(clinic, request, after, bundle, "The payer's answer to the update")


def withdraw(clinic: Clinic, course: Course, sequence: int | None = None) -> None:
    """Withdraw one item, or the whole request. Raises WrongAnswer."""
    request = newest(course)
    after, bundle = with_documents(request.submission, clinic.trace_number(), ())
    if sequence is None:
        _send(clinic, request, after, withdrawn(bundle), "The payer's answer to the withdrawal")
    elif _send(clinic, request, after, without_item(bundle, sequence), "The payer's answer to the withdrawal"):
        request.withdrawn = (*request.withdrawn, sequence)


def _send(clinic: Clinic, request: Request, after: Submission, bundle: Json, how: str) -> bool:
    """Whether the payer took it. What was withdrawn before stays in the Claim, and stays withdrawn."""
    whole = reduce(without_item, request.withdrawn, bundle)
    answer = read_bundle(clinic.sides[after.guide].pas.submit(whole).body)
    request.told.append(Told(how, clinic.now(), answer))
    if not answer.errors:
        request.submission = after
    return not answer.errors


def newest(course: Course) -> Request:
    """The request that is followed up. Raises WrongAnswer when there is none yet."""
    if course.request is None:
        raise WrongAnswer("There is no request yet. Send one first.")
    return course.request


def _moved(line: Line, starts: date) -> Line:
    """The line from another first day on, as long as before."""
    length = line.ends - line.starts if line.ends else timedelta()
    return replace(line, starts=starts, ends=starts + length if line.ends else None)


def _brought(clinic: Clinic, course: Course, name: str) -> Json:
    """A document of the chart; one that another place holds comes in first. Raises WrongAnswer."""
    held = next((each for each in clinic.chart(course.patient).elsewhere if reference(each)["reference"] == name), None)
    if held:
        return clinic.charts.arrive(str(held["id"]))
    papers = at_hand(clinic.chart(course.patient))
    if name not in papers:
        raise WrongAnswer(f"There is no document {name or 'chosen'}. Choose one, or write a note.")
    return papers[name]


def _note(clinic: Clinic, course: Course, words: str) -> Json:
    """A new note of the clinician, written into the chart."""
    chart = clinic.chart(course.patient)
    clinic.drafts += 1
    note = note_of(chart.patient, chart.clinician, chart.encounter, words, f"note-{clinic.drafts}", PROGRESS_NOTE, clinic.now().date())
    clinic.charts.keep(course.patient, note)
    return note
