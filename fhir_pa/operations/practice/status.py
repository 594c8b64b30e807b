"""Status: a practice asks whether a valid authorization is on file for a member, code and day; a claim says what it used (F12, F66)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.looked import ASKED, keep_look
from fhir_pa.operations.desk.review import keep
from fhir_pa.operations.desk.view import whole
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.on_file import units
from fhir_pa.um.on_file.inquiry import InquiryCriteria, is_withheld, may_see
from fhir_pa.um.on_file.status import Status
from fhir_pa.um.on_file.status import status as standing_of
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Coding, Json, without_empty

USES = frozenset({"clerk", "nurse", "physician"})


def status(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """What is on file; ``none on file`` is an answer. Access is that of an inquiry: the submitter, or member and provider.

    ``asked`` holds ``member`` (number, or system|number), ``code`` (code, or system|code), ``on`` (a day; today if left
    out) and ``provider`` (NPI). Raises Unprocessable with everything that cannot be read.
    """
    caller.must_be_allowed("inquire")
    npi = asked.get("provider", "")
    who = InquiryCriteria(guide="", member=(), npis=(npi,) if npi else ())
    found, on, hidden = looked_up(asked, lambda case: may_see(case, who, caller.id) and not is_withheld(case, who, caller.id), payer)
    keep_look(ASKED, about(found, asked), caller, payer, 1 if found.number else 0)
    phone = payer.directory.insurer.phone
    more = f"More may be on file that only its own provider may hear of. Call {phone}." if hidden and phone else ""
    return {**told(found, on), **({"more": more} if more else {})}


def looked_up(asked: Mapping[str, str], sees: Callable[[Authorization], bool], payer: Payer) -> tuple[Status, date, bool]:
    """What is on file among the cases one ``sees``, the day asked about, and whether there are others one does not see."""
    issues: list[Issue] = []
    member, code = _token("member", asked, issues), _token("code", asked, issues)
    on = _day(asked.get("on", ""), issues) or payer.clock().date()
    if issues:
        raise Unprocessable(*issues)
    with payer.store.reading() as tx:
        on_file = tx.of_member((_member(*member, payer),))
    shown = [each for each in on_file if sees(each)]
    return standing_of(shown, (Coding(*code),), on, asked.get("provider", "")), on, len(shown) < len(on_file)


def about(found: Status, asked: Mapping[str, str]) -> str:
    """What a look is kept about: the case that was told of, else what was asked."""
    return found.number or dump({name: value[:80] for name, value in asked.items() if name in ("member", "code", "on", "provider")}).decode()


def told(found: Status, on: date) -> Json:
    """The answer as plain JSON."""
    answer: Json = without_empty({**_plain(asdict(found)), "valid": found.is_valid, "on": on.isoformat()})
    return answer


def use(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """A claim used some of an item; told twice it counts once. Raises Conflict when less is left."""
    at, person = payer.clock(), caller.must_be_staff()
    if not USES & set(person.roles):
        caller.must_hold("clerk", "record what claims used")
    form = Form(parse(body))
    sequence, quantity, on, claim = form.whole_number("item"), form.decimal("quantity"), form.day("on"), form.text("claim")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    changed = units.use(case, sequence, quantity, on, claim, person.id, at)
    return whole(changed) if changed is case else keep(changed, units.USED, payer, at)


def _member(system: str, number: str, payer: Payer) -> Identifier:
    """The member's number in its own numbering; practices often leave that out."""
    known = payer.directory.member(number, system or None)
    return Identifier(known.system, known.id) if known else Identifier(system, number)


def _plain(found: Json) -> Json:
    return {key: str(value) if isinstance(value, date | Decimal) else value for key, value in found.items()}


def _token(name: str, asked: Mapping[str, str], issues: list[Issue]) -> tuple[str, str]:
    system, _, value = asked.get(name, "").rpartition("|")
    if not value:
        issues.append(Issue(f"Say which {name}: {name}=<value>, or {name}=<system>|<value>.", "required", expression=name))
    return system, value


def _day(written: str, issues: list[Issue]) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        issues.append(Issue(f"'{written}' is no day. Write e.g. on=2026-11-22.", "invalid", expression="on"))
        return None
