"""What a member does on the member page: read the letter, open the case file, ask for an appeal; each only in a request of one's own."""

from __future__ import annotations

from dataclasses import asdict

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.visitor import Whose
from fhir_pa.documents.pdf import Patience
from fhir_pa.operations.desk.evidence import Brought, document, shown, with_earlier
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.letter import MEDIA, as_sent, written_to
from fhir_pa.operations.desk.letter import Form as LetterForm
from fhir_pa.operations.desk.readable import title
from fhir_pa.operations.desk.review import as_seen, keep
from fhir_pa.operations.member.cases import case_seen, keep_look
from fhir_pa.um.case.appeal import Appellant, Filing
from fhir_pa.um.reviewing import appealing
from fhir_pa.um.telling.for_member import appeals_open
from fhir_pa.um.telling.letter import Audience, lacks
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import NotFound, Unprocessable
from ig_profiles.reading import Json

FRAME = frozenset({"Patient", "Organization", "Practitioner", "PractitionerRole", "Coverage", "Location", "RelatedPerson"})  # who and where, not what
LONGEST = 4000  # characters in which an appeal tells why


def letter(number: str, form: str, language: str, caller: Caller, payer: Payer) -> tuple[str, bytes]:
    """The member's letter and its media type, as a page, as PDF, or its parts as JSON. Raises NotFound while there is none to be had."""
    wanted = next((each for each in LetterForm if each == form), None)
    with payer.store.reading() as tx:
        case, _ = case_seen(number, caller.must_be_a_visitor(), payer, tx)
    written = written_to(Audience.MEMBER, case, payer, language)
    if wanted is None or lacks(written):
        raise NotFound("There is no letter yet. You get one when we have decided.")
    keep_look(f"read the letter ({form})", case.number, 1, caller, payer)
    return MEDIA[wanted], dump(asdict(written), pretty=True) if wanted is LetterForm.JSON else as_sent(written, case, payer, wanted)


def case_file(number: str, caller: Caller, payer: Payer) -> Json:
    """Everything that was received for a request, what came last first: the right to one's own file, without asking for it."""
    with payer.store.reading() as tx:
        case, _ = case_seen(number, caller.must_be_a_visitor(), payer, tx)
        found = {each.sha256: each for each in reversed(list(with_earlier(case, tx)))}
    keep_look("listed the case file", case.number, len(found), caller, payer)
    listed = sorted(found.values(), key=lambda each: each.at, reverse=True)
    documents = [_listed(each) for each in listed]
    return {"plan": payer.directory.insurer.name, "phone": payer.directory.insurer.phone, "number": case.number, "documents": documents}


def resource(number: str, sha256: str, caller: Caller, payer: Payer) -> Json:
    """One thing of the case file: what it is, in readable lines, and its attached texts. Raises NotFound."""
    found = _found(number, sha256, caller, payer)
    keep_look("read of the case file", number, 1, caller, payer)
    return {"plan": payer.directory.insurer.name, "phone": payer.directory.insurer.phone, **shown(found, number, Patience(0))}


def attachment(number: str, sha256: str, position: int, caller: Caller, payer: Payer) -> tuple[str, bytes]:
    """An attached document of the case file, with its media type. Raises NotFound."""
    found = _found(number, sha256, caller, payer)
    keep_look("opened a document of the case file", number, 1, caller, payer)
    return document(found, position)


def appeal(number: str, body: bytes, caller: Caller, payer: Payer) -> None:
    """Put the member's own appeal on file, where the plan is the one to hear it and it is not too late.

    Raises Unprocessable for what is missing or cannot be appealed here, Conflict when the case moved on or one is open.
    """
    at, visitor = payer.clock(), caller.must_be_a_visitor()
    form = Form(parse(body))
    items, because = form.items(), form.text("because")
    if not because.strip():
        form.wrong("because", "Tell why you think we should decide otherwise.")
    if len(because) > LONGEST:
        form.wrong("because", f"Write at most {LONGEST} characters, or send the rest by post.")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case, whose = case_seen(number, visitor, payer, tx)
    as_seen(case, form)
    here = {sequence for each in appeals_open(case, at) if each.here for sequence in each.items}
    if not set(items) <= here:
        raise Unprocessable("This cannot be appealed on this page. Call us.", expression="items")
    filing = Filing(
        items=items,
        by=_appellant(whose),
        name=visitor.name or visitor.number,
        because=because,
        expedited=form.yes("expedited"),
        consent=not whose.own,  # the registration is the member's word, on file with the plan
        continue_benefits=form.yes("continue_benefits"),
    )
    keep(appealing.file(case, filing, at), "appeal filed", payer, at)


def _listed(each: Brought) -> Json:
    kind = each.resource.get("resourceType")
    return {"sha256": each.sha256, "title": title(each.resource), "received_at": each.at.isoformat(), "clinical": kind not in FRAME}


def _appellant(whose: Whose) -> Appellant:
    return Appellant.MEMBER if whose.own else Appellant.REPRESENTATIVE


def _found(number: str, sha256: str, caller: Caller, payer: Payer) -> Brought:
    with payer.store.reading() as tx:
        case, _ = case_seen(number, caller.must_be_a_visitor(), payer, tx)
        found = next((each for each in with_earlier(case, tx) if each.sha256 == sha256), None)
    if found is None:
        raise NotFound("There is no such document in this file. Open it from the list.")
    return found
