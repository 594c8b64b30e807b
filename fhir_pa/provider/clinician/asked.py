"""The forms a payer asks for while a request is pended: kept in the chart as Tasks, offered again, and answered under the payer's number.

Chapter: PAS, Request for Additional Information; DTR spec-109 (the trace number tied to 102089-0 is the context of the package).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.provider.clinician.chart import OpenChart
from fhir_pa.provider.clinician.payers import Payer
from fhir_pa.provider.clinician.sending import gather
from fhir_pa.provider.clinician.trouble import Trouble, from_payer
from fhir_pa.provider.elements import reference
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.wire import said
from ig_profiles.names import NPI, PAS_PROFILE
from ig_profiles.reading import Json, extension_value, identifier_value, many, one, text

CONTEXTS = ("questionnaire-context", "questionnaires-needed")  # how 2.2 and 2.0.1 call the input that is a DTR context
LINES = (f"{PAS_PROFILE}extension-serviceLineNumber", f"{PAS_PROFILE}extension-paLineNumber")


@dataclass(frozen=True)
class Asked:
    """One form wanted for one item: the context it is fetched under, which is its number on the way back, and the payer's words."""

    context: str
    tracking: Json
    sequence: int
    words: str
    until: str | None
    task: Json


def asked_in(task: Json, requests: dict[str, Json]) -> Iterator[Asked]:
    """The forms a payer's Task asks for; ``requests`` are its CommunicationRequests by the value of their identifier."""
    for each in many(task, "input"):
        if text(each, "type", "coding", "code") not in CONTEXTS:
            continue
        context = text(each, "valueString") or text(each, "valueIdentifier", "value") or ""
        request = requests.get(context)
        tracking = one(request, "identifier") or each.get("valueIdentifier") or {"value": context}
        words = text(request, "note", "text") or text(task, "description") or "A form"
        line = extension_value(each, *LINES)
        until = text(task, "restriction", "period", "end")
        yield Asked(context, tracking, line if isinstance(line, int) else 1, words, until, {**task, "input": [each]})


def asked_by(response: Json) -> tuple[Asked, ...]:
    """The forms a PAS response Bundle asks for."""
    found = many(response, "entry", "resource")
    requests = {text(each, "identifier", "value") or "": each for each in found if each.get("resourceType") == "CommunicationRequest"}
    return tuple(each for task in found if task.get("resourceType") == "Task" for each in asked_in(task, requests))


def keep(chart: OpenChart, asked: Asked, order: str, at: datetime) -> Json:
    """The Task in the chart, to be found again by whoever works on this patient next. Raises Trouble when the EHR keeps no Tasks."""
    payers = {key: value for key, value in asked.task.items() if key in ("resourceType", "code", "intent", "input", "requester", "restriction", "reasonCode")}
    return chart.create(
        {
            **payers,
            "identifier": [asked.tracking],
            "status": "requested",
            "description": asked.words,
            "focus": {"reference": order},
            "for": reference(chart.patient),
            "authoredOn": at.isoformat(timespec="seconds"),
            "owner": reference(chart.clinician),
        }
    )


def waiting(chart: OpenChart) -> list[Json]:
    """The forms that are still asked for in this chart, in words for the page."""
    return [told(each, task) for task in chart.tasks for each in asked_in(task, dict.fromkeys(_numbers(task), task))]


def told(asked: Asked, task: Json) -> Json:
    """One of them; ``task`` is the chart's own."""
    order = text(task, "focus", "reference")
    kept = reference(task)["reference"] if "id" in task else None
    number = {"context": asked.context, "tracking": asked.tracking, "sequence": asked.sequence}
    return {**number, "words": asked.words, "order": order, "until": asked.until, "task": kept}


def answer(chart: OpenChart, payer: Payer, coverage: Json, asked: Json, form: Json, at: datetime) -> list[str]:
    """$submit-attachment with the filled form under the payer's number; what it says to it, one sentence each. Raises Trouble.

    The Task in the chart is completed; that it could not be is no reason to send the form twice.
    """
    words = attach(chart, payer, coverage, asked, (form,), at)
    try:
        _done(chart, str(asked.get("task") or ""), form, at)
    except Trouble as trouble:
        words.append(f"The chart still shows that it is asked for. {trouble.title}")
    return words


def attach(chart: OpenChart, payer: Payer, coverage: Json, asked: Json, papers: tuple[Json, ...], at: datetime) -> list[str]:
    """$submit-attachment with forms or documents for one item, the last call saying that no more follows; the payer's words. Raises Trouble."""
    gathered = gather(chart, coverage, papers)
    sender, receiver = (identifier_value(each, NPI) or "" for each in (gathered.clinic, gathered.payer))
    number = str(asked["tracking"].get("value", ""))
    submission = Submission(payer.guide, number, gathered, gathered, (), papers, at, chart.visit.issuer, sender, receiver)
    words: list[str] = []
    for paper in papers:
        body = attachment_of(submission, asked["tracking"], {int(asked["sequence"]): paper}, final=paper is papers[-1])
        reply = from_payer(lambda body=body: payer.client.operation("$submit-attachment", body), 200, 201, 202)  # type: ignore[misc]
        words = [each for each in said(reply.body).split("; ") if each]
    return words


def _done(chart: OpenChart, name: str, form: Json, at: datetime) -> None:
    if not name:
        return
    task = chart.read(name)
    output = {"type": {"text": "The form sent"}, "valueReference": reference(form)}
    done = {**task, "status": "completed", "lastModified": at.isoformat(timespec="seconds"), "output": [output]}
    chart.update(done, text(task, "meta", "versionId"))


def _numbers(task: Json) -> list[str]:
    return [str(each.get("value")) for each in many(task, "identifier")]
