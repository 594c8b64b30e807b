"""What a practice's people do from their desk: send what is missing, book or decline a call with the plan's physician, file an appeal."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.review import as_seen, keep, reviewer_of
from fhir_pa.operations.own_case import case_of, own_case
from fhir_pa.operations.practice.uploaded import Upload, uploaded
from fhir_pa.operations.requests.submit_attachment import submit_attachment
from fhir_pa.pas.attached_by_hand import Document, parameters
from fhir_pa.um.case.appeal import Appellant, Filing
from fhir_pa.um.case.peer_to_peer import Clinician, PeerToPeer, Stage
from fhir_pa.um.deciding.information_request import MEDICAL_RECORDS
from fhir_pa.um.measures.practice_lines import seen_by
from fhir_pa.um.reviewing import adverse, appealing
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Conflict, Forbidden
from ig_profiles.reading import Json, many, text


def attach(number: str, body: bytes, files: Sequence[Upload], caller: Caller, payer: Payer) -> str:
    """Documents, a written answer, or both, join the request and are weighed at once; what came of it, in a sentence.

    ``body`` holds ``items`` (none: the whole request), ``document`` (LOINC) and ``words``. Raises Unprocessable when
    nothing is sent or a file is of a kind nobody could open, Forbidden for a person who only reads.
    """
    person, at = caller.must_act_for_a_practice("send documents"), payer.clock()
    form = Form(parse(body))
    items = form.items() if form.body.get("items") else ()
    words, kind = form.text("words"), form.text("document") or MEDICAL_RECORDS
    if not re.fullmatch(r"\d{1,7}-\d", kind):
        form.wrong("document", f"'{kind[:40]}' is no LOINC code. Write e.g. {MEDICAL_RECORDS}, or leave it out.")
    documents = list(uploaded(files, kind, form))
    if words:
        documents.append(Document(str(uuid.uuid4()), kind, "text/plain", f"Written answer by {person.name}, {person.practice.name}", words.encode()))
    if not documents and not form.issues:
        form.wrong("file", "Choose a document, or write your answer. Nothing was sent.")
    with payer.store.reading() as tx:
        case = case_of(number, caller, tx)
    strange = [each for each in items if all(each != item.sequence for item in case.items)]
    if strange:
        form.wrong("items", f"There is no service {strange[0]} in this request.")
    form.refuse_if_wrong()
    npi = next(each for each in person.practice.npis if each in seen_by(case))
    sent = parameters(tuple(documents), items, case, npi, f"{person.name}, {person.practice.name}", at)
    outcome = submit_attachment(dump(sent), case.request.guide, caller, payer)
    return " ".join(text(each, "details", "text") or "" for each in many(outcome, "issue"))


def book(number: str, conversation: int, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Book the call with the plan's physician, within its window. ``body`` holds ``call_at`` and ``clinician``.

    The physician who drafted the decision takes it, else one of the plan's in whose field it lies. Raises Unprocessable
    for a time outside the window, Conflict when the call is over, Forbidden when no physician of the plan may hold it.
    """
    caller.must_act_for_a_practice("book a call")
    at, form = payer.clock(), Form(parse(body))
    told, call_at = form.part("clinician"), form.moment("call_at")
    clinician = Clinician(told.text("name"), told.text("credentials"), told.text("npi") or None, told.text("phone") or None)
    if call_at is None and not form.issues:
        form.wrong("call_at", "Say on which day and at what time you want to talk.")
    if not clinician.name:
        form.wrong("clinician.name", "Name the treating clinician who will talk to the physician.")
    if not clinician.phone:
        form.wrong("clinician.phone", "Give the number at which the plan's physician calls.")
    form.refuse_if_wrong()
    assert call_at is not None
    with payer.store.reading() as tx:
        case = as_seen(own_case(number, caller, tx, "book a call"), form)
    booked = _booked(adverse.conversation(case, conversation), call_at, clinician, payer, at)
    return keep(adverse.converse(case, booked, caller.id, at), "peer-to-peer", payer, at)


def decline(number: str, conversation: int, body: bytes, caller: Caller, payer: Payer) -> Json:
    """The practice wants no call: the physician signs on what is on file. ``body`` holds ``note``, why."""
    caller.must_act_for_a_practice("decline a call")
    at, form = payer.clock(), Form(parse(body))
    note = form.text("note")
    if not note:
        form.wrong("note", "Say in a sentence why there will be no call.")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(own_case(number, caller, tx, "decline a call"), form)
    closed = adverse.conversation(case, conversation).close(Stage.DECLINED, note, at)
    return keep(adverse.converse(case, closed, caller.id, at), "peer-to-peer", payer, at)


def appeal(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """File an appeal as the provider. ``body`` holds ``items``, ``because``, ``expedited``, ``consent`` and ``good_cause``.

    Raises what ``um.reviewing.appealing.file`` raises: no standing, too late without good cause, nothing that can be appealed.
    """
    person, at = caller.must_act_for_a_practice("file an appeal"), payer.clock()
    form = Form(parse(body))
    filing = Filing(
        items=form.items(),
        by=Appellant.PROVIDER,
        name=f"{person.name}, {person.practice.name}",
        because=form.text("because"),
        expedited=form.yes("expedited"),
        consent=form.yes("consent"),
        good_cause=form.text("good_cause"),
    )
    if not filing.because:
        form.wrong("because", "Say why the plan should decide otherwise.")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(own_case(number, caller, tx, "appeal"), form)
    return keep(appealing.file(case, filing, at), "appeal filed", payer, at)


def _booked(offer: PeerToPeer, call_at: datetime, clinician: Clinician, payer: Payer, at: datetime) -> PeerToPeer:
    """The call with the first physician who may hold it: the drafter, then the plan's others."""
    if not offer.is_open or offer.lapsed(at):
        raise Conflict(f"The window of this call closed on {offer.until.isoformat(timespec='minutes')}. Ask the plan to reopen, or appeal.")
    drafter = [each for each in payer.directory.people if each.id == offer.drafted_by.person]
    others = [each for each in payer.directory.people if "physician" in each.roles and each not in drafter]
    for person in (*drafter, *others):
        with suppress(Forbidden):
            return offer.schedule(call_at, clinician, reviewer_of(person), at)
    raise Forbidden(f"No physician of the plan may hold this call. Call {offer.intended.phone or payer.directory.insurer.phone} and say so.")
