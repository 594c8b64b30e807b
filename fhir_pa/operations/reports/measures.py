"""Measures of the exchange with clinicians: what became of the cards, and what is quiet because of it; the guide's nine numbers of CRD.

Codes and counts only. What a clinician wrote beside a card may name a patient: it is shown to auditors, when they ask.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from cds_hooks.measures import Segmented, segmented
from cds_hooks.quiet import Kind, Quiet
from fhir_pa.auth.caller import Caller
from fhir_pa.operations.hooks.measured import day_of, quiet_kinds
from fhir_pa.operations.hooks.metric_data import StatusOf, crd_metric_data, engagement
from fhir_pa.storage.cards import ACCEPTED, CardGiven, CardOutcome
from fhir_pa.storage.looks import Look
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.outcome import Forbidden, Issue, Unprocessable
from ig_profiles.reading import Json

USUAL = timedelta(days=30)
AUDITOR = "auditor"
NO_REASON, NO_CODE = "no reason given", "a reason in words"
_CODED = re.compile(r"\S{1,200}")


def feedback(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The report for one of the payer's staff; ``asked`` may hold ``since``, ``until`` (days or moments), ``client``, ``comments=true``.

    Reading comments is itself kept. Raises Forbidden when somebody else than an auditor asks for comments, Unprocessable for a time that cannot be read.
    """
    person = caller.must_be_staff()
    comments = asked.get("comments") == "true"
    if comments and AUDITOR not in person.roles:
        raise Forbidden("What clinicians wrote beside a card may name a patient, so only an auditor may read it. Ask without comments.")
    since, until = period(asked.get("since"), asked.get("until"), payer.clock())
    report = what_became_of_cards(since, until, asked.get("client") or None, payer, comments)
    if comments:
        about = dump({"since": report["since"], "until": report["until"], "client": asked.get("client", "")}).decode()
        with payer.store.transaction() as tx:
            tx.keep_look(Look(str(uuid.uuid4()), payer.clock(), person.id, caller.how, "read comments on cards", about, len(report["comments"])))
    return report


def what_became_of_cards(since: datetime, until: datetime, client: str | None, payer: Payer, comments: bool = False) -> Json:
    """Of the cards given from ``since`` on and before ``until``: how many of each kind, and what came of them so far."""
    at = payer.clock()
    with payer.store.reading() as tx:
        given = tx.cards_given(since, until, client)
        outcomes = tx.outcomes_of_cards(since, until, client, comments)
        unknown = tx.outcomes_of_unknown_cards(since, until, client)
        spells = quiet_kinds(tx, client, payer.settings.quiet, day_of(at))
    report: Json = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "cards": [_row(kind, mine, outcomes, spells.get(kind)) for kind, mine in _by_kind(given).items()],
        "quiet": [{**_named(kind), **_told(spell)} for kind, spell in spells.items()],
        "unknown_cards": {"outcomes": len(unknown), "cards": len({(each.client, each.card) for each in unknown})},
    }
    if comments:
        report["comments"] = [
            {"client": each.client, "card": each.card, "at": each.at.isoformat(), "comment": each.comment} for each in outcomes if each.comment
        ]
    return report


def crd(since: datetime, until: datetime, client: str | None, status_of: StatusOf, payer: Payer) -> tuple[Segmented, list[Json]]:
    """The guide's nine measures of these calls, and the CRDMetricData objects they are counted over."""
    data = crd_metric_data(since, until, status_of, payer, client)
    return segmented(data), data


def period(since: str | None, until: str | None, at: datetime) -> tuple[datetime, datetime]:
    """From when (included) until when (not included): thirty days until now, unless told otherwise.

    A day alone stands for its beginning in UTC as ``since``, and for its end as ``until``. Raises Unprocessable.
    """
    last = _moment("until", until, timedelta(days=1)) if until else at
    first = _moment("since", since, timedelta(0)) if since else last - USUAL
    if first >= last:
        raise Unprocessable(Issue(f"since ({first.isoformat()}) is not before until ({last.isoformat()}). Exchange the two.", "invalid", expression="since"))
    return first, last


def _moment(name: str, given: str, whole_day: timedelta) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        text = f"{name} is {given!r}. Write a day (2026-11-01) or a moment with its zone (2026-11-01T00:00:00Z)."
        raise Unprocessable(Issue(text, "invalid", expression=name)) from None
    if len(given) <= len("2026-11-01"):
        return datetime.combine(moment.date(), time(), UTC) + whole_day
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _by_kind(given: list[CardGiven]) -> dict[Kind, list[CardGiven]]:
    found: dict[Kind, list[CardGiven]] = {}
    for each in given:
        found.setdefault(Kind(each.client, each.topic, each.policy), []).append(each)
    return {kind: found[kind] for kind in sorted(found, key=lambda kind: (kind.client, kind.topic, kind.policy))}


def _row(kind: Kind, given: list[CardGiven], outcomes: list[CardOutcome], spell: Quiet | None) -> Json:
    cards = {(each.client, each.card) for each in given}
    mine = [each for each in outcomes if (each.client, each.card) in cards]
    ended = engagement(mine)
    turned_down = {name for name, how in ended.items() if how == "override"}
    reasons = {(each.client, each.card): each.reason for each in mine if each.outcome != ACCEPTED}
    return {
        **_named(kind),
        "shown": len(cards),
        "accepted": len(ended) - len(turned_down),
        "overridden": len(turned_down),
        "reasons": dict(Counter(_reason(reasons[name]) for name in sorted(turned_down))),
        "suggestions_taken": len({(each.card, each.suggestion) for each in mine if each.suggestion}),
        "hooks": dict(Counter(each.hook for each in given)),
        "shown_to": dict(Counter(each.role or "not told" for each in given)),
        "quiet": _told(spell) if spell else None,
    }


def _reason(given: str) -> str:
    """The coded reason; words that stand in the place of a code may name somebody, and are not repeated."""
    return given if _CODED.fullmatch(given) else NO_CODE if given else NO_REASON


def _named(kind: Kind) -> Json:
    return {"client": kind.client, "card": kind.topic, "policy": kind.policy or None}


def _told(spell: Quiet) -> Json:
    return {"since": str(spell.since), "until": str(spell.until), "because": spell.because}
