"""The member page: a member's requests, and one of them whole: where it stands, what is awaited, what was decided and why, and what may be done.

Plain values: what a policy or a person wrote comes with its language, everything else is a word the page has sentences for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.called import called
from fhir_pa.operations.desk.letter import translated_for, written_to
from fhir_pa.operations.member.cases import case_seen, cases_of, keep_look
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.review import walked
from fhir_pa.um.case.transitions import PENDING
from fhir_pa.um.deciding.determination import ADVERSE, Determination, ReviewAction
from fhir_pa.um.reviewing.delegate import delegate_of
from fhir_pa.um.reviewing.from_member import takes_documents
from fhir_pa.um.telling.for_member import appeals_open, awaited, stands, stands_as_a_whole
from fhir_pa.um.telling.letter import Audience, lacks
from fhir_pa.wiring import Payer
from fhir_pa.words.said import Translated
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json
from questionnaires.criteria import Criterion, Finding, Truth
from questionnaires.policy import Edition


def requests(page: int, language: str, caller: Caller, payer: Payer) -> Json:
    """The requests of everybody whose requests this visitor may see, the newest first, one page of each."""
    visitor = caller.must_be_a_visitor()
    with payer.store.reading() as tx:
        found = [(whose, *cases_of(whose, page, payer, tx)) for whose in visitor.whose]
    keep_look("listed requests", visitor.id, sum(len(cases) for _, _, cases in found), caller, payer)
    people = [
        {"name": whose.member.name, "own": whose.own, "because": whose.because, "pages": pages, "requests": [_line(each, language, payer) for each in cases]}
        for whose, pages, cases in found
    ]
    return {**_plan(payer), "page": page, "pages": max(pages for _, pages, _ in found), "people": people}


def request(number: str, language: str, caller: Caller, payer: Payer) -> Json:
    """One request whole. Raises NotFound, the same for one that is somebody else's."""
    at, visitor = payer.clock(), caller.must_be_a_visitor()
    with payer.store.reading() as tx:
        case, whose = case_seen(number, visitor, payer, tx)
        words = called(case, tx) if len({_title(item, payer) for item in case.items}) < len(case.items) else {}
    keep_look("read a request", case.number, 1, caller, payer)
    told = translated_for(case, language, payer)
    acts = delegate_of(case, payer.directory.delegates)
    return {
        **_plan(payer),
        **_line(case, language, payer),
        "at": at.isoformat(),
        "revision": case.revision,
        "member": whose.member.name,
        "own": whose.own,
        "because": whose.because,
        "delegate": {"name": acts.name, "phone": acts.phone} if acts else None,
        "services": [_service(item, case, told, words, payer) for item in case.items],
        "awaited": [{**_plain(each), "words": [told(word).as_json() for word in each.words]} for each in awaited(case, at)],
        "extended": _extended(case, told),
        "takes_documents": takes_documents(case),
        "appeals_open": [_plain(each) for each in appeals_open(case, at)],
        "appeals": [_appeal(each, told) for each in case.appeals],
        "letter": not lacks(written_to(Audience.MEMBER, case, payer)),
    }


def _plan(payer: Payer) -> Json:
    return {"plan": payer.directory.insurer.name, "phone": payer.directory.insurer.phone, "time_zone": payer.settings.time_zone}


def _line(case: Authorization, language: str, payer: Payer) -> Json:
    told = translated_for(case, language, payer)
    return {
        "number": case.number,
        "received_at": case.clock.received_at.isoformat(),
        "practice": case.request.requestor.name,
        "urgent": case.clock.urgent,
        "stands": stands_as_a_whole(case),
        "due_at": case.clock.legal_due_at.isoformat() if case.pended else None,
        "titles": [each.as_json() for each in dict.fromkeys(told(_title(item, payer)) for item in case.items)],
    }


def _service(item: Item, case: Authorization, told: Translated, words: Mapping[int, str], payer: Payer) -> Json:
    made, asked, given = item.determination, item.requested.service, item.determination.authorized
    edition, open_ = _edition(made, payer), item.state in PENDING
    adverse = made.action in ADVERSE
    return {
        "sequence": item.sequence,
        "title": told(_title(item, payer)).as_json(),
        "codes": [coding.code for coding in asked.codes],
        "stands": stands(case, item),
        "asked": _amount(asked.quantity, asked.unit, asked.on, asked.until),
        "approved": _amount(given.quantity, given.unit, given.starts_on, given.until) if given else None,
        "because": told(made.because).as_json() if adverse or made.action is ReviewAction.CANCELLED else None,
        "decided_at": None if open_ else made.decided_at.isoformat(),
        "decided_by": _decided_by(made) if adverse else None,
        "said": (words.get(item.sequence) or _codes(item)) if _shared(case, item, payer) else "",
        "by_rule": made.action is ReviewAction.CERTIFIED and made.signed_by is None,
        "phone": made.phone or "",
        "criteria": _criteria(edition, item, told) if edition else [],
        "policy": {"topic": edition.topic, "title": told(edition.title).as_json(), "edition": edition.version} if edition and edition.services else None,
    }


def _criteria(edition: Edition, item: Item, told: Translated) -> list[Json]:
    """What the rule asks, and what the records say of it; a gold card or an exclusion asks nothing."""
    found = {finding.criterion: finding for finding in item.determination.findings}
    rests_on = set(item.determination.criteria)
    applying = (each for each in edition.applying(item.requested.service) if each.id in found)
    return [_criterion(each, found[each.id], told, rests_on) for each in applying]


def _criterion(criterion: Criterion, finding: Finding, told: Translated, rests_on: set[str]) -> Json:
    named = {each.criterion for each in walked([finding])}
    return {
        "decides": bool(named & rests_on),
        "title": told(criterion.title).as_json(),
        "truth": finding.truth,
        "because": told(criterion.because).as_json() if finding.truth is Truth.NOT_MET else None,
        "would_help": [told(each).as_json() for each in dict.fromkeys(_helps(criterion, finding))],
    }


def _helps(criterion: Criterion, finding: Finding) -> Iterator[str]:
    """What would show it, in the policy's words: of the criterion, else of whatever below it is not known."""
    if finding.truth is not Truth.UNKNOWN:
        return
    yield from criterion.accepts
    if not criterion.accepts:
        for inner, found in zip(criterion.below, finding.below, strict=False):
            yield from _helps(inner, found)


def _extended(case: Authorization, told: Translated) -> Json | None:
    extended = case.clock.extended
    return {"because": told(extended.because).as_json(), "due_before": extended.due_before.isoformat()} if extended and case.pended else None


def _appeal(filed: Any, told: Translated) -> Json:
    return {
        "number": filed.number,
        "level": filed.name,
        "by": filed.filing.by,
        "items": list(filed.items),
        "expedited": filed.filing.expedited,
        "filed_at": filed.filed_at.isoformat(),
        "due_at": filed.due_at.isoformat(),
        "here": filed.ours,
        "outcome": filed.outcome,
        "because": told(filed.because).as_json(),
    }


def _decided_by(made: Determination) -> Json:
    signed = made.signed_by
    return {"name": signed.name, "licence": signed.licence} if signed and signed.licence else {"name": made.excluded_by, "licence": ""}


def _shared(case: Authorization, item: Item, payer: Payer) -> bool:
    """Whether another service of the request is called the same, because one rule is for both."""
    return any(other.sequence != item.sequence and _title(other, payer) == _title(item, payer) for other in case.items)


def _codes(item: Item) -> str:
    return " / ".join(each.code for each in item.requested.service.codes)


def _title(item: Item, payer: Payer) -> str:
    """What it is called: by its policy where one speaks of it, else by the practice."""
    edition, codes = _edition(item.determination, payer), item.requested.service.codes
    if edition and edition.services:
        return edition.title
    return next((each.display for each in codes if each.display), "") or _codes(item)


def _edition(made: Determination, payer: Payer) -> Edition | None:
    try:
        return payer.shelf.edition(made.edition.topic, made.edition.version) if made.edition else None
    except NotFound:
        return None


def _amount(quantity: Any, unit: str | None, starts: Any, until: Any) -> Json | None:
    said = {"quantity": None if quantity is None else f"{quantity.normalize():f}", "unit": unit or "", "starts": _day(starts), "until": _day(until)}
    return said if any(said[part] for part in ("quantity", "starts", "until")) else None


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _plain(value: Any) -> Json:
    """A value of the heart as JSON: moments written out."""
    return {name: each.isoformat() if isinstance(each, datetime) else list(each) if isinstance(each, tuple) else each for name, each in vars(value).items()}
