"""May: what this reviewer could do with this case at this moment, so that a screen offers nothing that would be refused.

It grants nothing: every act still asks for itself whether it may be done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Reviewer, Verdict
from fhir_pa.um.case.transitions import PENDING, REOPENABLE
from fhir_pa.um.clocks.time_limits import ExtensionReason
from fhir_pa.um.reviewing.after_denial import evidence_since
from fhir_pa.um.reviewing.appealing import file_until, may_take_longer
from ig_profiles.outcome import Forbidden

KEEPS_RECORDS = frozenset({"physician", "nurse", "clerk"})


@dataclass(frozen=True)
class May:
    """Items by their sequences. ``extend`` are the lawful reasons left; ``proposes``: a nurse's wish for more time, not the time itself.

    ``hears`` are the open appeals this person is to decide, ``lengthens`` those the law gives more time for.
    """

    certify: tuple[int, ...] = ()
    deny: tuple[int, ...] = ()
    modify: tuple[int, ...] = ()
    ask: tuple[int, ...] = ()
    reopen: tuple[int, ...] = ()
    appeal: tuple[int, ...] = ()
    converse: tuple[int, ...] = ()
    hears: tuple[int, ...] = ()
    lengthens: tuple[int, ...] = ()
    extend: tuple[ExtensionReason, ...] = ()
    proposes: bool = False
    let_stand: bool = False
    keeps_records: bool = False


def may(authorization: Authorization, reviewer: Reviewer, at: datetime) -> May:
    """What is open to this person."""
    pended = tuple(item.sequence for item in authorization.items if item.state in PENDING)
    denied = tuple(item.sequence for item in authorization.items if item.state in REOPENABLE)
    talking = {sequence for each in authorization.peer_to_peers if each.is_open and not each.lapsed(at) for sequence in each.items}
    certifies, denies = able(reviewer, Verdict.CERTIFY, at), able(reviewer, Verdict.DENY, at)
    records = bool(KEEPS_RECORDS & set(reviewer.roles))
    adverse = tuple(sequence for sequence in pended if sequence not in talking) if denies else ()
    under_appeal = {sequence for each in authorization.appeals if each.is_open for sequence in each.items}
    return May(
        certify=pended if certifies else (),
        deny=adverse,
        modify=adverse,
        ask=pended if certifies else (),
        reopen=denied if denies else (),
        appeal=tuple(each for each in denied if each not in under_appeal and file_until(authorization, each)) if records else (),
        converse=tuple(each.number for each in authorization.peer_to_peers if each.is_open) if records else (),
        hears=tuple(each.number for each in authorization.appeals if each.is_open and (denies or (certifies and not each.ours))),
        lengthens=tuple(each.number for each in authorization.appeals if denies and each.is_open and may_take_longer(authorization, each)),
        extend=_reasons(authorization) if pended and (denies or "nurse" in reviewer.roles) else (),
        proposes=not denies,
        let_stand=denies and evidence_since(authorization) is not None,
        keeps_records=records,
    )


def able(reviewer: Reviewer, verdict: Verdict, at: datetime) -> bool:
    """Whether this person could sign such a decision now."""
    try:
        reviewer.signature(verdict, at)
    except Forbidden:
        return False
    return True


def _reasons(authorization: Authorization) -> tuple[ExtensionReason, ...]:
    clock = authorization.clock
    if clock.extended is not None:
        return ()
    offered = clock.limits.extension_urgent if clock.urgent else clock.limits.extension
    return tuple(dict.fromkeys(reason for terms in offered for reason in terms.reasons))
