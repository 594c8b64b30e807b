"""What the payer asks: packages for orders, the next questions, long value sets, and a word to it when a form misbehaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from fhir_pa.provider.clinician.payers import Payer
from fhir_pa.provider.clinician.trouble import Trouble, from_payer
from fhir_pa.provider.crd.coverage_answer import read_order
from fhir_pa.provider.dtr.answers import contexts
from fhir_pa.provider.dtr.package import Package, question, unpack
from fhir_pa.provider.elements import reference
from fhir_pa.provider.wire import WrongAnswer, parameters
from ig_profiles.names import DISPLAY, DTR_PROFILE, QUESTIONNAIRE_ADAPTIVE, TERMINOLOGY_SERVERS
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.reading import Json, extensions, many, text

PACKAGE, ERRORS = "Questionnaire/$questionnaire-package", "Questionnaire/$log-questionnaire-errors"
APP = "fhir-pa clinician's app"

Beside = Callable[[tuple[Json, ...]], tuple[Json, ...]]


@dataclass(frozen=True)
class Fetched:
    """The payer's packages, the orders each was given for by its canonical, and what the payer said beside them, one sentence each."""

    packages: tuple[Package, ...]
    orders: dict[str, tuple[Json, ...]]
    said: tuple[str, ...]


def fetch(payer: Payer, coverage: Json, orders: tuple[Json, ...], beside: Beside, context: str | None = None, canonicals: tuple[str, ...] = ()) -> Fetched:
    """The forms for these orders: each as CRD left it, with its assertion id as the context and what it refers to ``beside`` it. Raises Trouble.

    ``context`` stands instead when the payer gave one with a pended request (its trace number, spec-109); ``canonicals`` limit
    the answer to these forms.
    """
    ours = reference(coverage)["reference"]
    bodies: list[tuple[Json, tuple[Json, ...]]] = []
    for order in orders:
        asserted = [each.assertion_id for each in read_order(order) if each.assertion_id and each.coverage in ("", ours)]
        bodies.append((question(coverage, (order,), context or next(iter(asserted), None), canonicals, beside((order,))), (order,)))
    return _asked(payer, bodies)


def fetch_again(payer: Payer, coverage: Json, orders: tuple[Json, ...], canonical: str, since: str) -> Fetched:
    """The form a response was begun with: asked for as changed since then (R327, oper-20), and whole when it did not change.

    A package does not outlive its visit here, so there is no older copy to go on with. Raises Trouble.
    """
    body = question(coverage, (), canonicals=(canonical,))
    changed = _asked(payer, [({**body, "parameter": [*body["parameter"], {"name": "changedsince", "valueInstant": since}]}, orders)])
    return changed if changed.packages else _asked(payer, [(body, orders)])


def next_questions(payer: Payer, package: Package, response: Json) -> Json:
    """The response with the payer's next questions in its contained form, or completed. Raises Trouble.

    The body and the answer are the bare QuestionnaireResponse (one parameter, FHIR §operations); Parameters is heard too.
    """
    first, *others = next_question_addresses(payer, package.questionnaire)
    reply = from_payer(lambda: payer.client.operation(first, response), 200, 201, 202, *((404, 405) if others else ()))
    if reply.status in (404, 405):
        reply = from_payer(lambda: payer.client.operation(others[0], response), 200, 201, 202)
    body: Any = reply.body
    if text(body, "resourceType") == "Parameters":
        body = next((part["resource"] for part in many(body, "parameter") if "resource" in part), None)
    if text(body, "resourceType") != "QuestionnaireResponse":
        raise Trouble(502, "payer", "The payer's next questions cannot be read.", f"It answered a {text(body, 'resourceType') or 'nothing'}.")
    found: Json = body
    return found


def next_question_addresses(payer: Payer, questionnaire: Json) -> tuple[str, ...]:
    """Where the next questions are asked for, the likeliest first, below the payer's own base: the token goes nowhere else. Raises Trouble.

    2.0.1 has the operation right below the base or the url of the form (R38, R39), though it is defined at Questionnaire, where
    2.2 has it; a payer of 2.0.1 may follow either.
    """
    said = next(iter(extensions(questionnaire, QUESTIONNAIRE_ADAPTIVE)), {})
    base = payer.client.fhir_base
    url = text(said, "valueUrl") or text(said, "valueUri") or base
    if url != base and not url.startswith(f"{base}/"):
        words = "Its next questions would be asked for outside the payer's address; nothing was sent."
        raise Trouble(502, "payer", "The payer's form asks to be answered elsewhere.", words)
    stem = url.rstrip("/").removesuffix("/$next-question")
    at_type = f"{stem}/$next-question" if stem.endswith("/Questionnaire") else f"{stem}/Questionnaire/$next-question"
    return tuple(dict.fromkeys((f"{stem}/$next-question", at_type))) if payer.guide == "2.0.1" or stem != url.rstrip("/") else (at_type,)


def expand(payer: Payer, questionnaire: Json, value_set: str, words: str) -> list[Json]:
    """The codes of a value set whose labels hold these words, at most thirty. Raises Trouble."""
    query = urlencode({"url": value_set, "filter": words, "count": 30})
    reply = from_payer(lambda: payer.client.look(f"{terminology_base(payer, questionnaire)}/ValueSet/$expand?{query}"), 200)
    return [{key: each[key] for key in ("system", "code", "display") if key in each} for each in many(reply.body, "expansion", "contains")]


def terminology_base(payer: Payer, questionnaire: Json) -> str:
    """Where the form prefers its value sets expanded, below the payer's own base; else that base: the token goes nowhere else."""
    base = payer.client.fhir_base
    named = (text(each, "valueUrl") or "" for url in TERMINOLOGY_SERVERS for each in extensions(questionnaire, url))
    return next((each.rstrip("/") for each in named if each.startswith(f"{base}/")), base)


def named_form(payer: Payer, canonical: str) -> Json:
    """The form with this canonical, as the payer publishes it (a lookupQuestionnaire). Raises Trouble."""
    url, _, version = canonical.partition("|")
    query = urlencode({"url": url, **({"version": version} if version else {})})
    found = many(from_payer(lambda: payer.client.look(f"Questionnaire?{query}"), 200).body, "entry", "resource")
    form: Json | None = next((each for each in found if each.get("resourceType") == "Questionnaire"), None)
    if form is None:
        raise Trouble(404, "payer", "The payer does not publish this form.", f"It names {canonical}. Choose from the chart instead.")
    return form


def report(payer: Payer, canonical: str, problems: list[str], at: datetime) -> None:
    """Tell the payer that its form misbehaves: which form and how, never a word about the patient. Raises Trouble."""
    issues = [Issue(f"{APP}, {at.astimezone(UTC).isoformat(timespec='seconds')}: {problem}", "processing") for problem in problems]
    parts = ({"name": "questionnaire", "valueCanonical": canonical}, {"name": "operationOutcome", "resource": operation_outcome(issues)})
    body = {**parameters(*parts), "meta": {"profile": [f"{DTR_PROFILE}dtr-log-errors-input-parameters"]}}
    from_payer(lambda: payer.client.operation(ERRORS, body), 200, 201, 202, 204)


def handed(package: Package, payer: Payer, coverage: Json, orders: tuple[Json, ...], patient: Json, asked_for: str) -> Json:
    """A package as the page takes it: the form, its libraries' ELM, its value sets, and the response to begin with.

    The response is about every order the form was given for, whichever of them brought the draft.
    """
    draft = package.draft or {"resourceType": "QuestionnaireResponse", "questionnaire": package.canonical}
    named = many(draft, "extension")
    known = {text(each, "valueReference", "reference") for each in named}
    ours = contexts(payer.guide, coverage, orders, asked_for)
    about = [*named, *(each for each in ours if "valueReference" in each and text(each, "valueReference", "reference") not in known)] if named else ours
    profile = {"profile": [f"{DTR_PROFILE}dtr-questionnaireresponse"]}
    title = text(package.questionnaire, "title")
    shown = {"_questionnaire": {"extension": [{"url": DISPLAY, "valueString": title}]}} if title else {}
    response = {**draft, **shown, "meta": profile, "status": "in-progress", "subject": reference(patient), "extension": about}
    return {
        "canonical": package.canonical,
        "guide": payer.guide,
        "payer": payer.name,
        "questionnaire": package.questionnaire,
        "elms": list(package.elms().values()),
        "valueSets": {url: [vars(code) for code in codes] for url, codes in package.value_sets.items()},
        "adaptive": is_adaptive(package),
        "response": response,
    }


def is_over(package: Package, today: date) -> bool:
    """Whether the form is past its period of force: what was begun with it cannot be finished (R170, spec-123)."""
    end = text(package.questionnaire, "effectivePeriod", "end")
    return end is not None and end[:10] < today.isoformat()


def is_adaptive(package: Package) -> bool:
    """Whether the payer asks step by step ($next-question)."""
    said = next(iter(extensions(package.questionnaire, QUESTIONNAIRE_ADAPTIVE)), None)
    return said is not None and said.get("valueBoolean") is not False


def _asked(payer: Payer, bodies: list[tuple[Json, tuple[Json, ...]]]) -> Fetched:
    packages: dict[str, Package] = {}
    given: dict[str, tuple[Json, ...]] = {}
    said: list[str] = []
    for body, orders in bodies:
        reply = from_payer(lambda body=body: payer.client.operation(PACKAGE, body), 200, 201)  # type: ignore[misc]
        try:
            found = unpack(reply.body)
        except WrongAnswer as error:
            raise Trouble(502, "payer", "The payer's form cannot be read.", str(error)) from None
        for package in found:
            packages.setdefault(package.canonical, package)
            given[package.canonical] = (*given.get(package.canonical, ()), *orders)
        outcomes = (part.get("resource") for part in many(reply.body, "parameter") if str(part.get("name", "")).lower() in ("outcome", "operationoutcome"))
        said += [words for outcome in outcomes for words in _words(outcome)]
    return Fetched(tuple(packages.values()), given, tuple(dict.fromkeys(said)))


def _words(outcome: Json | None) -> list[str]:
    return [text(issue, "details", "text") or text(issue, "diagnostics") or "" for issue in many(outcome, "issue") if issue.get("severity") != "information"]
