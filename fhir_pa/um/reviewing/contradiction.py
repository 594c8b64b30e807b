"""Contradiction: a policy names the diagnoses its service is indicated for, and somebody would deny it for one of them (domain F36).

That is no error by itself; it takes a physician of the field to sign, and is written into the trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event, Item
from fhir_pa.um.case.review import Decision, Reviewer, Verdict
from ig_profiles.outcome import Forbidden
from questionnaires.policy import Edition

CONTRADICTED = "a diagnosis speaks for it"


def speaking_for(case: Authorization, item: Item, edition: Edition) -> str:
    """The diagnosis of this item, or of its request, that the edition calls an indication; empty when there is none."""
    named = (*item.requested.service.diagnoses, *case.request.diagnoses)
    return next((each.code for each in named if edition.indicated and each.code.startswith(edition.indicated)), "")


def looked_at(
    case: Authorization, decision: Decision, reviewer: Reviewer, editions: Mapping[int, Edition], at: datetime
) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    """The lines for the trail, and the fields whose physicians may hold the conversation; nothing where nothing contradicts.

    Raises Forbidden when a diagnosis speaks for the service and the physician is of none of its fields.
    """
    if decision.verdict is Verdict.CERTIFY:
        return (), ()
    events: list[Event] = []
    fields: dict[str, None] = {}
    for sequence in dict.fromkeys(decision.items):
        edition = editions.get(sequence)
        code = speaking_for(case, case.item(sequence), edition) if edition else ""
        if not edition or not code:
            continue
        wanted = [each.code for each in edition.specialties]
        if wanted and not set(wanted) & set(reviewer.specialties):
            names = " or ".join(each.display or each.code for each in edition.specialties)
            text = f"Diagnosis {code} of item {sequence} is one {edition.title} is indicated for."
            raise Forbidden(f"{text} Only a physician of the field ({names}) may decide against it.", expression="reviewer")
        fields.update(dict.fromkeys(wanted))
        events.append(Event(at, CONTRADICTED, reviewer.person, (sequence,), f"{code} is on the list of {edition.name}; looked at by a physician of the field."))
    return tuple(events), tuple(fields)
