"""$next-question: an adaptive response comes in, the same with what is asked next goes out; nothing is remembered between.

Source: SDC OperationDefinition Questionnaire-next-question; DTR R49, R218-219, spec-39, spec-41, spec-147 (dtr.md §1.7).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ig_profiles.outcome import Issue, Unprocessable, Unreadable
from ig_profiles.reading import Json, many, text
from questionnaires.adaptive import Interview, Outcome, Page, next_page
from questionnaires.adaptive_form import COMPLETE, ISSUE, SEAL, Address, contained_form, knows, shown_in
from questionnaires.answers import read_response
from questionnaires.enabled import asked
from questionnaires.form import items
from questionnaires.library import Volume
from questionnaires.package_request import Guide
from questionnaires.response_check import Expansions, Filling, check_response
from questionnaires.responses_in import faulty_answers

PARAMETER = "questionnaire-response"
_AT = "QuestionnaireResponse"


@dataclass(frozen=True)
class Turn:
    """One turn of the interview: what goes back, how things stand, and what was said to the last question.

    ``issue`` is the user's answer to whether the authorization number shall be issued; None when that was not asked or
    no longer is the question.
    """

    response: Json
    page: Page
    issue: bool | None = None

    @property
    def done(self) -> bool:
        """Whether the form is completed with this turn."""
        return bool(self.response["status"] == "completed")


CouldIssue = Callable[[Turn], bool]


@dataclass(frozen=True)
class Asked:
    """An adaptive response as it came in: its contained form, the canonical that form was made from, and the payer's seal on it."""

    response: Json
    contained: Json
    at: str
    derived_from: str
    seal: str

    @property
    def shown(self) -> tuple[str, ...]:
        """The link ids of the questions that are on the form already."""
        return tuple(item["linkId"] for item in items(self.contained) if item.get("type") not in ("group", "display"))


def read_asked(body: Any) -> Asked:
    """The response in the body: bare, or the one parameter of Parameters. Raises Unreadable, because DTR asks for 400."""
    response = body
    if isinstance(body, dict) and body.get("resourceType") == "Parameters":
        parts = [part for part in many(body, "parameter") if isinstance(part, dict)]
        named = [part for part in parts if str(part.get("name", "")).startswith(PARAMETER)] or parts[:1]
        response = named[0].get("resource") if named else None
    if not isinstance(response, dict) or response.get("resourceType") != _AT:
        found = response.get("resourceType") if isinstance(response, dict) else "nothing"
        raise Unreadable(f"$next-question takes a QuestionnaireResponse and got {found}. Send it alone, or as parameter '{PARAMETER}'.")
    named_form = text(response, "questionnaire") or ""
    for position, resource in enumerate(many(response, "contained")):
        if isinstance(resource, dict) and resource.get("resourceType") == "Questionnaire" and named_form == f"#{resource.get('id')}":
            canonical = text(resource, "derivedFrom")
            at = f"{_AT}.contained[{position}]"
            if canonical is None:
                raise Unreadable(Issue("The contained Questionnaire does not say what it is derivedFrom. Send it as it came.", "required", expression=at))
            seal = next((text(each, "value") or "" for each in many(resource, "identifier") if text(each, "system") == SEAL), "")
            return Asked(response, resource, at, canonical, seal)
    what = f"The response names '{named_form}', which is no Questionnaire it contains. Send the response as $questionnaire-package or $next-question gave it."
    raise Unreadable(Issue(what, "required", expression=f"{_AT}.questionnaire"))


def take_turn(
    came: Asked,
    volume: Volume,
    interview: Interview,
    address: Address,
    guide: Guide,
    today: date,
    value_sets: Expansions,
    could_issue: CouldIssue = lambda _: True,
) -> Turn:
    """The next turn of the interview, a pure function of what came in and of the policy.

    ``could_issue`` is asked once, when nothing else is left to ask: whether a yes to the last question would bring a number.
    Raises Unreadable with every fault of the response, each with the place it stands at (spec-147: HTTP 400).
    """
    form, edition = volume.questionnaire, volume.edition
    if form is None:
        raise Unprocessable(Issue(f"{edition.name} has no form to go on with.", "not-found", expression=f"{came.at}.derivedFrom"))
    shown = _shown(came, form)
    answers = read_response(form, came.response)
    enabled = asked(form, {name: answer.values for name, answer in answers.items()}) | {ISSUE}

    def write(*more: str) -> Json:
        return contained_form(guide, form, edition, {*shown - {COMPLETE}, *more}, enabled, address)

    faults = [*_status(came.response), *check_response(came.response, Filling(write(*shown), value_sets, guide), _AT)]
    if errors := [issue for issue in faults if issue.severity in ("fatal", "error")]:
        raise Unreadable(*errors)
    beyond = faulty_answers(came.response, faults)
    answers = {name: replace(answer, disputed=answer.disputed or beyond.get(name)) for name, answer in answers.items()}
    page = next_page(edition, form, answers, shown & {item["linkId"] for item in items(form)}, interview, today)
    if page.asks:
        return Turn(_response(came, write(*page.asks, *([COMPLETE] if page.last else [])), "in-progress"), page)
    completed = Turn(_response(came, write(COMPLETE), "completed"), page)
    if page.outcome is not Outcome.MET or not interview.may_settle:
        return completed
    issue = _said(came.response)
    if issue is None and could_issue(completed):
        return Turn(_response(came, write(COMPLETE, ISSUE), "in-progress"), page)
    return replace(completed, issue=issue)


def _shown(came: Asked, form: Json) -> frozenset[str]:
    """The link ids shown so far; one the policy never asks is a fault."""
    listed = shown_in(came.contained)
    strange = [name for name in listed if not knows(form, name)]
    if strange:
        mend = "Send the contained Questionnaire back as it came."
        raise Unreadable(*(Issue(f"The plan never asked '{name}'. {mend}", "not-found", expression=f"{came.at}.item") for name in strange))
    return frozenset(listed)


def _status(response: Json) -> list[Issue]:
    status = response.get("status")
    if status in ("in-progress", "completed", "amended"):
        return []
    return [Issue(f"A form that is '{status}' is not asked on. Send it 'in-progress'.", "business-rule", expression=f"{_AT}.status")]


def _said(response: Json) -> bool | None:
    for item in many(response, "item"):
        if text(item, "linkId") == ISSUE:
            value = next((answer.get("valueBoolean") for answer in many(item, "answer") if isinstance(answer, dict)), None)
            return value if isinstance(value, bool) else None
    return None


def _response(came: Asked, form: Json, status: str) -> Json:
    """The response as it came, with the form as it is now."""
    contained = [each if each is not came.contained else form for each in many(came.response, "contained")]
    return {**came.response, "contained": contained, "questionnaire": f"#{form['id']}", "status": status}
