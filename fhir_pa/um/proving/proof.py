"""Decision proof: what was decided, on which facts, by which wording and by whom, as plain values with one text only.

One link for each revision of an authorization. It holds the determinations made with it, the fingerprints of the revision
itself and of every message received for it, and the fingerprint of the link before: whoever changes one of them later has
to change every link after it (domain §4.9 invariants 1 and 11; the issue's decision proof).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import EventKind
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from fhir_pa.um.reviewing.adverse import OFFERED
from ig_profiles.reading import Json
from questionnaires.criteria import Evidence, Finding

FORM = 1  # of the document; a later form gets the next number, so that old links stay readable
ENGINE, PERSON, PROVIDER = "engine", "person", "provider"
GROUNDS = ("policy", "facts", "findings")
_ACTS = frozenset({OFFERED, str(EventKind.ASKED)})  # a person's acts that leave an item pended, on the findings there were


def link(
    authorization: Authorization, previous: str, document: str, received: Mapping[str, Json], answered: Mapping[int, int], engine: str
) -> Json:
    """The link of this revision.

    ``previous`` is the fingerprint of the link before (empty for the first), ``document`` that of the revision as it is
    kept, ``received`` what was noted of the messages, their fingerprints among it, by id. ``answered`` says how many determinations each item had already.
    """
    made = [
        determination(authorization, item, position)
        for item in authorization.items
        for position in range(answered.get(item.sequence, 0) + 1, len(item.earlier) + 2)
    ]
    return {
        "form": FORM,
        "authorization": authorization.number,
        "revision": authorization.revision,
        "previous": previous,
        "engine": engine,
        "document": document,
        "received": [received.get(identity, {"id": identity}) for identity in authorization.received],
        **_brought_over(authorization, received),
        "determinations": made,
    }


def _brought_over(authorization: Authorization, received: Mapping[str, Json]) -> Json:
    """The evidence an extension took with it: from which case, in which messages; nothing for any other case."""
    over = authorization.brought_over
    return {"brought_over": {"from": over.number, "received": [received.get(each, {"id": each}) for each in over.received]}} if over else {}


def messages(link: Json) -> list[Json]:
    """Every message a link holds on to: what was received for the case, and what it brought over."""
    return [*link.get("received", []), *link.get("brought_over", {}).get("received", [])]


def determination(authorization: Authorization, item: Item, position: int) -> Json:
    """One determination of an item (1 is its first answer) as the proof tells it."""
    made = (*item.earlier, item.determination)[position - 1]
    return {
        "item": item.sequence,
        "position": position,
        "service": _service(authorization, item),
        "decided_at": made.decided_at.isoformat(),
        "decided_by": _decided_by(authorization, item.sequence, made),
        "weighed": not made.awaits_engine,
        **grounds(made),
        "outcome": outcome(made),
    }


def grounds(made: Determination) -> Json:
    """What the determination rests on: the wording, every fact with its evidence, and what each criterion said; or a gold card, or an exclusion."""
    edition = made.edition
    evidence = dict.fromkeys((each, each.sha256) for finding in made.findings for each in _evidence(finding))
    return {
        "policy": edition and {"topic": edition.topic, "version": edition.version, "fingerprint": edition.fingerprint},
        "facts": [_plain(vars(each)) for each, _ in evidence],
        "findings": [_finding(each) for each in made.findings],
        **({"exemption": _plain(vars(made.exemption))} if made.exemption else {}),
        **({"excluded_by": made.excluded_by} if made.excluded_by else {}),
    }


def outcome(made: Determination) -> Json:
    """What was decided, with its reason."""
    authorized = made.authorized
    return _plain(
        {
            "action": made.action,
            "because": made.because,
            "authorized": authorized and _plain(vars(authorized)),
            "reason_codes": list(made.reason_codes),
            "criteria": list(made.criteria),
            "phone": made.phone,
        }
    )


def differences(decided: Json, again: Json) -> tuple[str, ...]:
    """In one sentence each, where a replayed determination is not the one on file; none means the same answer.

    Compared is what both have of policy, facts, findings and outcome, value for value.
    """
    told = [*_policies(decided.get("policy"), again.get("policy")), *_facts(decided["facts"], again["facts"])]
    told += _truths(decided["findings"], again["findings"])
    if "outcome" in again and decided["outcome"] != again["outcome"]:
        told.append(f"The answer was '{_said(decided['outcome'])}'; replayed it is '{_said(again['outcome'])}'.")
    if not told and any(decided[part] != again[part] for part in GROUNDS):
        told.append("The findings are worded otherwise than those on file.")
    return tuple(told)


def _policies(decided: Json | None, again: Json | None) -> list[str]:
    if decided == again or decided is None or again is None:
        return []
    name = f"{decided['topic']} {decided['version']}"
    was, stands = decided["fingerprint"][:12], again["fingerprint"][:12]
    return [f"The wording of {name} was changed: {was} decided, {stands} is on the shelf. Put the old wording back, and date a new edition instead."]


def _facts(decided: list[Json], again: list[Json]) -> list[str]:
    before, after = ({_named(fact): fact for fact in facts} for facts in (decided, again))
    gone = [f"'{fact['fact']}' rested on {_named(fact)[1]}, which is not found any more." for name, fact in before.items() if name not in after]
    new = [f"'{fact['fact']}' rests on {_named(fact)[1]} now, which did not count before." for name, fact in after.items() if name not in before]
    other = [
        f"'{fact['fact']}' was {fact['value']} by {name[1]}; replayed it is {after[name]['value']}, or the resource differs from the one received."
        for name, fact in before.items()
        if name in after and after[name] != fact
    ]
    return gone + new + other


def _truths(decided: list[Json], again: list[Json]) -> list[str]:
    before, after = ({finding["criterion"]: finding["truth"] for finding in every(findings)} for findings in (decided, again))
    names = dict.fromkeys((*before, *after))
    told = ((name, before.get(name, "not asked"), after.get(name, "not asked")) for name in names)
    return [f"Criterion '{name}' was {was}; replayed it is {now}." for name, was, now in told if was != now]


def every(findings: Iterable[Json]) -> list[Json]:
    """These findings and all below them, from the top."""
    return [each for finding in findings for each in (finding, *every(finding.get("below", [])))]


def _named(fact: Json) -> tuple[str, str, str]:
    return fact["fact"], fact.get("resource", "no resource"), fact.get("element", "")


def _said(outcome: Json) -> str:
    until = f" until {outcome['authorized']['until']}" if "authorized" in outcome else ""
    return f"{outcome['action']}{until}: {outcome['because']}"


def _service(authorization: Authorization, item: Item) -> Json:
    asked = item.requested.service
    return _plain(
        {
            **vars(asked),
            "codes": [{"system": coding.system, "code": coding.code} for coding in asked.codes],
            "diagnoses": [{"system": coding.system, "code": coding.code} for coding in asked.diagnoses],
            "line_of_business": authorization.request.line_of_business,
        }
    )


def _decided_by(authorization: Authorization, sequence: int, made: Determination) -> Json:
    """The engine, unless a person signed, or acted on the item while it was pended, or the provider cancelled it."""
    if made.signed_by is not None:
        return {"kind": PERSON, **_plain(vars(made.signed_by))}
    if made.action is ReviewAction.CANCELLED:
        return {"kind": PROVIDER}
    then = [event for event in authorization.trail if event.at == made.decided_at and sequence in event.items]
    reopened = next((event for event in then if event.what == EventKind.REOPENED), None)
    if reopened is not None:
        return {"kind": PERSON, "person": reopened.by}
    act = next((event for event in then if event.what in _ACTS), None)
    return {"kind": PERSON, "person": act.by, "act": act.what} if act else {"kind": ENGINE}


def _evidence(finding: Finding) -> Iterable[Evidence]:
    yield from finding.evidence
    for inner in finding.below:
        yield from _evidence(inner)


def _finding(finding: Finding) -> Json:
    return {
        "criterion": finding.criterion,
        "truth": str(finding.truth),
        "axis": str(finding.axis),
        "because": finding.because,
        "facts": list(dict.fromkeys(each.fact for each in finding.evidence)),
        "missing": list(finding.missing),
        "below": [_finding(inner) for inner in finding.below],
    }


def _plain(values: Mapping[str, Any]) -> Json:
    """The values that are given, as JSON without a float: decimals and dates as text."""
    return {name: _text(value) for name, value in values.items() if value is not None and value != ()}


def _text(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_text(each) for each in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | str) else value
