"""Early end: a physician ends what was certified before its time, for good cause; everybody concerned is told at once (§4.3 row 22)."""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.review import as_seen, keep, reviewer_of
from fhir_pa.pas.codes import DECISION_REASONS, ROOT_CAUSES
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.reviewing.early_end import Ground
from fhir_pa.um.reviewing.early_end import end_early as ended
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.reading import Json


def end_early(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """One ``item`` holds ``until`` an earlier day, on this ``ground``, with ``because``, ``reason_code`` and ``phone``.

    Raises what ``um.reviewing.early_end.end_early`` raises.
    """
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    form = Form(parse(body))
    sequence, last = form.whole_number("item"), form.day("until")
    ground = form.one_of("ground", Ground, "Only this ends what is certified:")
    because, code, phone = form.text("because"), form.text("reason_code"), form.text("phone") or None
    causes = ROOT_CAUSES | dict(payer.directory.root_causes)
    if code not in DECISION_REASONS or code not in causes:
        form.wrong("reason_code", f"Give a decision reason that names a root cause: {', '.join(sorted(causes))}.")
    criteria = form.texts("criteria")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    decision = Decision((sequence,), Verdict.MODIFY, because, criteria, (code,), phone or reviewer.phone, root_cause=causes[code])
    return keep(ended(case, sequence, last, ground, decision, reviewer, at), "ended early", payer, at)
