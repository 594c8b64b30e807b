"""The appeal packet of a practice: gathered from the case, its chain of proofs and what was received; printed with the practice's own letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime

from fhir_pa.auth.caller import Caller
from fhir_pa.letters.packet import html
from fhir_pa.letters.pdf import pdf
from fhir_pa.operations.desk.case_screen import documents_of, item_shown, member_shown
from fhir_pa.operations.desk.evidence import brought
from fhir_pa.operations.desk.letter import MEDIA, Form, written_to
from fhir_pa.operations.desk.looked import GATHERED, keep_look
from fhir_pa.operations.desk.plain_facts import leaves, worded, words_of
from fhir_pa.operations.own_case import own_case
from fhir_pa.storage.proofs import Link
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import REOPENABLE
from fhir_pa.um.proving.packet import DecisionProof, Enclosed, Packet, Shown, amount, draft, left_open
from fhir_pa.um.reviewing.appealing import file_until
from fhir_pa.um.telling.letter import Audience
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json


def packet(number: str, sequence: int, caller: Caller, payer: Payer) -> Json:
    """What the packet holds and the letter to begin with. Raises NotFound where nothing was decided against the member."""
    found = gathered(number, sequence, caller, payer)
    told: Json = parse(dump(asdict(found)))
    return {**told, "draft": draft(found), "at": payer.clock().isoformat()}


def printed(number: str, sequence: int, words: str, form: str, caller: Caller, payer: Payer) -> tuple[str, bytes]:
    """The packet with this letter, as HTML or PDF. Raises Unprocessable while a place of the letter is left open."""
    if form not in (Form.HTML, Form.PDF):
        raise NotFound(f"There is no packet as '{form[:20]}'. Choose html or pdf.")
    found = gathered(number, sequence, caller, payer)
    if not words.strip():
        raise Unprocessable(Issue("The letter is empty. Write it, or begin with the draft.", "required", expression="words"))
    places = left_open(words)
    if places:
        text = f"Fill in or strike out what stands in brackets, {len(places)} {'place' if len(places) == 1 else 'places'}: {places[0]}"
        raise Unprocessable(Issue(text, "invalid", expression="words"))
    page = html(found, words)
    return MEDIA[Form(form)], pdf(page) if form == Form.PDF else page.encode()


def gathered(number: str, sequence: int, caller: Caller, payer: Payer) -> Packet:
    """The packet about this service. Raises NotFound."""
    person, at = caller.must_be_of_a_practice(), payer.clock()
    with payer.store.reading() as tx:
        case = own_case(number, caller, tx, "write its appeal")
        item = case.item(sequence)
        if item.state not in REOPENABLE:
            raise NotFound(f"Service {sequence} of {case.number} is {item.state}, so there is nothing to appeal.", expression="item")
        links = tx.links(case.number)
        documents = [each for each in documents_of(list(brought(case, tx))) if each["clinical"]]
    keep_look(GATHERED, case.number, caller, payer)
    letter = written_to(Audience.PROVIDER, case, payer)
    line = next(each for each in letter.lines if each.sequence == sequence)
    shown, until, words = item_shown(item, case, payer, set(), at), file_until(case, sequence), words_of(item, payer)
    findings = [worded(each, words) for each in shown["findings"]]
    member, service, given = member_shown(case), item.requested.service, item.determination.authorized
    return Packet(
        number=case.number,
        item=sequence,
        service=line.service,
        codes=line.codes,
        member=member["name"],
        member_number=next(iter(member["numbers"]), ""),
        practice=case.request.requestor.name or person.practice.name,
        signed_by=person.name,
        plan=payer.directory.insurer.name,
        phone=item.determination.phone or payer.directory.insurer.phone,
        written_on=at.date(),
        asked=amount(service.quantity, service.unit, service.on, service.until),
        authorized=amount(given.quantity, given.unit, given.starts_on, given.until) if given else "",
        proof=_proof(case, item, links, line.criteria_from),
        level=until[0].name if until else "",
        until=until[1] if until else None,
        source=until[0].source if until else "",
        expedited_hours=round(until[0].expedited.total_seconds() / 3600) if until else 0,
        criteria=tuple(_shown(each, item.determination.criteria) for each in findings),
        missing=tuple(dict.fromkeys(_missing(shown["asks"], findings))),
        documents=tuple(Enclosed(each["title"], datetime.fromisoformat(each["received_at"]), each["sha256"]) for each in documents),
        calls=tuple(_calls(case, sequence)),
    )


def _proof(case: Authorization, item: Item, chain: Iterable[Link], policy: str) -> DecisionProof:
    made, position = item.determination, len(item.earlier) + 1
    links = [link for link in chain if any(each["item"] == item.sequence and each["position"] == position for each in link.document["determinations"])]
    by = f"{made.signed_by.name}{f', licence {made.signed_by.licence}' if made.signed_by.licence else ''}" if made.signed_by else made.excluded_by
    revision, link = (links[-1].revision, links[-1].sha256) if links else (case.revision, "")
    wording = made.edition.fingerprint if made.edition else ""
    return DecisionProof(made.decided_at, str(made.action), made.because, by or "", policy or "no policy", wording, revision, link)


def _shown(finding: Json, criteria: Iterable[str]) -> Shown:
    parts = list(leaves(finding))
    seen = [each for leaf in parts for each in leaf["evidence"] if each["value"]]
    evidence = dict.fromkeys(f"{each['fact']}{'' if each['fact'].endswith('?') else ':'} {each['value']}" for each in seen)
    missing = dict.fromkeys(name for leaf in parts for name in leaf["missing"])
    rested = any(leaf["criterion"] in set(criteria) for leaf in parts)
    return Shown(finding["title"], finding["truth"], finding["because"], tuple(evidence), tuple(missing), rested)


def _missing(asks: Iterable[Json], findings: Iterable[Json]) -> Iterator[str]:
    for ask in asks:
        yield from ask["words"]
    for finding in findings:
        if finding["truth"] != "met":
            yield from (name for leaf in leaves(finding) for name in leaf["missing"])


def _calls(case: Authorization, sequence: int) -> Iterator[str]:
    for talk in case.peer_to_peers:
        if sequence in talk.items:
            who = f" between {talk.clinician.name} and {talk.reviewer.name}" if talk.clinician and talk.reviewer else ""
            ended = f", {talk.outcome}" if talk.outcome else ""
            on = talk.closed_at or talk.offered_at
            yield f"A call with your physician was {talk.stage}{who} on {on.date()}{ended}."
