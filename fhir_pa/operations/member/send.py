"""Send: a member puts a document into the file of one of his or her requests, as long as something in it is still to be decided (F79)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.member.cases import case_seen
from fhir_pa.operations.practice.uploaded import Upload, uploaded
from fhir_pa.operations.weighing.weighing import FROM_MEMBER
from fhir_pa.pas.attached_by_hand import parameters
from fhir_pa.storage.received import Received
from fhir_pa.um.reviewing.from_member import receive
from fhir_pa.wiring import Payer
from ig_profiles.json import dump

PATIENT_NOTE = "51855-5"  # LOINC: a note the patient wrote or brought
MOST = 5  # documents at once


def send(number: str, files: Sequence[Upload], caller: Caller, payer: Payer) -> None:
    """Keep these documents with the case, with who sent them; nothing is decided by it, and nobody outside the plan is told.

    Raises Unprocessable when nothing is sent, too many at once or a file nobody could open; Conflict when nothing is awaited any
    more; NotFound, the same for a request that is somebody else's.
    """
    at, visitor = payer.clock(), caller.must_be_a_visitor()
    form = Form({})
    documents = tuple(uploaded(files[:MOST], PATIENT_NOTE, form))
    if not files:
        form.wrong("file", "Choose a document. Nothing was sent.")
    if len(files) > MOST:
        form.wrong("file", f"Send at most {MOST} documents at once.")
    with payer.store.reading() as tx:
        case, whose = case_seen(number, visitor, payer, tx)
    form.refuse_if_wrong()
    who = whose.member.name if whose.own else f"{visitor.name or visitor.number} for {whose.member.name}"
    sent = parameters(documents, (), case, "", who, at)
    received = Received(str(uuid.uuid4()), FROM_MEMBER, caller.id, case.request.guide, at, dump(sent))
    role = "the member" if whose.own else "who acts for the member"
    changed = receive(case, received.id, caller.id, f"{len(documents)} attached, sent by {role}.", at)
    with payer.store.transaction() as tx:
        tx.keep_received(received)
        tx.save(changed)
