"""$submit-attachment: documents that were asked for, or that arrive unasked, join their case and are weighed at once.

Chapter: CDex 2.1, Attachments; PAS, Request for Additional Information. What finds no case is kept, and the sender told.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from fhir_pa.auth.caller import Caller
from fhir_pa.documents.attached import of_another
from fhir_pa.operations.weighing.plan_knows import plan_knows
from fhir_pa.operations.weighing.weighing import ATTACHMENT, HELD, Documentation, documentation_of, weigh_items
from fhir_pa.pas import attachment
from fhir_pa.pas.attachment import Attachments
from fhir_pa.pas.evidence import numbers_of
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.on_file.inquiry import InquiryCriteria, may_see
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.outcome import Conflict, Issue, NotFound, operation_outcome
from ig_profiles.reading import Json
from ig_profiles.resource_text import read_resource


def submit_attachment(body: bytes, guide: str, caller: Caller, payer: Payer) -> Json:
    """An OperationOutcome that says to which case the attachments went, and what came of it.

    Pended items are weighed anew with all that is on file, unless more is announced (``Final`` false). An item that was
    decided stays as it is: only a person reopens it. Raises Conflict when the case changed twice meanwhile.
    """
    at = payer.clock()
    parameters = read_resource(body, guide, payer.settings.max_body_bytes)
    brought = attachment.read(parameters, guide)
    received = Received(str(uuid.uuid4()), ATTACHMENT, caller.id, guide, at, body)
    with suppress(Conflict):
        return _join(brought, received, caller, payer, at)
    return _join(brought, received, caller, payer, at)


def _join(brought: Attachments, received: Received, caller: Caller, payer: Payer, at: datetime) -> Json:
    with payer.store.reading() as tx:
        case = _case(brought, caller, tx)
        documentation = documentation_of(case, tx) if case else Documentation()
    changed, strange = None, _strange(brought, case) if case is not None else []
    if case is not None:
        everything = documentation.with_more(Documentation(brought.responses, brought.resources)).about(case.request.member)
        wanted = tuple(item.requested for item in case.pended) if brought.final else ()
        plan = plan_knows(case.request, payer, at, but=case.number)
        answers = weigh_items(wanted, case.request.line_of_business, everything, payer.shelf, payer.facts, at, plan)
        changed = case.receive_evidence(answers, received.id, caller.id, " ".join([_named(brought), *(issue.text for issue in strange)]), at)
    answer = operation_outcome([_told(brought, case, changed), *strange])
    with payer.store.transaction() as tx:
        tx.keep_received(received if case is not None else replace(received, kind=HELD))
        if case is None:
            tx.hold(received, brought.member.value, brought.tracking.value)
        tx.keep_answer(received.id, dump(answer))
        if case is not None and changed is not None:
            tx.save(changed)
        if case is not None and changed is not None and changed.answers_differently(case):
            tx.notify(changed, why="evidence received", at=at)
    return answer


def _case(brought: Attachments, caller: Caller, tx: Reading) -> Authorization | None:
    """The one case these attachments are for, among those this caller may add to."""
    found = {case.number: case for case in tx.of_member((brought.member,))}
    for number in (brought.administrative_reference, brought.tracking.value, brought.tracking.value.split("-")[0]):
        with suppress(NotFound):
            case = tx.authorization(number or "")
            found[case.number] = case
    parties = tuple(each.value for each in (brought.organization, brought.provider) if each)
    who = InquiryCriteria(guide="", member=(brought.member,), npis=parties)
    mine = [case for case in found.values() if attachment.about(brought, case) and may_see(case, who, caller.id)]
    return max(mine, key=lambda case: case.clock.received_at, default=None)


def _named(brought: Attachments) -> str:
    """What was brought, in a few words for the trail; never its content."""
    names = [each.code.code if each.code else str(each.content["resourceType"]) for each in brought.attachments]
    return f"{len(names)} attached: {', '.join(dict.fromkeys(names))}"


def _strange(brought: Attachments, case: Authorization) -> list[Issue]:
    """A warning for each document that is, by its own header, about somebody else; nobody looks at those."""
    member = case.request.member
    said = "Not looked at: the clinical document inside names another patient. Send the member's own document."
    return [
        Issue(said, "informational", "warning", expression=f"Parameters.parameter.where(name='Attachment')[{position}]")
        for position, each in enumerate(brought.attachments)
        if of_another(each.content, member.name, member.birth_date, numbers_of(member))
    ]


def _told(brought: Attachments, case: Authorization | None, changed: Authorization | None) -> Issue:
    if case is None or changed is None:
        text = (
            "Kept, but no authorization on file is known by this tracking number for this member. "
            "It joins the request that comes with this number in the next thirty days. "
            "Give as TrackingId the number the payer asked under, the authorization's reference, or your own trace number."
        )
        return Issue(text, "not-found", "warning", expression="Parameters.parameter.where(name='TrackingId')")
    certified = [item.sequence for item in changed.items if item.determination.action is ReviewAction.CERTIFIED and item.sequence in _pended(case)]
    said = f"Joined authorization {case.reference} ({_named(brought)})."
    if certified:
        said += f" {_listed(certified)} certified now."
    if changed.pended:
        said += f" {_listed(_pended(changed), 'waits', 'wait')} for a reviewer."
    return Issue(said, "informational", "information")


def _listed(items: Sequence[int], one: str = "is", several: str = "are") -> str:
    """These items with their verb.

    >>> _listed([2]), _listed([2, 3], "waits", "wait")
    ('Item 2 is', 'Items 2, 3 wait')
    """
    return f"Item{'s' if len(items) > 1 else ''} {', '.join(map(str, items))} {several if len(items) > 1 else one}"


def _pended(case: Authorization) -> tuple[int, ...]:
    return tuple(item.sequence for item in case.pended)
