"""The draft QuestionnaireResponse of a package: whose form it is, and what the payer knows already (dtr.md §1.4, §1.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ig_profiles.names import CRD_COVERAGE_CODES, CRD_TEMP_CODES, DISPLAY, DTR_PROFILE, INFORMATION_ORIGIN, INTENDED_USE, QR_CONTEXT, QR_COVERAGE, UCUM, URI
from ig_profiles.reading import Coding, Json, many, text
from questionnaires.enabled import asked
from questionnaires.facts import Fact
from questionnaires.form import Question, canonical, questions
from questionnaires.package_request import Guide
from questionnaires.policy import Edition

PAYER_FOUND = {"2.0.1": "auto", "2.2": "auto-server"}
_USES = {"authorization": "withpa", "claim": "withclaim", "order": "withorder", "chart": "retain-doc", "other": "OTH"}


@dataclass(frozen=True)
class Occasion:
    """For whom and for which orders a form is handed out; all of it is the client's own, and is named as the client names it.

    ``told_of`` are references to orders that a context stands for and that were not sent again. ``context_id`` is the
    assertion id that led here, ``intended_use`` CRD's doc-purpose (withpa, withclaim, withorder, retain-doc).
    """

    coverages: tuple[Json, ...]
    orders: tuple[Json, ...] = ()
    context_id: str | None = None
    intended_use: str = "withpa"
    told_of: tuple[str, ...] = ()

    @property
    def requests(self) -> tuple[str, ...]:
        """The client's references to what is ordered."""
        return tuple(dict.fromkeys((*filter(None, map(_reference, self.orders)), *self.told_of)))

    @property
    def subject(self) -> str | None:
        """The client's reference to the patient: of the orders, else the one the coverage benefits."""
        paths = ("subject", "patient", "for", "beneficiary")
        people = (text(resource, path, "reference") for resource in (*self.orders, *self.coverages) for path in paths)
        participants = (text(row, "actor", "reference") for order in self.orders for row in many(order, "participant"))
        return next((name for name in (*people, *participants) if name and not name.startswith("#")), None)


def draft(questionnaire: Json, occasion: Occasion, facts: Mapping[str, Fact], guide: Guide, at: datetime | None = None) -> Json:
    """An in-progress response to this form; what is found is marked as the payer's finding, for the clinician to check.

    References name only what the client sent, with the client's ids (spec-139); what has no id cannot be named. 2.0.1 wants
    a coverage and a request among the contexts: a form asked for by its name alone does not claim that profile.
    """
    seed = "|".join((canonical(questionnaire), occasion.context_id or "", *filter(None, map(_reference, occasion.coverages)), *occasion.requests))
    identity = uuid5(NAMESPACE_URL, seed)
    claims = guide == "2.2" or (any(map(_reference, occasion.coverages)) and bool(occasion.requests))
    response: Json = {
        "resourceType": "QuestionnaireResponse",
        "id": str(identity),
        **({"meta": {"profile": [f"{DTR_PROFILE}dtr-questionnaireresponse"]}} if claims else {}),
        "extension": _contexts(occasion, guide),
        "identifier": {"system": URI, "value": identity.urn},
        "questionnaire": canonical(questionnaire),
        "_questionnaire": {"extension": [{"url": DISPLAY, "valueString": questionnaire["title"]}]},
        "status": "in-progress",
    }
    if occasion.subject:
        response["subject"] = {"reference": occasion.subject}
    if at is not None:
        response["authored"] = at.isoformat(timespec="seconds")
    found = {name: fact for name, fact in facts.items() if fact.values}
    open_ = asked(questionnaire, {name: fact.values for name, fact in found.items()})
    items = _items(many(questionnaire, "item"), questions(questionnaire), {name: found[name] for name in found if name in open_}, guide)
    if not items and guide == "2.0.1":  # item is 1..* there: the form's own outline, unanswered
        items = [{"linkId": item["linkId"], "text": item["text"]} for item in many(questionnaire, "item") if item.get("type") != "display"]
    return {**response, "item": items} if items else response


def use_of(edition: Edition) -> str:
    """What this edition wants its form for, as CRD's doc-purpose: with the authorization request where one is needed, else with the claim."""
    return _USES[edition.benefits.documented_for or ("authorization" if edition.authorization == "needed" else "claim")]


def intended(use: str, guide: Guide) -> Json:
    """The extension that says what a response is for; the code system moved between the guides."""
    return {"url": INTENDED_USE, "valueCodeableConcept": {"coding": [{"system": CRD_COVERAGE_CODES if guide == "2.2" else CRD_TEMP_CODES, "code": use}]}}


def value_of(question: Question, value: Any) -> Json | None:
    """One value as answer.value[x] of the question's type, or None when it is not of that type.

    >>> value_of(Question("spo2", "decimal", "Saturation"), Decimal("86.5"))
    {'valueDecimal': Decimal('86.5')}
    >>> value_of(Question("room_air", "boolean", "Room air?"), "yes") is None
    True
    """
    match question.type, value:
        case "boolean", bool():
            return {"valueBoolean": value}
        case "decimal", Decimal():
            return {"valueDecimal": value}
        case "integer", Decimal() if value == int(value):
            return {"valueInteger": int(value)}
        case "quantity", Decimal() if question.units or question.unit:
            unit = (*question.units, question.unit)[0]
            return {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}
        case "date", date() | str():
            return {"valueDate": str(value)[:10]}
        case "dateTime", date() | str():
            return {"valueDateTime": str(value)}
        case ("choice" | "open-choice"), Coding():
            listed = next((option for option in question.options if option.same_as(value)), None)
            coding = listed or (value if not question.options else None)
            return {"valueCoding": {key: found for key, found in vars(coding).items() if found}} if coding else None
        case ("string" | "text" | "open-choice"), str():
            return {"valueString": value}
        case "reference", str():
            return {"valueReference": {"reference": value}}
    return None


def _contexts(occasion: Occasion, guide: Guide) -> list[Json]:
    """2.0.1 puts the coverage among the contexts, 2.2 gives it an extension of its own."""
    coverages = [_named(QR_COVERAGE if guide == "2.2" else QR_CONTEXT, reference) for reference in map(_reference, occasion.coverages) if reference]
    orders = [_named(QR_CONTEXT, reference) for reference in occasion.requests]
    return [*coverages, *orders, intended(occasion.intended_use, guide)]


def _named(url: str, reference: str) -> Json:
    return {"url": url, "valueReference": {"reference": reference}}


def _reference(resource: Json) -> str | None:
    return f"{resource['resourceType']}/{resource['id']}" if resource.get("id") else None


def _items(items: list[Json], known: Mapping[str, Question], found: Mapping[str, Fact], guide: Guide) -> list[Json]:
    written = []
    for item in items:
        link_id, below = item["linkId"], _items(many(item, "item"), known, found, guide)
        question, fact = known.get(link_id), found.get(link_id)
        values = [value_of(question, value) for value in fact.values] if question and fact else []
        answers: list[Json] = [{"extension": [_origin(guide)], **value} for value in values if value][: None if question and question.repeats else 1]
        if answers and below:
            answers[0]["item"] = below
        if answers or below:
            written.append({"linkId": link_id, "text": item["text"], **({"answer": answers} if answers else {"item": below})})
    return written


def _origin(guide: Guide) -> Json:
    return {"url": INFORMATION_ORIGIN, "extension": [{"url": "source", "valueCode": PAYER_FOUND[guide]}]}
