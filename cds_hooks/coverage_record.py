"""Coverage record: what the payer's member file knows better than the Coverage the EHR holds, and that Coverage put right.

Profile coverage of CRD 2.0.1 and 2.2: the member's number has type MB, the plan stands in ``class``. Everything the file
does not know, and everything else in the Coverage, stays exactly as received.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cds_hooks.moments import day
from ig_profiles.names import COVERAGE_CLASS, IDENTIFIER_TYPE
from ig_profiles.reading import Json, codings, many, one, text, without_empty

_MEMBER_NUMBER = {"coding": [{"system": IDENTIFIER_TYPE, "code": "MB"}]}
_PLAN = {"coding": [{"system": COVERAGE_CLASS, "code": "plan"}]}


@dataclass(frozen=True)
class MemberRecord:
    """One person in the member file: the person's own number, plan, and first and last day; empty where it does not know."""

    number: str
    system: str = ""
    plan: str = ""
    covered_from: date | None = None
    covered_until: date | None = None


@dataclass(frozen=True)
class Correction:
    """A Coverage put right, with one sentence for each thing that changed."""

    coverage: Json
    changes: tuple[str, ...]


def corrected(coverage: Json, record: MemberRecord) -> Correction | None:
    """The Coverage as the member file has it; None when they agree."""
    changed, changes = dict(coverage), list[str]()
    _number(changed, record, changes)
    _subscriber(changed, record, changes)
    _days(changed, record, changes)
    _plan(changed, record, changes)
    return Correction(changed, tuple(changes)) if changes else None


def coverage_of(record: MemberRecord, patient_id: str, payor: Json) -> Json:
    """A Coverage for an EHR that holds none; ``payor`` is a Reference."""
    period = {name: known.isoformat() for name, known in (("start", record.covered_from), ("end", record.covered_until)) if known}
    return without_empty(
        {
            "resourceType": "Coverage",
            "status": "active",
            "identifier": [_identifier(record)],
            "beneficiary": {"reference": f"Patient/{patient_id}"},
            "period": period,
            "payor": [payor],
            "class": [{"type": _PLAN, "value": record.plan, "name": record.plan}] if record.plan else [],
        }
    )


def _identifier(record: MemberRecord) -> Json:
    return without_empty({"type": _MEMBER_NUMBER, "system": record.system, "value": record.number})


def _number(changed: Json, record: MemberRecord, changes: list[str]) -> None:
    listed = many(changed, "identifier")
    if any(one(each, "value") == record.number for each in listed):
        return
    typed = [each for each in listed if any(coding.code == "MB" for coding in codings(one(each, "type")))]
    changed["identifier"] = [*(each for each in listed if each not in typed), _identifier(record)]
    changes.append(_told("Member number", record.number, text(typed, "value")))


def _subscriber(changed: Json, record: MemberRecord, changes: list[str]) -> None:
    """A subscriber's number is the member's own only where the member is the subscriber."""
    himself = any(coding.code in ("self", "18") for coding in codings(one(changed, "relationship")))
    said = text(changed, "subscriberId")
    if himself and said is not None and said != record.number:
        changed["subscriberId"] = record.number
        changes.append(_told("Subscriber number", record.number, said))


def _days(changed: Json, record: MemberRecord, changes: list[str]) -> None:
    held = one(changed, "period")
    period = dict(held) if isinstance(held, dict) else {}
    for name, words, known in (("start", "First day", record.covered_from), ("end", "Last day", record.covered_until)):
        said = text(period, name)
        if known is not None and day(said, last=name == "end") != known:
            period[name] = known.isoformat()
            changes.append(_told(words, known.isoformat(), said))
    if period:
        changed["period"] = period


def _plan(changed: Json, record: MemberRecord, changes: list[str]) -> None:
    listed = many(changed, "class")
    plans = [each for each in listed if any(coding.code == "plan" for coding in codings(one(each, "type")))]
    said = [name for each in plans for name in (text(each, "name"), text(each, "value")) if name]
    if not record.plan or _plainly(record.plan) in map(_plainly, said):
        return
    changed["class"] = [*(each for each in listed if each not in plans), {"type": _PLAN, "value": record.plan, "name": record.plan}]
    changes.append(_told("Plan", record.plan, next(iter(said), None)))


def _plainly(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _told(what: str, now: str, before: str | None) -> str:
    return f"{what}: {now} instead of {before}" if before else f"{what}: {now}, not on the record yet"
