"""Claims: what the payer's claims system tells of services given, as CSV; each is counted on the authorization it rests on (F66, M1).

Nothing is paid or denied here. A line told twice counts once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.delegates import must_be_of_the_plan
from fhir_pa.storage.store import Transaction
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.on_file import units
from fhir_pa.um.on_file.rendered import ONE, Rendered, matched
from fhir_pa.um.on_file.status import Standing
from fhir_pa.wiring import Payer
from ig_profiles.names import HCPCS, code_system
from ig_profiles.outcome import Conflict, Forbidden, Issue, Unprocessable
from ig_profiles.reading import Coding, Json

NEEDED = ("claim", "line", "member", "code", "on", "npi")
TELLS = frozenset({"clerk", "nurse", "physician"})
MOST = 200_000  # lines in one file
PAID = {"": None, "yes": True, "no": False}
ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"


def tell(body: bytes, caller: Caller, payer: Payer) -> Json:
    """Keep the lines of a CSV file; how many are new, and what was on file for each that needed an authorization.

    Columns: claim, line, member, code, on, npi; where they are known also member_system, code_system, until, quantity,
    place, diagnoses (ICD-10-CM codes, separated by spaces), line_of_business, ended (yes when the stay ended on its last day),
    paid (yes or no; told later, it is learnt then).
    Raises Unprocessable with every line that cannot be read, and keeps none then.
    """
    at, person = payer.clock(), caller.must_be_staff()
    must_be_of_the_plan(caller, "tell of claims")
    if not TELLS & set(person.roles):
        raise Forbidden(f"{person.name} may not tell of claims: that takes a clerk, a nurse or a physician.")
    return keep(read(body, payer), person.id, at, payer)


def keep(lines: list[Rendered], by: str, at: datetime, payer: Payer) -> Json:
    """Keep these lines, and count each that was covered on its authorization."""
    with payer.store.transaction() as tx:
        new = tx.keep_rendered(lines, at)
        cases = {member: tx.of_member((member,)) for member in {line.member for line in lines}}
        found = list(matched(lines, cases.__getitem__, payer.shelf.in_force))
        for match in found:
            if match.is_covered:
                _count(match.rendered, match.status.number, match.status.item, by, at, tx)
    counts = {standing: sum(match.status.standing is standing for match in found) for standing in Standing}
    return {
        "lines": len(lines),
        "new": new,
        "needed_authorization": len(found),
        "on_file": {str(standing): count for standing, count in counts.items() if count},
        "not_covered": [
            {"claim": match.rendered.name, "standing": match.status.standing, "says": match.status.says} for match in found if not match.is_covered
        ],
    }


def read(body: bytes, payer: Payer) -> list[Rendered]:
    """The lines of the file. Raises Unprocessable with all that cannot be read."""
    try:
        rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
        missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
        listed = [] if missing else [row for _, row in zip(range(MOST + 1), rows, strict=False)]
    except (UnicodeDecodeError, csv.Error):
        raise Unprocessable("The file is no CSV text in UTF-8. Export it anew, with a line of column names first.") from None
    if missing:
        raise Unprocessable(f"The first line lacks the columns {', '.join(missing)}. Needed are {', '.join(NEEDED)}.")
    if len(listed) > MOST:
        raise Unprocessable(f"The file has more than {MOST} lines. Send it in parts.")
    issues: list[Issue] = []
    found = [_line(row, number, payer, issues) for number, row in enumerate(listed, start=2)]
    if issues:
        raise Unprocessable(*issues[:50])
    return [each for each in found if each is not None]


def _line(row: Mapping[str, str | None], number: int, payer: Payer, issues: list[Issue]) -> Rendered | None:
    told = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    wrong = list(_wrong(told))
    if wrong:
        issues += [Issue(f"Line {number}: {text}", "invalid", expression=f"line {number}") for text in wrong]
        return None
    known = payer.directory.member(told["member"], told.get("member_system") or None)
    on = date.fromisoformat(told["on"])
    return Rendered(
        claim=told["claim"],
        line=int(told["line"]),
        member=Identifier(known.system, known.id) if known else Identifier(told.get("member_system", ""), told["member"]),
        line_of_business=told.get("line_of_business") or (known.line_of_business if known else ""),
        code=Coding(code_system(told.get("code_system", "")) or HCPCS, told["code"]),
        on=on,
        until=date.fromisoformat(told["until"]) if told.get("until") else on,
        npi=told["npi"],
        quantity=Decimal(told["quantity"]) if told.get("quantity") else ONE,
        place=told.get("place", ""),
        diagnoses=tuple(Coding(ICD_10, each) for each in told.get("diagnoses", "").split()),
        ended=told.get("ended", "").lower() in ("yes", "true", "1"),
        paid=PAID[told.get("paid", "").lower()],
    )


def _wrong(told: Mapping[str, str]) -> Iterator[str]:
    for name in NEEDED:
        if not told.get(name):
            yield f"{name} is empty."
    if told.get("line") and not (told["line"].isdigit() and int(told["line"]) > 0):
        yield f"line '{told['line'][:20]}' is no number from 1."
    days = {}
    for name in ("on", "until"):
        if told.get(name):
            with suppress(ValueError):
                days[name] = date.fromisoformat(told[name])
            if name not in days:
                yield f"{name} '{told[name][:20]}' is no day. Write e.g. 2026-11-22."
    if len(days) == 2 and days["until"] < days["on"]:
        yield f"until ({days['until']}) lies before on ({days['on']})."
    if told.get("paid", "").lower() not in PAID:
        yield f"paid '{told['paid'][:20]}' is neither yes nor no. Leave it empty where it is not known."
    if told.get("quantity"):
        try:
            good = Decimal(told["quantity"]) > 0
        except InvalidOperation:
            good = False
        if not good:
            yield f"quantity '{told['quantity'][:20]}' is no number above zero."


def _count(line: Rendered, number: str, sequence: int | None, by: str, at: datetime, tx: Transaction) -> None:
    """Count the line on the authorization; what has no room any more, because another claim came first, is not counted."""
    if sequence is None:
        return
    case = tx.authorization(number)
    if any(use.item == sequence and use.claim == line.claim for use in case.uses):
        return  # told already, by the claim as a whole
    with suppress(Conflict):
        changed = units.use(case, sequence, line.quantity, line.on, line.name, by, at)
        if changed is not case:
            tx.save(changed)
            tx.notify(changed, why=units.USED, at=at)
