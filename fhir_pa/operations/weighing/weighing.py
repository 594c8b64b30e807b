"""Weigh requested services against the policies in force: forms and chart evidence in, certify or refer out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from fhir_pa.documents.attached import of_another
from fhir_pa.operations.weighing.billed import as_billed
from fhir_pa.pas import attachment, intake
from fhir_pa.pas.codes import NOT_COVERED
from fhir_pa.pas.evidence import numbers_of
from fhir_pa.pas.intake import Submission
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.brought_over import BroughtOver
from fhir_pa.um.deciding.answer import Documented, answer
from fhir_pa.um.deciding.determination import Authorized, Certify
from fhir_pa.um.deciding.exclusion import Answer
from fhir_pa.um.deciding.plan_knows import PlanKnows
from fhir_pa.um.deciding.request import MemberReference, RequestedItem
from fhir_pa.um.deciding.utilization import used as in_period
from ig_profiles.reading import Json, text
from ig_profiles.resource_text import read_resource
from questionnaires.adaptive_form import adaptive_url
from questionnaires.answers import merge, read_response
from questionnaires.cql import FactEngine
from questionnaires.criteria import Answers, Circumstances
from questionnaires.elm import facts_of
from questionnaires.library import Shelf
from questionnaires.policy import Edition
from questionnaires.response_check import Expansions, Filling, check_response
from questionnaires.responses_in import faulty_answers


@dataclass(frozen=True)
class Documentation:
    """All that was received for a case so far: filled-in forms, and the resources evidence is found in.

    ``withdrawn`` names (``Type/id``) what its sender took back: it no longer counts, from whichever message it came.
    """

    responses: tuple[Json, ...] = ()
    resources: tuple[Json, ...] = ()
    withdrawn: tuple[str, ...] = ()

    @classmethod
    def of(cls, submission: Submission) -> Documentation:
        """What one request brought."""
        return cls(submission.responses, submission.resources, submission.withdrawn)

    def with_more(self, other: Documentation) -> Documentation:
        """Both together; of a resource received twice, the newer stands."""
        gone = {_name(resource) for resource in other.resources} | set(other.withdrawn)
        kept = tuple(resource for resource in self.resources if _name(resource) not in gone)
        forms = tuple(response for response in self.responses if _name(response) not in other.withdrawn)
        return Documentation((*forms, *other.responses), (*kept, *other.resources), (*self.withdrawn, *other.withdrawn))

    def about(self, member: MemberReference) -> Documentation:
        """Without the documents that are, by their own header, about somebody else: nobody looks at another person's chart."""
        return replace(self, resources=tuple(each for each in self.resources if not of_another(each, member.name, member.birth_date, numbers_of(member))))


_NOTHING_KNOWN = PlanKnows()


def weigh_items(
    items: Iterable[RequestedItem],
    line_of_business: str,
    documentation: Documentation,
    shelf: Shelf,
    facts: FactEngine,
    at: datetime,
    plan: PlanKnows = _NOTHING_KNOWN,
) -> dict[int, Answer]:
    """The engine's answer for each of these items, by sequence; where the plan knows of a gold card, nothing is weighed.

    Nor is a service that the edition, as this is billed, excludes from the benefits, or asks no authorization for.

    The facts of a policy are looked for once, however many items it speaks about. What is certified here of one item counts
    against a limit for those behind it.
    """
    so_far: dict[str, list[Authorized]] = {}
    answers: dict[int, Answer] = {}
    known: dict[str, Answers] = {}
    for item in items:
        service = replace(item.service, line_of_business=line_of_business)
        service_on = service.on or at.date()
        billed = as_billed(shelf.in_force(service, service_on), service)
        edition = billed.edition
        volume = shelf.volume(edition.topic, edition.version)

        def looked_for(edition: Edition = edition) -> Answers:
            if edition.name not in known:
                known[edition.name] = answers_of(edition, documentation, shelf, facts, at)
            return known[edition.name]

        answered = volume.questionnaire is not None and any(_asks(response, volume.questionnaire) for response in documentation.responses)
        documented = Documented(looked_for, volume.questionnaire, answered)
        card = None if billed.in_several_ways else plan.exempt(edition, item)
        before = plan.used(edition, service_on)
        if before is not None and edition.benefits.limit is not None:
            before += in_period(so_far.get(edition.topic, ()), edition.benefits.limit, service_on)
        circumstances, inside = Circumstances(service_on, at.date()), plan.inside(edition, item)
        found = answer(edition, service, documented, circumstances, card, before, NOT_COVERED, plan.phone, inside)
        if isinstance(found, Certify):
            so_far.setdefault(edition.topic, []).append(found.authorized)
        answers[item.sequence] = found
    return answers


def answers_of(edition: Edition, documentation: Documentation, shelf: Shelf, facts: FactEngine, at: datetime) -> Answers:
    """What is known of this edition's questions: the newest filled-in form, held against the facts in the resources."""
    volume = shelf.volume(edition.topic, edition.version)
    form = form_answers(volume.questionnaire, documentation.responses, shelf.value_sets.expansions()) if volume.questionnaire is not None else {}
    found = facts.facts(volume.elm, documentation.resources, at, facts_of(volume.elm)) if volume.elm and documentation.resources else {}
    return merge(form, found)


def form_answers(questionnaire: Json, responses: Iterable[Json], value_sets: Expansions) -> Answers:
    """What the newest filled-in form of this kind says, be it the standard or the adaptive one; nothing when there is none."""
    mine = [response for response in responses if _asks(response, questionnaire)]
    newest = max(mine, key=lambda response: text(response, "authored") or "", default=None)
    return _checked(questionnaire, newest, value_sets) if newest else {}


def _checked(questionnaire: Json, response: Json, value_sets: Expansions) -> Answers:
    """The answers, a faulty one disputed with its fault: then its criterion is unknown, and a person looks. It is never a no."""
    said = read_response(questionnaire, response)
    faults = faulty_answers(response, check_response(response, Filling(questionnaire, value_sets, finished=False)))
    return {name: answer if answer.disputed or name not in faults else replace(answer, disputed=faults[name]) for name, answer in said.items()}


def documentation_of(authorization: Authorization, tx: Reading) -> Documentation:
    """All that counts for a case, read anew from the received bytes: what was received for it, and what it brought over; of a simulated case nothing was."""
    everything = _read(messages_of(authorization, tx), brought_over(authorization.brought_over, tx))
    return everything.about(authorization.request.member)


def brought_over(over: BroughtOver | None, tx: Reading) -> Documentation:
    """The dated evidence of the case that is extended. Its forms do not answer for the time asked for now: they speak of the time they were filled in."""
    return replace(_read(messages_of(over, tx)), responses=(), withdrawn=()) if over else Documentation()


def _read(messages: Iterable[Received], before: Documentation = Documentation()) -> Documentation:
    for received in (each for each in messages if each.kind != FROM_MEMBER):
        before = before.with_more(READERS[received.kind](read_resource(received.body, received.guide), received.guide))
    return before


def messages_of(case: Authorization | BroughtOver, tx: Reading) -> tuple[Received, ...]:
    """What was received for a case, in order; nothing for a simulated one. Raises NotFound when a part of it is not there any more."""
    there = tx.receipts(case.received)
    return tuple(tx.received(identity) for identity in case.received) if there else ()


def _of_submission(bundle: Json, guide: str) -> Documentation:
    return Documentation.of(intake.read(bundle, guide))


def _of_attachment(parameters: Json, guide: str) -> Documentation:
    brought = attachment.read(parameters, guide)
    return Documentation(brought.responses, brought.resources)


ATTACHMENT = "attachment"
HELD = "held attachment"  # received before the request it is for
FROM_MEMBER = "from the member"  # for people to read; nothing of it is weighed
ADMISSION = "admission"  # a notice that stands for the request its facility has not sent yet
READERS: dict[str, Callable[[Json, str], Documentation]] = {
    "submit": _of_submission,
    "order": _of_submission,
    ATTACHMENT: _of_attachment,
    HELD: _of_attachment,
    FROM_MEMBER: _of_attachment,
    ADMISSION: _of_submission,
}


def _asks(response: Json, questionnaire: Json) -> bool:
    named = (text(response, "questionnaire") or "").split("|")[0]
    if named.startswith("#"):
        contained = (item for item in response.get("contained", []) if item.get("id") == named[1:])
        named = next((text(item, "derivedFrom") or text(item, "url") or "" for item in contained), "").split("|")[0]
    return bool(named) and named in (text(questionnaire, "url"), adaptive_url(questionnaire))


def _name(resource: Json) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id') or id(resource)}"
