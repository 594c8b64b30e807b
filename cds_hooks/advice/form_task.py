"""Advice to have a form completed, for a system without DTR: a Task, and the Questionnaire where the system lacks it (Request Form Completion).

Profile taskquestionnaire of CRD 2.0.1 and 2.2. Never where DTR is possible (2.2 resp-59), and never without asking the
client for its copy first (2.2 dev-20).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from cds_hooks.advice.told import Told
from cds_hooks.answer import CoverageAnswer
from cds_hooks.card import Action, Draft, Suggestion
from cds_hooks.configuration import REMINDER
from cds_hooks.lately import asked_quietly
from cds_hooks.questionnaire_task import questionnaire_task
from cds_hooks.touchpoints import by_edition, names
from ig_profiles.reading import Json, many, text
from questionnaires.package import questionnaire_for
from questionnaires.policy import Edition

_ORGANIZATION = "payer"


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each form that is asked for, however many orders it concerns."""
    if told.house.fetch is None or not told.house.forms_by_task or not told.request.configuration.allows(REMINDER):
        return
    asked = [answer for answer in told.answers if answer.documentation and answer.questionnaires]
    for edition, about in by_edition(asked):
        for canonical in dict.fromkeys(name for answer in about for name in answer.questionnaires):
            form = told.house.shelf.questionnaire(canonical)
            if form is not None:
                words = {"form": text(form, "title") or edition.title, "orders": names(about), "edition": edition}
                suggestion = Suggestion(f"Ask for the form {words['form']}", tuple(_actions(canonical, form, edition, about, told)), recommended=True)
                yield Draft(REMINDER, "form_task.j2", words, about, suggestions=(suggestion,), key=canonical)


def _actions(canonical: str, form: Json, edition: Edition, about: Sequence[CoverageAnswer], told: Told) -> Iterator[Action]:
    title = text(form, "title") or edition.title
    url, _, version = canonical.partition("|")
    search = "&".join(f"{name}={quote(value, safe='')}" for name, value in (("url", url), ("version", version)) if value)
    if not any(_is(each, url, version) for each in asked_quietly([f"Questionnaire?{search}"], told.house)):
        made = questionnaire_for("2.0.1" if told.request.dialect == "2.0" else "2.2", form, edition)
        yield Action("create", f"Add the form {title}, unless it is there", made, if_none_exist=search)
    requester = _payor(about)
    if requester is None:
        payer = _organization(told)
        yield Action("create", f"Add {told.source.name} as an organization, unless it is there", payer, if_none_exist=_known_by(payer))
        requester = {"reference": f"Organization/{_ORGANIZATION}"}
    yield Action("create", f"Add the task to complete the form {title}", questionnaire_task(canonical, requester, about, told.request, told.house.today))


def _is(resource: Json, url: str, version: str) -> bool:
    return resource.get("resourceType") == "Questionnaire" and resource.get("url") == url and (not version or resource.get("version") == version)


def _payor(about: Sequence[CoverageAnswer]) -> Json | None:
    """The payer as the Coverage itself refers to it, when it refers to a resource of its own."""
    named = [text(payor, "reference") for answer in about for payor in many(answer.basis.coverage, "payor")]
    return next(({"reference": name} for name in named if name and name.split("/")[-2:-1] == ["Organization"]), None)


def _organization(told: Told) -> Json:
    """The payer with its number; one without a number on file is known by its name at its own address."""
    held = told.house.organization or {}
    identifier = many(held, "identifier") or [{"system": told.source.url, "value": told.source.name}]
    return {"resourceType": "Organization", "id": _ORGANIZATION, "identifier": identifier, "active": True, "name": told.source.name}


def _known_by(organization: Json) -> str:
    number = organization["identifier"][0]
    return f"identifier={quote('|'.join((number['system'], number['value'])), safe='')}"
