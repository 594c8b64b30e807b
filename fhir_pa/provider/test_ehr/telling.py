"""A patient's course as plain values: what the page draws, and what its JSON twin says."""

from __future__ import annotations

import re
from typing import Any

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.clinician.words import person, told
from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.elements import reference
from fhir_pa.provider.pas.claim_response import PasAnswer
from fhir_pa.provider.play.telling import FINDING
from fhir_pa.provider.test_ehr.clinic import Clinic
from fhir_pa.provider.test_ehr.course import CANCELLED, Course, Request
from fhir_pa.provider.test_ehr.papers import answers, at_hand, called, forms, written
from ig_profiles.reading import Json, many, text

COVERED = {"covered": "Covered", "not-covered": "Not covered", "conditional": "Covered under a condition"}
AUTHORIZATION = {
    "auth-needed": "authorization needed",
    "no-auth": "no authorization needed",
    "satisfied": "authorized already",
    "performpa": "authorization needed, by whoever performs it",
    "conditional": "authorization depends on what is not known yet",
}
LOOKS = {CERTIFIED: "good", NOT_CERTIFIED: "bad", PENDED: "wait", CANCELLED: "gone"}
STEPS = ("Order", "Answer", "Form", "Request", "Decision")


def of_patient(chart: Chart) -> Json:
    """Who it is, as a banner tells it."""
    patient, coverage = chart.patient, chart.coverage
    return {
        "id": patient["id"],
        "name": person(patient),
        "born": patient["birthDate"],
        "gender": patient["gender"],
        "member": coverage["subscriberId"],
        "plan": text(coverage, "class", "name"),
        "clinician": person(chart.clinician.practitioner),
        "chart": [written(each) for each in chart.findings if each["resourceType"] != "QuestionnaireResponse"],
    }


def of_course(clinic: Clinic, course: Course) -> Json:
    """Everything about a course but the exchanges."""
    chart = clinic.chart(course.patient)
    orders = [_order(each) for each in chart.orders]
    begun = [_form(each) for each in forms(chart)]
    asked_forms = [each for order in orders for answer in order["answers"] for each in answer["forms"]]
    return {
        "guide": course.guide,
        "orders": orders,
        "changed": course.changed,
        "took": round(course.answered.reply.took_ms) if course.answered else None,
        "prefetched": list(course.answered.prefetched) if course.answered else [],
        "cards": [_card(each, course) for each in course.shown],
        "needed": any(answer["authorization"] == "auth-needed" for order in orders for answer in order["answers"]),
        "formWanted": bool(asked_forms),
        "forms": begun,
        "papers": [{"name": name, "called": called(each)} for name, each in at_hand(chart).items()],
        "elsewhere": [{"name": reference(each)["reference"], "called": called(each)} for each in chart.elsewhere],
        "requests": [of_request(each) for each in reversed(course.requests)],
        "earlier": [of_request(each) for each in reversed(course.earlier)],
        "step": _step(course, orders, begun),
        "trouble": course.trouble,
    }


def of_request(request: Request) -> Json:
    """One request: how it stands item by item, what the payer still asks for, and its history, newest first."""
    answer, lines = request.answer, request.submission.lines
    names = {number: str(told(line.order)["name"]) for number, line in enumerate(lines, 1)}
    asked = answer.asked if answer and request.waits else ()
    return {
        "number": request.submission.number,
        "guide": request.submission.guide,
        "standing": request.standing,
        "waits": request.waits,
        "over": request.over,
        "documents": [called(each) for each in request.submission.documents],
        "starts": str(lines[0].starts),
        "items": [_item(each, names) for each in answer.items] if answer else [],
        "errors": list(request.errors),
        "asked": [{"item": each.sequence, "words": each.words, "number": each.control.get("value")} for each in asked],
        "told": [{"how": each.how, "at": each.at.isoformat(timespec="seconds"), "standing": _said(each.answer, names)} for each in reversed(request.told)],
    }


def _step(course: Course, orders: list[Json], begun: list[Json]) -> int:
    """How far the course is: the number of the step (of STEPS, from 0) that is to be done next."""
    if course.request:
        return 4
    if any(form["finished"] for form in begun):
        return 3
    wanted = any(answer["forms"] for order in orders for answer in order["answers"])
    return 2 if wanted else 3 if orders else 0


def _order(order: Json) -> Json:
    plain = told(order)
    return {
        "reference": plain["reference"],
        "name": plain["name"],
        "code": plain["code"],
        "answers": [
            {
                "covered": COVERED.get(each["covered"], each["covered"]),
                "authorization": each["authorization"],
                "words": AUTHORIZATION.get(each["authorization"] or "", each["authorization"]),
                "documentation": each["documentation"],
                "forms": each["forms"],
                "assertion": each["assertion"],
                "satisfied": each["satisfied"],
                "reasons": [_parted(words) for words in each["reasons"]],
                "look": _look(each),
            }
            for each in plain["payer"]
        ],
    }


def _parted(words: str) -> Json:
    """The first sentence, and what follows it.

    >>> _parted("It needs a form (2026.1). The chart shows 86 %.")
    {'first': 'It needs a form (2026.1).', 'rest': 'The chart shows 86 %.'}
    """
    end = re.search(r"[.!?](?=\s+[A-Z])", words)
    return {"first": words[: end.end()], "rest": words[end.end() :].strip()} if end else {"first": words, "rest": ""}


def _look(answer: Json) -> str:
    if answer["covered"] == "not-covered":
        return "bad"
    return "good" if answer["authorization"] in ("no-auth", "satisfied") else "wait"


def _card(card: Json, course: Course) -> Json:
    suggestions = [
        {"uuid": each.get("uuid"), "label": each.get("label"), "does": [str(action.get("description", "")) for action in many(each, "actions")]}
        for each in many(card, "suggestions")
    ]
    return {
        "uuid": card.get("uuid"),
        "summary": card.get("summary"),
        "indicator": card.get("indicator"),
        "detail": _paragraphs(str(card.get("detail", ""))),
        "source": text(card, "source", "label"),
        "topic": text(card, "source", "topic", "display"),
        "links": [{"label": each.get("label"), "url": each.get("url"), "type": each.get("type")} for each in many(card, "links")],
        "suggestions": suggestions,
        "reasons": [{"code": each.get("code"), "display": each.get("display")} for each in many(card, "overrideReasons")],
        "became": course.cards.get(str(card.get("uuid"))),
    }


def _paragraphs(detail: str) -> list[Json]:
    """The little Markdown cards are written in: paragraphs, and lists of lines that begin with a hyphen.

    >>> _paragraphs("Record:\\n\\n- a report\\n\\n- a note")
    [{'words': 'Record:', 'list': []}, {'words': '', 'list': ['a report', 'a note']}]
    """
    told: list[Json] = []
    for line in (each.strip() for each in detail.splitlines() if each.strip()):
        point = re.match(r"[-*] (.*)", line)
        if point and told and told[-1]["list"]:
            told[-1]["list"].append(point[1])
        else:
            told.append({"words": "" if point else line, "list": [point[1]] if point else []})
    return told


def _form(form: Json) -> Json:
    return {
        "reference": reference(form)["reference"],
        "status": form["status"],
        "finished": form["status"] in ("completed", "amended"),
        "answers": len(answers(form)),
        "saved": text(form, "meta", "lastUpdated"),
    }


def _item(item: Any, names: dict[int, str]) -> Json:
    found = [FINDING.match(note) for note in item.notes]
    return {
        "sequence": item.sequence,
        "name": names.get(item.sequence, f"Item {item.sequence}"),
        "word": item.word,
        "look": LOOKS.get(item.action, "wait"),
        "number": item.number or item.reference,
        "from": item.starts,
        "until": item.ends,
        "reasons": list(item.reasons),
        "notes": [note for note, finding in zip(item.notes, found, strict=True) if finding is None],
        "findings": [{"criterion": each["criterion"], "truth": each["truth"], "words": each.string[each.end() :]} for each in found if each],
    }


def _said(answer: PasAnswer | None, names: dict[int, str]) -> str:
    """How it stood then, in a line."""
    if answer is None:
        return ""
    return ", ".join(f"{names.get(item.sequence, item.sequence)} {item.word}" for item in answer.items) or "; ".join(answer.errors)
