"""What a practice's cases bring to its tracker is counted from rows, and says in every number and row what the whole cases say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from fhir_pa.brief import Brief
from fhir_pa.operations.practice.tracker import in_json, tracked
from fhir_pa.storage.store import Store
from fhir_pa.um.case.appeal import Outcome
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.retrospective import Reason, Retro
from fhir_pa.um.case.review import Verdict
from fhir_pa.um.deciding.request import Identifier, Party
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.counted import Counted, counted
from fhir_pa.um.measures.failures import Failure
from fhir_pa.um.measures.tracker import Name, tracker
from fhir_pa.um.on_file.rendered import Rendered, matched
from fhir_pa.um.stays.stay import stays
from ig_profiles.names import HCPCS, NPI
from ig_profiles.reading import Coding
from questionnaires.library import open_shelf
from tests.builders import MEMBER, NOON, TODAY, authorization, certify, item, refer, request
from tests.fhir_pa.storage_fixtures import CLINIC, store
from tests.fhir_pa.test_um_appeal import filed, heard
from tests.fhir_pa.test_um_pareto import denied
from tests.fhir_pa.test_um_stay import more, stay
from tests.fhir_pa.test_um_tracker import DAY, asked_for_notes, decided_as, intended

__all__ = ["store"]
ELSEWHERE = Party("Fernhill Supply", (Identifier(NPI, "9000000031"),))
YEAR = timedelta(days=400)
MOMENTS = [NOON + timedelta(hours=1), NOON + timedelta(hours=70), NOON + 4 * DAY, NOON + 20 * DAY, NOON + 200 * DAY]


def of_a_practice() -> Iterator[Authorization]:
    """One case of every kind that the tracker tells apart, each of its own number and member."""
    admitted = Retro(Reason.EMERGENCY, NOON - DAY, NOON, "Oakwood Hospital", NOON + DAY)
    made = {
        "certified": authorization(certify()),
        "planned": authorization(request=request(item(service=replace(item().service, on=TODAY + 2 * DAY)))),
        "asked": asked_for_notes(),
        "late": decided_as(Verdict.DENY, RootCause.EXPIRED),
        "unspoken": decided_as(Verdict.DENY, RootCause.CRITERIA_NOT_SPOKEN),
        "reduced": decided_as(Verdict.MODIFY, RootCause.QUANTITY),
        "lower": decided_as(Verdict.MODIFY, RootCause.WRONG_LEVEL),
        "offered": intended(),
        "won": heard(filed(), Outcome.OVERTURNED),
        "lost": heard(filed(), Outcome.UPHELD),
        "admitted": replace(authorization(refer()), retro=admitted),
        **{f"D{number}": denied(f"D{number}", RootCause.NOT_NECESSARY) for number in range(4)},
    }
    for name, case in made.items():
        member = replace(case.request.member, identifiers=(Identifier(MEMBER.system, name),))
        yield replace(case, number=name, reference=f"R-{name}", request=replace(case.request, member=member), revision=1)


def keep(store: Store, *cases: Authorization) -> None:
    with store.transaction() as tx:
        for case in cases:
            tx.add(case)


def whole(cases: list[Authorization], rendered: list[Rendered], now: datetime) -> object:
    """The tracker of the pure functions over whole cases, which are everybody's."""
    found = matched(rendered, lambda member: [each for each in cases if member in each.request.member.identifiers], open_shelf().in_force)
    return in_json(tracker(cases, stays(cases), list(found) if rendered else None, TODAY - 30 * DAY, now))


def from_rows(store: Store, now: datetime, npis: tuple[str, ...] = (CLINIC,), most: int | None = None) -> Counted:
    with store.reading() as tx:
        return tx.counted(npis, TODAY - 30 * DAY, now - YEAR, now, most)


@pytest.mark.parametrize("now", MOMENTS)
def test_every_count_and_row_is_that_of_the_whole_cases_whenever_it_is_asked(store: Store, now: datetime) -> None:
    cases = list(of_a_practice())
    keep(store, *cases)
    assert from_rows(store, now) == from_rows(store, now, ()) == counted(cases, TODAY - 30 * DAY, now)


def test_as_many_rows_as_are_shown_are_read_and_the_counts_stay(store: Store) -> None:
    keep(store, *of_a_practice())
    every, some = from_rows(store, MOMENTS[2]), from_rows(store, MOMENTS[2], most=1)
    for kind in Failure:
        assert (some.failures[kind].count, some.failures[kind].rows) == (every.failures[kind].count, every.failures[kind].rows[:1])
    assert {cause: (behind.count, behind.rows) for cause, behind in some.causes.items()} == {
        cause: (behind.count, behind.rows[:1]) for cause, behind in every.causes.items()
    }
    assert every.causes[RootCause.NOT_NECESSARY].count > 1 and every.missed.count == some.missed.count == 1


def test_a_case_that_moves_on_brings_what_it_brings_now_and_another_practices_case_brings_nothing(store: Store) -> None:
    first = replace(authorization(refer()), retro=None)
    theirs = replace(denied("T1", RootCause.QUANTITY), reference="R-T1", revision=1)
    keep(store, first, replace(theirs, request=replace(theirs.request, requestor=ELSEWHERE)))
    gone_on = heard(filed(), Outcome.UPHELD)
    with store.transaction() as tx:
        for revision in range(2, gone_on.revision + 1):
            tx.save(replace(gone_on, revision=revision))
        tx.keep_points(gone_on, anew=True)
    now = NOON + 20 * DAY
    assert from_rows(store, now) == counted([gone_on], TODAY - 30 * DAY, now)
    assert from_rows(store, now).upheld.rows[0].says.endswith("The overnight study shows it.")
    assert RootCause.QUANTITY in from_rows(store, now, (ELSEWHERE.npi or "",)).causes


def test_the_tracker_from_rows_is_the_one_over_whole_cases_and_opens_again_only_what_has_changed(store: Store) -> None:
    elsewhere = replace(certified_for("SYN-02"), number="PA8", reference="R-8")
    cases = [replace(stay(5), reference="R-1"), replace(more(6, TODAY + 7 * DAY), reference="R-2"), elsewhere]
    lines = [
        Rendered(f"C-{place}", 1, member, "medicare-advantage", Coding(HCPCS, code), TODAY + day * DAY, TODAY + day * DAY, CLINIC, Decimal(1))
        for place, (member, code, day) in enumerate([(MEMBER, "H0018", 1), (MEMBER, "H0018", 5), (Identifier(MEMBER.system, "SYN-02"), "E1390", 2)])
    ]
    known: Brief[tuple[str, int], Authorization] = Brief(100)
    now, shelf = NOON + 9 * DAY, open_shelf()

    def told() -> object:
        return in_json(tracked(store, CLINIC, now, shelf, TODAY - 30 * DAY, known))

    keep(store, *cases)
    with store.transaction() as tx:
        tx.keep_rendered(lines, NOON)
    assert told() == whole(cases, lines, now)
    assert len(known) == 3
    unfunded = tracked(store, CLINIC, now, shelf, TODAY - 30 * DAY, known)
    assert unfunded.unfunded_days == 2 and unfunded.measure(Name.VALID).of == 3
    longer = replace(stay(6), reference="R-1", revision=2)
    with store.transaction() as tx:
        tx.save(longer)
    assert told() == whole([longer, *cases[1:]], lines, now) and len(known) == 4
    assert tracked(store, CLINIC, now, shelf, TODAY - 30 * DAY, known).unfunded_days == 1


def certified_for(member: str) -> Authorization:
    """A certified case of a member."""
    case = authorization(certify())
    return replace(case, request=replace(case.request, member=replace(case.request.member, identifiers=(Identifier(MEMBER.system, member),))))
