"""What auditors may ask of the kept hook calls: find them, read one whole, follow an assertion, see who looked (CRD, Logging).

Kept calls hold patients' data. So only people with the role of auditor see them, and each look is on record before it is answered.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import Person
from fhir_pa.storage.assertions import Assertion
from fhir_pa.storage.hook_log import HookCall
from fhir_pa.storage.looks import Look, Wanted
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.outcome import NotFound, Unprocessable
from ig_profiles.reading import Json, extension_value, extensions, many, text, without_empty

MOST = 200  # calls told of in one answer
LOOKED_THROUGH = 5000  # calls opened to find those about one patient
_ASKED = ("client", "hook", "instance", "patient", "from", "until")


def search(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The newest calls by ``client``, ``hook``, ``instance``, ``patient`` (an id in the client's system), ``from`` and ``until`` (days, included).

    A patient is looked for within days, because the calls themselves must be opened for that. Raises Forbidden for whoever is no
    auditor, Unprocessable for anything else asked.
    """
    person, wanted, patient = _auditor(caller), _wanted(asked), asked.get("patient", "")
    with payer.store.reading() as tx:
        calls = tx.hook_calls_wanted(wanted, LOOKED_THROUGH if patient else MOST + 1)
    mine = [call for call in calls if not patient or _patient(call) == patient]
    _keep_look("searched hook calls", dump(dict(asked)).decode(), len(mine), person, caller, payer)
    return {"calls": [_line(call) for call in mine[:MOST]], "more": len(mine) > MOST or len(calls) == LOOKED_THROUGH}


def read(call_id: str, caller: Caller, payer: Payer) -> Json:
    """One call whole: what came, without its token, what was answered, and who looked at it before. Raises NotFound."""
    person = _auditor(caller)
    with payer.store.reading() as tx:
        call, before = tx.hook_call(call_id), tx.looks(MOST, call_id)
    _keep_look("read a hook call", call_id, 1, person, caller, payer)
    return {**_line(call), "request": call.request, "answer": call.answer, "looked_at": [_told(look) for look in before]}


def assertion(assertion_id: str, caller: Caller, payer: Payer) -> Json:
    """What was first said under a coverage-assertion-id, and every call about it with what it was told, in order. Raises NotFound.

    A call that was told nothing new has an empty ``said``: what was said before held.
    """
    person = _auditor(caller)
    with payer.store.reading() as tx:
        kept, calls = tx.assertion(assertion_id), tx.hook_calls_about(assertion_id)
    if kept is None:
        raise NotFound(f"No assertion {assertion_id} is on file. Take the coverage-assertion-id from the order.", expression="id")
    _keep_look("followed an assertion", assertion_id, len(calls), person, caller, payer)
    return {**_first(kept), "calls": [{**_line(call), "said": _said(call, assertion_id)} for call in calls]}


def looks(caller: Caller, payer: Payer) -> Json:
    """Who looked last, at what."""
    person = _auditor(caller)
    with payer.store.reading() as tx:
        last = tx.looks(MOST)
    _keep_look("listed looks", "", len(last), person, caller, payer)
    return {"looks": [_told(look) for look in last]}


def _auditor(caller: Caller) -> Person:
    return caller.must_hold("auditor", "read what was kept of hook calls")


def _keep_look(what: str, about: str, found: int, person: Person, caller: Caller, payer: Payer) -> None:
    """Kept by itself, after what was found and before it is told: finding may take long, and keeping holds up other writers."""
    with payer.store.transaction() as tx:
        tx.keep_look(Look(str(uuid.uuid4()), payer.clock(), person.id, caller.how, what, about, found))


def _wanted(asked: Mapping[str, str]) -> Wanted:
    unknown = sorted(asked.keys() - set(_ASKED))
    if unknown:
        raise Unprocessable(f"Calls are not found by {', '.join(unknown)[:80]}. Use {', '.join(_ASKED)}.")
    since, until = _day(asked, "from"), _day(asked, "until")
    if asked.get("patient") and not (since and until):
        raise Unprocessable("A patient's calls are looked for within days. Add from and until.", expression="patient")
    return Wanted(asked.get("client", ""), asked.get("hook", ""), asked.get("instance", ""), since, until + timedelta(days=1) if until else None)


def _day(asked: Mapping[str, str], name: str) -> datetime | None:
    if not asked.get(name):
        return None
    try:
        return datetime.combine(datetime.strptime(asked[name], "%Y-%m-%d").date(), time(), UTC)
    except ValueError:
        raise Unprocessable(f"{name} is not a day. Write it as 2026-11-21; days are UTC.", expression=name) from None


def _line(call: HookCall) -> Json:
    return {"id": call.id, "at": call.at.isoformat(), "client": call.client, "guide": call.guide, "hook": call.hook, "hook_instance": call.hook_instance}


def _told(look: Look) -> Json:
    return {"at": look.at.isoformat(), "person": look.person, "how": look.how, "what": look.what, "about": look.about, "found": look.found}


def _patient(call: HookCall) -> str:
    return (text(call.request, "context", "patientId") or "").rsplit("/", 1)[-1]


def _said(call: HookCall, assertion_id: str) -> list[Json]:
    """The coverage information with this id in an answer, as it went out."""
    written = (each for order in many(call.answer, "systemActions", "resource") for each in extensions(order, COVERAGE_INFORMATION))
    return [each for each in written if extension_value(each, "coverage-assertion-id") == assertion_id]


def _first(kept: Assertion) -> Json:
    told: Json = {
        "id": kept.id,
        "at": kept.at.isoformat(),
        "client": kept.client,
        "guide": kept.guide,
        "order": kept.order,
        "coverage": kept.coverage,
        "codes": [f"{code.system}|{code.code}" for code in kept.codes],
        "policy": f"{kept.topic} {kept.version}".strip(),
        "questionnaires": list(kept.questionnaires),
        "said": kept.said,
    }
    return dict(without_empty(told))
