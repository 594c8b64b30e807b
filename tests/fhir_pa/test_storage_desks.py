"""What the desks count is counted by the database, on SQLite and PostgreSQL alike, and every count opens into its rows, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.storage.hook_log import HookCall
from fhir_pa.storage.judgements import Tally
from fhir_pa.storage.prefetch_gaps import Gap
from fhir_pa.storage.store import Store
from fhir_pa.storage.worklist import Wanted
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from ig_profiles.json import dump
from questionnaires.criteria import Truth
from tests.builders import NOON, authorization, finding, item, physician, refer, request
from tests.fhir_pa.storage_fixtures import store, subscription

__all__ = ["store"]
OPEN = refer(finding("hypoxemia", Truth.UNKNOWN), finding("room_air", Truth.MET))
CERTIFY = Decision((1,), Verdict.CERTIFY, "The stairs test shows it.")


def case(number: str, code: str = "E1390", hours: int = 0) -> Authorization:
    opened = Authorization.open(number, f"R-{number}", request(item(code=code)), {1: OPEN}, "", "oakwood-ehr", NOON + timedelta(hours=hours))
    return replace(opened, received=(), submission="")


def test_criteria_are_tallied_and_each_tally_opens_into_its_decisions(store: Store) -> None:
    with store.transaction() as tx:
        for number in ("A", "B", "C"):
            tx.add(case(number))
        for number in ("A", "B"):
            decided = tx.authorization(number).decide(CERTIFY, physician(), NOON + timedelta(hours=1 if number == "A" else 2))
            tx.save(decided)
    with store.reading() as tx:
        assert tx.tallies("home_oxygen") == [Tally("2026.1", "hypoxemia", 2, 2, 0, 0, 0)] and tx.tallies("cpap") == []
        first, total = tx.judged("home_oxygen", "2026.1", "hypoxemia", "overridden", 0, 1)
        second, _ = tx.judged("home_oxygen", "2026.1", "hypoxemia", "overridden", 1, 1)
        assert total == 2 and [first[0]["number"], second[0]["number"]] == ["B", "A"], "the newest first"
        assert tx.judged("home_oxygen", "2026.1", "hypoxemia", "overturned", 0, 9) == ([], 0)


def test_requests_are_found_by_what_they_ask_for_the_newest_first(store: Store) -> None:
    with store.transaction() as tx:
        for position, (number, code) in enumerate((("A", "E1390"), ("B", "E0431"), ("C", "E0601"))):
            tx.add(case(number, code, position))
    with store.reading() as tx:
        assert tx.asking_for(["E1390", "E0431"], 0, 1) == (["B"], 2) and tx.asking_for(["E1390", "E0431"], 1, 1) == (["A"], 2)
        assert tx.asking_for([], 0, 9) == ([], 0)


def test_gaps_are_summed_by_what_they_cost_and_open_into_their_calls(store: Store) -> None:
    def gap(call: str, template: str, milliseconds: int) -> Gap:
        return Gap(call, template, "oakwood-ehr", "order-sign", NOON, "left out", 1, milliseconds)

    with store.transaction() as tx:
        for call in ("c1", "c2"):
            tx.keep_hook_call(HookCall(call, "oakwood-ehr", "2.2", "order-sign", call, NOON, {}, {}))
            tx.keep_gaps([gap(call, "coverage", 400), gap(call, "patient", 30)])
        tx.keep_gaps([])
    with store.reading() as tx:
        counted = tx.gaps_counted(NOON)
        told = [(each["template"], each["calls"], each["fetches"], each["milliseconds"]) for each in counted]
        assert told == [("coverage", 2, 2, 800), ("patient", 2, 2, 60)]
        dump(counted)
        rows, total = tx.gaps(NOON, "oakwood-ehr", "order-sign", "coverage", 1, 1)
        assert total == 2 and [each.call for each in rows] == ["c2"]
        assert tx.gaps_counted(NOON + timedelta(seconds=1)) == [] and tx.hook_calls_counted(NOON) == {}


def test_lines_of_subscribers_work_and_clocks_are_counted_and_listed(store: Store) -> None:
    with store.transaction() as tx:
        tx.add_subscription(subscription())
        tx.add(case("A"))
        tx.notify(tx.authorization("A"), "pended", NOON)
        notice = tx.take("s1", "w", 10)
        assert notice and tx.failed(notice, "It answered 500.", None)
        tx.beat("w")
    with store.reading() as tx:
        (line,) = tx.lines_counted()
        assert (line["id"], line["status"], line["undeliverable"], line["delivered"]) == ("s1", "error", 1, 0)
        dead, total = tx.deliveries("s1", "unheard", 0, 9)
        assert total == 1 and dead[0]["because"] == "It answered 500." and tx.deliveries("", "waiting", 0, 9) == ([], 0)
        work = tx.work_counted()
        assert work and {each["state"] for each in work} <= {"queued", "delayed", "running"}
        assert len(tx.work_listed(work[0]["name"], 0, 9)) == sum(each["count"] for each in work if each["name"] == work[0]["name"])
        due = authorization(refer()).clock.legal_due_at
        assert [each["number"] for each in tx.clocks_near(due + timedelta(days=9), 0, 9)[0]] == ["A"] and tx.clocks_near(NOON, 0, 9) == ([], 0)
        assert [each["executor_id"] for each in tx.workers_seen()] == ["w"]
        dump([line, *work, *dead])


@pytest.mark.parametrize(("topics", "found"), [(("home_oxygen", "cpap"), ["A"]), (("cpap",), []), ((), []), (None, ["A"])])
def test_the_list_is_narrowed_to_the_policies_of_a_specialty(store: Store, topics: tuple[str, ...] | None, found: list[str]) -> None:
    with store.transaction() as tx:
        tx.add(case("A"))
    with store.reading() as tx:
        rows, total = tx.worklist(Wanted(known_to_field=topics))
        assert [row["number"] for row in rows] == found and total == len(found)
