"""What claims tell is kept once and found again, and the tracker reads it with the cases of the practice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from fhir_pa.operations.practice.tracker import in_json, tracked
from fhir_pa.storage.store import Store
from fhir_pa.um.deciding.request import Identifier, Party
from fhir_pa.um.measures.tracker import Name
from fhir_pa.um.on_file.rendered import Rendered
from ig_profiles.names import HCPCS, NPI
from ig_profiles.reading import Coding
from questionnaires.library import open_shelf
from tests.builders import MEMBER, NOON, TODAY, authorization, certify, request
from tests.fhir_pa.storage_fixtures import CLINIC, store

__all__ = ["store"]
DAY = timedelta(days=1)
LINE = Rendered("C-1", 1, MEMBER, "medicare-advantage", Coding(HCPCS, "E1390"), TODAY, TODAY, CLINIC, Decimal("1.50"), "12", (Coding("http://x", "J44.9"),))
OTHERS = replace(LINE, claim="C-2", npi="9000000031")


def test_a_line_told_twice_is_kept_once_and_read_back_in_every_field(store: Store) -> None:
    with store.transaction() as tx:
        assert not tx.claims_are_told()
        assert tx.keep_rendered([LINE, OTHERS], NOON) == 2
        assert tx.keep_rendered([replace(LINE, quantity=Decimal(9))], NOON) == 0
    with store.reading() as tx:
        assert tx.claims_are_told()
        assert tx.rendered(TODAY, TODAY) == [LINE, OTHERS] and tx.rendered(TODAY, TODAY, CLINIC) == [LINE]
        assert tx.rendered(TODAY + DAY, TODAY + DAY) == []


def test_a_members_lines_are_found_the_wanted_service_first_and_nobody_elses(store: Store) -> None:
    older, chair = replace(LINE, claim="C-4", on=TODAY - DAY), replace(LINE, claim="C-5", code=Coding(HCPCS, "K0861"))
    stranger = replace(LINE, claim="C-6", member=Identifier(MEMBER.system, "SYN-99"))
    namesake = replace(LINE, claim="C-7", member=Identifier("http://another.example", MEMBER.value))
    with store.transaction() as tx:
        tx.keep_rendered([chair, older, LINE, stranger, namesake], NOON)
        assert tx.rendered_to([MEMBER], {"E1390"}, 2) == ([LINE, older], 3)
        assert tx.rendered_to([MEMBER], {"E1390"}, 9) == ([LINE, older, chair], 3)
        assert tx.rendered_to([], {"E1390"}, 9) == ([], 0)


def test_whether_a_line_was_paid_is_learnt_when_it_is_told(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep_rendered([LINE], NOON)
        assert tx.keep_rendered([replace(LINE, paid=True, quantity=Decimal(9))], NOON) == 0
        assert tx.keep_rendered([LINE], NOON) == 0, "silence takes nothing back"
        assert tx.rendered(TODAY, TODAY) == [replace(LINE, paid=True)]


def test_one_practice_sees_its_own_cases_and_claims_and_the_plan_all_of_them(store: Store) -> None:
    shelf = open_shelf()
    other = request(requestor=Party("Fernhill Supply", (Identifier(NPI, OTHERS.npi),)))
    with store.transaction() as tx:
        tx.add(authorization(certify()))
        tx.add(authorization(certify(), number="PA0002", reference="PR0002", request=other))
        tx.keep_rendered([LINE, OTHERS, replace(LINE, claim="C-3", code=Coding(HCPCS, "K0861"))], NOON)
    mine, everybody = (tracked(store, npi, NOON, shelf) for npi in (CLINIC, ""))
    assert (mine.measure(Name.VALID).of, everybody.measure(Name.VALID).of) == (2, 3)
    assert tracked(store, CLINIC, NOON, shelf, TODAY + DAY).measure(Name.VALID).of == 0


def test_a_practice_is_not_told_the_number_of_a_case_it_has_no_part_in(store: Store) -> None:
    theirs = request(requestor=Party("Fernhill Supply", (Identifier(NPI, OTHERS.npi),)), providers=(Party("Fernhill Supply", (Identifier(NPI, OTHERS.npi),)),))
    with store.transaction() as tx:
        tx.add(authorization(certify(), number="PA0002", reference="PR0002", request=theirs))
        tx.keep_rendered([LINE], NOON)
    told = in_json(tracked(store, CLINIC, NOON, open_shelf()))["measures"][0]
    assert [(row["number"], row["claim"]) for row in told["rows"]] == [("none on file", "C-1/1")]
    assert "another provider" in told["rows"][0]["says"]
    assert "PA0002" in str(in_json(tracked(store, "", NOON, open_shelf())))
