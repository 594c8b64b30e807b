"""Cards given and what became of them, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cds_hooks.feedback import Feedback
from cds_hooks.quiet import Day, Kind
from fhir_pa.storage.cards import CardGiven
from fhir_pa.storage.store import Store
from ig_profiles.reading import Coding
from tests.fhir_pa.storage_fixtures import store

__all__ = ["store"]
AT = datetime(2026, 11, 21, 15, tzinfo=UTC)
SOON = AT + timedelta(days=1)
CARD = CardGiven("oakwood", "c-1", "call-1", AT, "order-sign", "i-1", "guideline", "home_oxygen", "2026.1", "Practitioner")
TAKEN = Feedback("c-1", "accepted", "2026-11-21T15:01:00Z", ("s-1", "s-2"))
TURNED_DOWN = Feedback("c-1", "overridden", "2026-11-21T15:00:30Z", reason=Coding("urn:reasons", "known"), comment="Mrs Penhallow knows")


def told(store: Store, *feedback: Feedback, client: str = "oakwood", at: datetime = AT) -> None:
    with store.transaction() as tx:
        tx.keep_outcomes(client, "order-sign-crd", feedback, at)


def test_a_card_given_again_in_the_same_hook_instance_is_one_card(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep_cards([CARD, replace(CARD, card="c-2", topic="insurance", policy="", edition="")])
        tx.keep_cards([replace(CARD, call="call-2", at=SOON)])
        tx.keep_cards([replace(CARD, client="fernhill", at=SOON)])
        tx.keep_cards([])
    with store.reading() as tx:
        assert tx.cards_given(AT, SOON) == [CARD, replace(CARD, card="c-2", topic="insurance", policy="", edition="")]
        assert [each.client for each in tx.cards_given(AT, SOON + timedelta(days=1))] == ["oakwood", "oakwood", "fernhill"]
        assert [each.client for each in tx.cards_given(AT, SOON + timedelta(days=1), "fernhill")] == ["fernhill"]


def test_the_same_outcome_told_twice_is_one_outcome_that_takes_a_later_reason(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep_cards([CARD])
    told(store, TAKEN, replace(TURNED_DOWN, reason=None, comment=None))
    told(store, TAKEN, TURNED_DOWN, at=SOON)
    told(store, replace(TURNED_DOWN, reason=None, comment=None), at=SOON)
    with store.reading() as tx:
        outcomes = tx.outcomes_of_cards(AT, SOON, with_comments=True)
        assert [(each.outcome, each.suggestion, each.reason, each.comment, each.at) for each in outcomes] == [
            ("overridden", "", "urn:reasons|known", "Mrs Penhallow knows", AT),
            ("accepted", "s-1", "", "", AT),
            ("accepted", "s-2", "", "", AT),
        ]
        assert "Penhallow" not in str(tx.outcomes_of_cards(AT, SOON)), "a comment is read only by asking for it"


def test_another_clients_word_about_a_card_is_about_a_card_nobody_gave_it(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep_cards([CARD])
    told(store, TURNED_DOWN, client="fernhill")
    told(store, replace(TURNED_DOWN, card="c-9"))
    with store.reading() as tx:
        assert tx.outcomes_of_cards(AT, SOON) == []
        unknown = sorted((each.client, each.card, each.comment) for each in tx.outcomes_of_unknown_cards(AT, SOON))
        assert unknown == [("fernhill", "c-1", ""), ("oakwood", "c-9", "")]
        assert [each.card for each in tx.outcomes_of_unknown_cards(AT, SOON, "oakwood")] == ["c-9"]
        assert tx.outcomes_of_unknown_cards(SOON, SOON + timedelta(days=1)) == []


def test_a_card_counts_once_on_the_day_it_was_first_told_of_and_as_accepted_when_anything_was(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep_cards([CARD, replace(CARD, card="c-2"), replace(CARD, card="c-3"), replace(CARD, card="c-4", policy="")])
    told(store, TURNED_DOWN, replace(TURNED_DOWN, card="c-2"), replace(TURNED_DOWN, card="c-4"))
    told(store, TAKEN, replace(TURNED_DOWN, card="c-3"), at=SOON)
    with store.reading() as tx:
        days = tx.days_of_outcomes("oakwood")
        assert days == {
            Kind("oakwood", "guideline", ""): [Day(date(2026, 11, 21), 0, 1)],
            Kind("oakwood", "guideline", "home_oxygen"): [Day(date(2026, 11, 21), 1, 1), Day(date(2026, 11, 22), 0, 1)],
        }
        assert tx.days_of_outcomes() == days and tx.days_of_outcomes("fernhill") == {}


def test_a_name_of_any_length_is_kept(store: Store) -> None:
    endless = "x" * 5000
    with store.transaction() as tx:
        tx.keep_cards([replace(CARD, card=endless, hook_instance=endless)])
    told(store, Feedback(endless, "accepted", endless, (endless,)))
    with store.reading() as tx:
        assert len(tx.outcomes_of_cards(AT, SOON)) == 1
