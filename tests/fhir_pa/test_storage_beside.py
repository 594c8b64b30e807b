"""What stands beside reviews is listed by due time, a page at a time, on SQLite and PostgreSQL alike; closed lines come last."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from fhir_pa.storage.store import Store
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.recoupment import Recoupment, Stage
from fhir_pa.um.case.retrospective import Reason, Retro, Shown
from fhir_pa.um.deciding.determination import Signature
from fhir_pa.um.measures.follow_up import FollowUp, WorkType
from fhir_pa.um.measures.follow_up import Stage as Followed
from fhir_pa.um.stays.admission import NOTICE
from fhir_pa.um.stays.beside import Kind
from tests.builders import NOON, authorization, refer
from tests.fhir_pa.storage_fixtures import store

__all__ = ["store"]
HOUR = timedelta(hours=1)


def admitted(number: str, hours: int, came: bool = False) -> Authorization:
    """A case that a notice of admission opened, its request awaited for so many hours."""
    told = Retro(Reason.EMERGENCY, NOON - HOUR, NOON, "oakwood-ehr", NOON + hours * HOUR, (Shown(f"lactate {hours}", NOON, NOON),))
    told = replace(told, requested_at=NOON + HOUR) if came else told
    return authorization(refer(), number=number, reference=f"R-{number}", retro=told, trail=(Event(NOON, NOTICE, "oakwood-ehr", (1,), ""),))


def asked_back(number: str, *stages: Stage) -> Authorization:
    """A case with a demand in each of these stages."""
    by = Signature("quill", "Ada Quill, MD", "physician", licence="OH MD-0142")
    made = tuple(
        Recoupment(place, (1,), f"C-{place}", Decimal("10.50"), "Not certified.", by, NOON, "teasel", NOON + place * HOUR, "appeal", stage)
        for place, stage in enumerate(stages, start=1)
    )
    return authorization(refer(), number=number, reference=f"R-{number}", recoupments=made)


def test_open_notices_stand_by_due_time_and_closed_ones_after_them(store: Store) -> None:
    with store.transaction() as tx:
        for case in (admitted("A", 30), admitted("B", 10), admitted("C", 5, came=True), authorization(refer(), number="D", reference="R-D")):
            tx.add(case)
    with store.reading() as tx:
        rows, total = tx.beside(Kind.ADMISSION, False, "", 0, 9)
        assert [row["number"] for row in rows] == ["B", "A"] and total == 2 and tx.open_beside() == {"admission": 2, "demand": 0}
        assert [row["number"] for row in tx.beside(Kind.ADMISSION, True, "", 0, 9)[0]] == ["B", "A", "C"]
        second, total = tx.beside(Kind.ADMISSION, True, "", 1, 1)
        assert (second[0]["number"], total) == ("A", 3)
        assert [row["says"] for row in tx.beside(Kind.ADMISSION, False, "orla penh", 1, 1)[0]] == ["lactate 30"]
        assert tx.beside(Kind.ADMISSION, True, "100%", 0, 9) == ([], 0)


def test_each_demand_of_a_case_is_a_line_and_a_closed_one_leaves_the_list(store: Store) -> None:
    case = asked_back("A", Stage.CONTESTED, Stage.NOTICED)
    with store.transaction() as tx:
        tx.add(case)
    with store.reading() as tx:
        rows, _ = tx.beside(Kind.DEMAND, False, "", 0, 9)
        assert [(row["part"], row["state"], row["amount"]) for row in rows] == [(1, "under appeal", "10.50"), (2, "notice written", "10.50")]
        assert tx.beside(Kind.DEMAND, False, "c-2", 0, 9)[1] == 1
    with store.transaction() as tx:
        tx.save(replace(case, revision=2, recoupments=(case.recoupments[0].moved(Stage.SETTLED, "Paid.", NOON), case.recoupments[1])))
    with store.reading() as tx:
        assert [row["part"] for row in tx.beside(Kind.DEMAND, False, "", 0, 9)[0]] == [2] and tx.open_beside()["demand"] == 1
        assert [row["part"] for row in tx.beside(Kind.DEMAND, True, "", 0, 9)[0]] == [2, 1]


def test_follow_ups_are_paged_and_counted_by_kind_of_work(store: Store) -> None:
    with store.transaction() as tx:
        for place, work in enumerate((WorkType.POLICY_CHANGE, WorkType.POLICY_CHANGE, WorkType.PROVIDER_EDUCATION)):
            tx.add_follow_up(FollowUp.open(f"f{place}", work, "Appeals are won.", "quill", "physician", NOON + place * HOUR, about="hypoxemia"))
        first, changes = tx.follow_up("f0")
        tx.save_follow_up(first.closed(Followed.DONE, "Changed.", "quill", "physician", NOON + HOUR), changes)
    with store.reading() as tx:
        assert [each.id for each in tx.follow_ups(first=1, most=1)[0]] == ["f2"] and tx.follow_ups(most=1)[1] == 2
        assert tx.open_follow_ups() == {"policy change": 1, "provider education": 1} and tx.follow_ups(also_closed=True)[1] == 3
