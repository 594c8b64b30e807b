"""An appeal that arrives as a submission (certification type 1 or 2): put on file as an appeal, never weighed and never dropped.

PAS does not speak of appeals, but X12 has the codes. So the appeal is taken in as any other, and the answer is pended under
the number of the case (domain §3.4); what cannot be appealed is a business error.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fhir_pa.pas import business_error, update
from fhir_pa.pas.business_error import BusinessError
from fhir_pa.pas.intake import Submission
from fhir_pa.pas.message import message_text
from fhir_pa.storage.received import Received
from fhir_pa.um.case.appeal import Appellant, Filing
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.reviewing import appealing
from fhir_pa.um.reviewing.appeal_answer import pended
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Refusal

UNSAID = "The provider asks for this decision to be looked at again."


@dataclass(frozen=True)
class Appealed:
    """The case with the appeal on file, and as the answer shows it; or why it cannot be."""

    case: Authorization | None = None
    shown: Authorization | None = None
    errors: tuple[BusinessError, ...] = ()


def appeal(submission: Submission, received: Received, payer: Payer) -> Appealed:
    """What this appeal comes to. It takes the items it names; without any, all that was decided against the member."""
    request = submission.request
    with payer.store.reading() as tx:
        case = update.which(request, tx.of_member(request.member.identifiers), received.client)
    if case is None:
        return Appealed(errors=(business_error.appeal_of_nothing(),))
    named = tuple(item.sequence for item in request.appeals) or tuple(item.sequence for item in case.items if item.state in appealing.APPEALABLE)
    filing = Filing(
        items=named,
        by=Appellant.PROVIDER,
        name=request.requestor.name or received.client,
        because=message_text(submission.claim) or UNSAID,
        expedited=request.is_urgent_appeal,
    )
    try:
        changed = appealing.file(case, filing, received.at)
    except Refusal as refusal:
        return Appealed(errors=(business_error.appeal_not_taken(refusal.issues[0].text),))
    kept = replace(changed, received=(*changed.received, received.id))
    return Appealed(kept, pended(kept, kept.appeals[-1]))
