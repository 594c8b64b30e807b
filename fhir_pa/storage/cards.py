"""Cards that were given and what clinicians did with them: kept for reports and for learning what to leave out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from cds_hooks.feedback import Feedback
from cds_hooks.quiet import Day, Kind
from fhir_pa.storage.card_tables import card_outcomes, cards_given
from fhir_pa.storage.ground import Ground, short

_given, _outcome = cards_given.c, card_outcomes.c
_SAME_CARD = sa.and_(_outcome.client == _given.client, _outcome.card == _given.card)
ACCEPTED = "accepted"


@dataclass(frozen=True)
class CardGiven:
    """One card of an answer: to whom, at which hook, of which type, about which policy edition. Nothing of the patient."""

    client: str
    card: str
    call: str
    at: datetime
    hook: str
    hook_instance: str
    topic: str
    policy: str = ""
    edition: str = ""
    role: str = ""


@dataclass(frozen=True)
class CardOutcome:
    """One outcome told of one card; ``reason`` is ``system|code``. ``comment`` is empty unless it was asked for."""

    client: str
    card: str
    outcome: str
    at: datetime
    suggestion: str = ""
    reason: str = ""
    comment: str = field(default="", repr=False)


class CardReading(Ground):
    """Reading what was given, and what came of it."""

    def cards_given(self, since: datetime, until: datetime, client: str | None = None) -> list[CardGiven]:
        """The cards given from ``since`` on and before ``until``, in order."""
        wanted = sa.select(cards_given).where(_given.at >= since, _given.at < until, *_of(_given.client, client))
        return [CardGiven(**row._asdict()) for row in self.rows(wanted.order_by(_given.at, _given.card))]

    def outcomes_of_cards(self, since: datetime, until: datetime, client: str | None = None, with_comments: bool = False) -> list[CardOutcome]:
        """Whatever was ever told of the cards given in this time."""
        wanted = sa.select(card_outcomes).join(cards_given, _SAME_CARD).where(_given.at >= since, _given.at < until, *_of(_given.client, client))
        return [_read(row, with_comments) for row in self.rows(wanted.order_by(_outcome.at, _outcome.told_at, _outcome.suggestion))]

    def outcomes_of_unknown_cards(self, since: datetime, until: datetime, client: str | None = None) -> list[CardOutcome]:
        """What was told in this time of cards that this client was never given."""
        wanted = sa.select(card_outcomes).outerjoin(cards_given, _SAME_CARD)
        wanted = wanted.where(_given.card.is_(None), _outcome.at >= since, _outcome.at < until, *_of(_outcome.client, client))
        return [_read(row, False) for row in self.rows(wanted.order_by(_outcome.at))]

    def days_of_outcomes(self, client: str | None = None) -> dict[Kind, list[Day]]:
        """For each kind of card how many were accepted and how many rejected, day by day; a card counts once, when first told of.

        A card of which anything was accepted is accepted.
        """
        accepted = sa.func.max(sa.case((_outcome.outcome == ACCEPTED, 1), else_=0)).label("accepted")
        told = sa.select(_given.client, _given.topic, _given.policy, sa.func.min(_outcome.on, type_=_outcome.on.type).label("on"), accepted)
        told = told.select_from(card_outcomes).join(cards_given, _SAME_CARD).where(*_of(_given.client, client))
        card = told.group_by(_given.client, _given.topic, _given.policy, _given.card).subquery().c
        kind = (card.client, card.topic, card.policy, card.on)
        days = sa.select(*kind, sa.func.sum(card.accepted).label("accepted"), sa.func.count().label("told")).group_by(*kind).order_by(*kind)
        found: dict[Kind, list[Day]] = {}
        for row in self.rows(days):
            found.setdefault(Kind(row.client, row.topic, row.policy), []).append(Day(row.on, int(row.accepted), int(row.told - row.accepted)))
        return found


class CardWriting(CardReading):
    """Keeping what was given, and what came of it."""

    def keep_cards(self, given: Iterable[CardGiven]) -> None:
        """Keep the cards of one answer; one given before stays as it was first given."""
        rows = [{**vars(each), "hook_instance": short(each.hook_instance), "card": short(each.card)} for each in given]
        self.insert_missing(cards_given, rows)

    def keep_outcomes(self, client: str, service: str, told: Iterable[Feedback], at: datetime) -> None:
        """Keep what was told; the same outcome told again changes nothing but a reason or comment it brings."""
        for each in told:
            for suggestion in each.suggestions or ("",):
                self._keep_outcome(client, service, each, suggestion, at)

    def _keep_outcome(self, client: str, service: str, told: Feedback, suggestion: str, at: datetime) -> None:
        reason = told.reason
        said = {"reason_system": (reason.system or "") if reason else "", "reason": reason.code if reason else "", "comment": told.comment or ""}
        key = {"client": client, "card": short(told.card), "outcome": told.outcome, "told_at": short(told.at), "suggestion": short(suggestion)}
        if self.insert_new(card_outcomes, {**key, "service": service, "at": at, "on": at.astimezone(UTC).date(), **said}):
            return
        news = {name: value for name, value in said.items() if value}
        if news:
            same = sa.and_(*(card_outcomes.c[name] == value for name, value in key.items()))
            self.connection.execute(sa.update(card_outcomes).where(same).values(**news))


def _of(column: sa.Column[str], client: str | None) -> list[sa.ColumnElement[bool]]:
    return [] if client is None else [column == client]


def _read(row: Any, with_comments: bool) -> CardOutcome:
    reason = "|".join(filter(None, (row.reason_system, row.reason)))
    return CardOutcome(row.client, row.card, row.outcome, row.at, row.suggestion, reason, row.comment if with_comments else "")
