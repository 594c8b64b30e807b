"""Judged: what each criterion said where a person decided, and what an appeal made of it; the policy desk counts over these. ♥

A person who certifies although a criterion is not met overrides it; an appeal that is won overturns a denial that rested on
one. Both tell the owner of a policy which of its sentences does not hold up (domain §4.9, feedback to policy).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.um.case.appeal import ON_THE_MERITS
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.determination import ADVERSE, Determination, ReviewAction
from questionnaires.criteria import Finding, Truth


@dataclass(frozen=True)
class Judgement:
    """One criterion in one decision a person signed; ``position`` counts the determinations of the item from 1.

    ``rested_on``: the decision against the member names it as its ground. ``on_appeal``: the decision is itself the outcome
    of an appeal. ``appeal`` is what the last appeal on the merits made of the decision, empty while there was none.
    """

    number: str
    sequence: int
    position: int
    criterion: str
    topic: str
    edition: str
    truth: str
    action: str
    role: str
    rested_on: bool
    on_appeal: bool
    overridden: bool
    appeal: str
    decided_at: datetime


def judgements(authorization: Authorization) -> Iterator[Judgement]:
    """Every criterion of the policy that was open, and every one, however deep, that a decision rests on, where a person signed."""
    for item in authorization.items:
        for position, made in enumerate((*item.earlier, item.determination), start=1):
            if made.signed_by is not None and made.edition is not None:
                yield from _of(authorization, item, position, made)


def _of(authorization: Authorization, item: Item, position: int, made: Determination) -> Iterator[Judgement]:
    assert made.signed_by is not None and made.edition is not None
    on_appeal = any(each.decided_at == made.decided_at and item.sequence in each.items for each in authorization.appeals)
    outcome = _outcome(authorization, item, position)
    seen: set[str] = set()
    for top in made.findings:
        for finding in _every(top):
            rested_on = made.action in ADVERSE and finding.criterion in made.criteria
            weighs = rested_on or (finding is top and finding.truth is not Truth.MET)
            if finding.criterion in seen or not weighs:
                continue
            seen.add(finding.criterion)
            overridden = finding is top and finding.truth is not Truth.MET and made.action is ReviewAction.CERTIFIED and not on_appeal
            yield Judgement(
                number=authorization.number,
                sequence=item.sequence,
                position=position,
                criterion=finding.criterion,
                topic=made.edition.topic,
                edition=made.edition.version,
                truth=str(finding.truth),
                action=str(made.action),
                role=made.signed_by.role,
                rested_on=rested_on,
                on_appeal=on_appeal,
                overridden=overridden,
                appeal=outcome if rested_on else "",
                decided_at=made.decided_at,
            )


def _outcome(authorization: Authorization, item: Item, position: int) -> str:
    """What the last appeal on the merits said of this determination: one filed while it stood."""
    made = (*item.earlier, item.determination)
    until = made[position].decided_at if position < len(made) else None
    about = [
        each
        for each in authorization.appeals
        if item.sequence in each.items
        and each.outcome in ON_THE_MERITS
        and each.filed_at >= made[position - 1].decided_at
        and (until is None or each.filed_at < until)
    ]
    return str(about[-1].outcome) if about else ""


def _every(finding: Finding) -> Iterator[Finding]:
    yield finding
    for inner in finding.below:
        yield from _every(inner)
