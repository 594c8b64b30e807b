"""A year counted from rows is the year counted from the cases themselves, whatever happened to them."""

from datetime import timedelta

from fhir_pa.storage.store import Store
from fhir_pa.um.case.appeal import Outcome
from fhir_pa.um.measures.course import Left, standing
from fhir_pa.um.measures.figures import figures_of, public_figures
from tests.builders import NOON, authorization, certify, refer
from tests.fhir_pa.storage_fixtures import store
from tests.fhir_pa.test_um_appeal import filed, heard
from tests.fhir_pa.test_um_figures import approved, denied, named, partly

__all__ = ["store"]
EVER = (NOON - timedelta(days=900), NOON + timedelta(days=900))


def keep(store: Store, *cases) -> None:
    with store.transaction() as tx:
        for case in cases:
            tx.add(case)


def lives():
    numbered = [approved("A"), denied("D"), partly("P"), named(authorization(refer()), "O")]
    return [each.__class__(**{**vars(each), "reference": f"R-{each.number}"}) for each in numbered]


def test_every_row_says_what_its_case_says(store: Store) -> None:
    cases = lives()
    keep(store, *cases)
    with store.reading() as tx:
        kept = list(tx.standings(*EVER))
    assert sorted(map(str, kept)) == sorted(str(standing(case)) for case in cases)
    assert [each.course for each in kept].count(Left.OPEN) == 1
    assert figures_of(kept, NOON.year).shares == public_figures(sorted(cases, key=lambda each: (each.opening_clock.received_at, each.number)), NOON.year).shares


def test_a_case_that_moves_on_is_counted_once_as_it_stands(store: Store) -> None:
    won = heard(filed(), Outcome.OVERTURNED)
    first = authorization(certify())
    keep(store, first)
    with store.transaction() as tx:
        tx.keep_course(won)
        tx.keep_course(won, anew=True)
    with store.reading() as tx:
        (kept,) = tx.standings(*EVER)
    assert kept == standing(won) and kept.course.overturned


def test_only_what_was_received_in_the_time_is_read(store: Store) -> None:
    keep(store, *lives())
    with store.reading() as tx:
        assert list(tx.standings(NOON + timedelta(days=1), EVER[1])) == []
