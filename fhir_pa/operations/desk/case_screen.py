"""A case on one screen: what is asked, what each criterion says and on which evidence, what happened, and what this person may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.criteria_named import titles_of
from fhir_pa.operations.desk.evidence import Brought, with_earlier
from fhir_pa.operations.desk.given import given
from fhir_pa.operations.desk.looked import READ_CASE, keep_look, looks_at
from fhir_pa.operations.desk.plain_facts import words_of
from fhir_pa.operations.desk.readable import title
from fhir_pa.operations.desk.review import reviewer_of
from fhir_pa.operations.desk.view import everything
from fhir_pa.operations.desk.worklist import able_to_own, owner_of
from fhir_pa.operations.weighing.weighing import messages_of
from fhir_pa.pas.codes import DECISION_REASONS, ROOT_CAUSES
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.review import as_requested
from fhir_pa.um.reviewing.adverse import concluded
from fhir_pa.um.reviewing.may import may
from fhir_pa.um.reviewing.waiting import waits
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Coding, Json
from questionnaires.authoring.codes import called
from questionnaires.criteria import Finding
from questionnaires.policy import Edition

EARLIER = 20  # other cases of the member that are shown
_FRAME = frozenset({"Patient", "Organization", "Practitioner", "PractitionerRole", "Coverage", "Location", "RelatedPerson"})


def screen(number: str, caller: Caller, payer: Payer) -> Json:
    """Everything a reviewer sees of one case. Raises NotFound."""
    person, at = caller.must_be_staff(), payer.clock()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
        received = list(with_earlier(case, tx))
        told = {
            "case": everything(case),
            "at": at.isoformat(),
            "member": member_shown(case),
            "history": _history(case, tx),
            "given": given(case, caller, payer, tx),
            "messages": _messages(case, tx),
            "alerts": [{"matter": each.matter, "says": each.says} for each in tx.alerts(case.number)],
        }
    documents, causes = documents_of(received), {**ROOT_CAUSES, **payer.directory.root_causes}
    looks = looks_at(case.number, caller, payer)
    keep_look(READ_CASE, case.number, caller, payer)
    return {
        **told,
        "looks": looks,
        "waits": [{**asdict(each), "due_at": each.due_at.isoformat()} for each in waits(case)],
        "owner": owner_of(case.number, payer),
        "items": [item_shown(item, case, payer, {each["sha256"] for each in documents}, at) for item in case.items],
        "documents": documents,
        "may": asdict(may(case, reviewer_of(person), at)),
        "reasons": [{"code": code, "says": DECISION_REASONS[code], "root_cause": cause} for code, cause in causes.items()],
        "phone": person.phone or payer.directory.insurer.phone,
        "people": [{"id": each.id, "name": each.name} for each in payer.directory.people if able_to_own(each.id, payer)],
        "names": _names(case, payer),
        "physicians": [{"id": each.id, "name": each.name} for each in payer.directory.people if "physician" in each.roles],
    }


def _names(case: Authorization, payer: Payer) -> dict[str, str]:
    """What people and systems of the trail are called, by the id that stands there."""
    directory = payer.directory
    called = {each.id: each.name for each in directory.clients}
    called |= {each.id: each.name for each in directory.practice_people} | {each.id: each.name for each in directory.people}
    return {event.by: called[event.by] for event in case.trail if event.by in called}


def member_shown(case: Authorization) -> Json:
    """The member, the diagnoses and the providers of a case."""
    member = case.request.member
    born = member.birth_date
    return {
        "name": member.name,
        "born": born.isoformat() if born else None,
        "numbers": list(dict.fromkeys(each.value for each in member.identifiers)),
        "diagnoses": [_code(each) for each in case.request.diagnoses],
        "providers": [{"name": each.name, "npi": each.npi, "role": each.role} for each in (case.request.requestor, *case.request.providers)],
    }


def item_shown(item: Item, case: Authorization, payer: Payer, received: set[str], at: datetime) -> Json:
    """One requested service with what every criterion says; ``received`` are the fingerprints of what can be opened."""
    asked, made = item.requested, item.determination
    edition = _edition(item, payer)
    titles = titles_of(edition)
    offer = as_requested(asked, at.date(), made.edition.days if made.edition else None)
    talked = [each for each in case.peer_to_peers if item.sequence in each.items and (not each.is_open or each.lapsed(at))]
    intended = talked[-1].intended if talked and concluded(case, item.sequence) else None
    return {
        "sequence": item.sequence,
        "title": edition.title if edition and edition.services else "",
        "codes": [_code(each) for each in asked.service.codes],
        "modifiers": [each.code for each in asked.modifiers],
        "policy": {"topic": edition.topic, "edition": edition.version, "title": edition.title} if edition else None,
        "asked": {"from": offer.starts_on.isoformat(), "until": offer.until.isoformat(), "quantity": _number(offer.quantity), "unit": offer.unit or ""},
        "state": item.state,
        "findings": [_finding(each, titles, received) for each in made.findings],
        "questions": dict(words_of(item, payer)),
        "asks": [{"words": list(each.words), "document": each.document, "form": bool(each.questionnaire)} for each in made.asks],
        "intended": intended and _intended(intended),
    }


def _intended(decision: Any) -> Json:
    given = decision.authorized
    return {
        "decision": str(decision.verdict),
        "because": decision.because,
        "criteria": list(decision.criteria),
        "reason_codes": list(decision.reason_codes),
        "phone": decision.phone,
        "authorized": given and {"from": str(given.starts_on), "until": str(given.until), "quantity": _number(given.quantity), "unit": given.unit or ""},
    }


def _finding(finding: Finding, titles: Mapping[str, str], received: set[str]) -> Json:
    title_ = titles.get(finding.criterion) or finding.criterion.replace("_", " ")
    return {
        "criterion": finding.criterion,
        "title": title_,
        "truth": finding.truth,
        "because": "" if finding.because.startswith(f"{title_}: ") else finding.because,
        "axis": finding.axis,
        "missing": [each.replace("_", " ") for each in finding.missing],
        "evidence": [{**vars(each), "fact": each.fact.replace("_", " "), "on_file": each.sha256 in received} for each in dict.fromkeys(finding.evidence)],
        "below": [_finding(each, titles, received) for each in finding.below],
    }


def documents_of(received: list[Brought]) -> list[Json]:
    """Every resource once, what was received last first."""
    found: dict[str, Json] = {}
    for each in received:
        kind = each.resource.get("resourceType")
        told: Json = {"sha256": each.sha256, "title": title(each.resource), "received_at": each.at.isoformat()}
        told |= {"kind": kind, "clinical": kind not in _FRAME, "over": each.over}
        found.setdefault(each.sha256, told)
    return list(found.values())


def _history(case: Authorization, tx: Reading) -> list[Json]:
    newest = [each for each in tx.latest_of_member(case.request.member.identifiers, EARLIER + 1) if each.number != case.number][:EARLIER]
    mine = {coding for item in case.items for coding in item.requested.service.codes}
    return [_earlier(each, mine) for each in newest]


def _earlier(other: Authorization, mine: set[Coding]) -> Json:
    codes = [coding for item in other.items for coding in item.requested.service.codes[:1]]
    return {
        "number": other.number,
        "received_at": other.clock.received_at.isoformat(),
        "action": other.action,
        "services": [each.code for each in codes],
        "same_service": any(each in mine for each in codes),
        "because": " ".join(dict.fromkeys(item.determination.because for item in other.items)),
    }


def _messages(case: Authorization, tx: Reading) -> list[Json]:
    """What was received, and who was told what; in order of time."""
    received = messages_of(case, tx)
    came = [{"at": each.at.isoformat(), "way": "received", "what": each.kind, "who": each.client, "state": f"{len(each.body):,} bytes"} for each in received]
    told = tx.notices(number=case.number)
    went = [{"at": each.at.isoformat(), "way": "told", "what": each.why, "who": each.subscription_id, "state": str(each.state)} for each in told]
    return sorted([*came, *went], key=lambda each: each["at"])


def _edition(item: Item, payer: Payer) -> Edition | None:
    named = item.determination.edition
    try:
        return payer.shelf.edition(named.topic, named.version) if named else None
    except NotFound:
        return None


def _code(coding: Coding) -> Json:
    return {"system": called(coding.system), "code": coding.code, "display": coding.display or ""}


def _number(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"
