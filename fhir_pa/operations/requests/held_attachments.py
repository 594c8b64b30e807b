"""Attachments that came before their request: held, and joined to the case when the request with their number comes.

Chapter: CDex 2.1, unsolicited attachments; X12 PWK, whose control number a request names in documentInformation (pas.md rule 85).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fhir_pa.operations.weighing.weighing import Documentation
from fhir_pa.pas import attachment
from fhir_pa.pas.evidence import numbers_of
from fhir_pa.pas.intake import Submission
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.transitions import EventKind
from fhir_pa.wiring import Payer
from ig_profiles.resource_text import read_resource

HELD_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Waiting:
    """What waited for a request: the ids it was received under, and the documents."""

    received: tuple[str, ...] = ()
    documentation: Documentation = Documentation()

    def joined(self, case: Authorization, at: datetime) -> Authorization:
        """The case with what waited for it among what was received, and a line in the trail."""
        if not self.received:
            return case
        said = f"{len(self.received)} sent before the request"
        event = Event(at, str(EventKind.EVIDENCE_RECEIVED), case.client, tuple(item.sequence for item in case.items), said)
        return replace(case, received=(*self.received, *case.received), trail=(*case.trail, event))


def waiting_for(submission: Submission, client: str, at: datetime, payer: Payer) -> Waiting:
    """What this client sent in the last thirty days under a number of this request, for the same member."""
    found, member = Waiting(), submission.request.member
    numbers = attachment.numbers_for(submission.request, submission.claim)
    with payer.store.reading() as tx:
        for identity in tx.held_for(client, numbers_of(member), numbers, at - HELD_FOR):
            received = tx.received(identity)
            brought = attachment.read(read_resource(received.body, received.guide), received.guide)
            documents = found.documentation.with_more(Documentation(brought.responses, brought.resources)).about(member)
            found = Waiting((*found.received, identity), documents)
    return found
