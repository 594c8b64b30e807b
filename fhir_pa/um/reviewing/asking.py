"""Asking: a nurse or a physician asks the provider for what could still settle a pended item (domain §4.3 row 6, F34).

What is only missing is asked for, never denied; the clock runs on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.review import Reviewer, Verdict
from fhir_pa.um.case.transitions import EventKind
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from fhir_pa.um.deciding.information_request import MEDICAL_RECORDS, InformationRequest
from fhir_pa.um.reviewing.information_life import rounds
from ig_profiles.outcome import Forbidden, Unprocessable


def ask(
    authorization: Authorization,
    sequences: tuple[int, ...],
    words: str,
    reviewer: Reviewer,
    at: datetime,
    document: str = MEDICAL_RECORDS,
    second_because: str = "",
) -> Authorization:
    """The case with the question put: the items stay pended, and the provider hears what to send.

    ``words`` say in plain words what is wanted, ``document`` is the LOINC code of its kind. What is asked for while an
    earlier question is open completes it; once that was answered or is overdue, another one takes a physician, who says why
    it was not asked at once (``second_because``; domain §4.5). Raises Unprocessable when the words, the items or that
    reason are missing, Forbidden when this person may not ask, Conflict when an item is decided.
    """
    reviewer.signature(Verdict.CERTIFY, at)
    wanted = words.strip()
    if not wanted:
        raise Unprocessable("Say in plain words what the provider should send.", expression="words")
    if not sequences:
        raise Unprocessable("A question names its items. Give at least one sequence.", expression="items")
    again = _refuse_second(authorization, sequences, second_because.strip(), reviewer, at)
    moved = {}
    for sequence in dict.fromkeys(sequences):
        item = authorization.item(sequence)
        before = item.determination
        said = f"More is needed to decide: {wanted}"
        asks = _with(before.asks, InformationRequest(document, (wanted,)))
        pended = Determination(ReviewAction.PENDED, said, at, before.findings, before.edition, phone=before.phone or reviewer.phone, asks=asks)
        moved[sequence] = item.moved(EventKind.ASKED, pended)
    return authorization.with_items(moved, Event(at, str(EventKind.ASKED), reviewer.person, tuple(moved), f"{wanted}{again}"))


def _refuse_second(authorization: Authorization, sequences: tuple[int, ...], because: str, reviewer: Reviewer, at: datetime) -> str:
    """What the trail says of why it is asked again; empty when this is the first question, or completes one that is open."""
    about = [each for each in rounds(authorization) if set(each.items) & set(sequences)]
    if not about or about[-1].waits:
        return ""
    if "physician" not in reviewer.roles:
        asked = f"It was asked on {about[-1].opened_at.date()}, and that is {about[-1].stage}."
        raise Forbidden(f"{asked} Everything is asked at once; to ask again takes a physician, who says why. Refer the item instead.", expression="items")
    reviewer.signature(Verdict.DENY, at)
    if not because:
        text = "Everything is asked at once, and it was asked already. Say why this was not asked then (second_because)."
        raise Unprocessable(text, expression="second_because")
    return f" Asked again, because: {because}"


def _with(asked: tuple[InformationRequest, ...], more: InformationRequest) -> tuple[InformationRequest, ...]:
    """What is asked for by now; of one kind of document there is one question, because one number awaits it."""
    same = next((each for each in asked if each.document == more.document and each.questionnaire is None), None)
    if same is None:
        return (*asked, more)
    both = replace(same, words=tuple(dict.fromkeys((*same.words, *more.words))))
    return tuple(both if each is same else each for each in asked)
