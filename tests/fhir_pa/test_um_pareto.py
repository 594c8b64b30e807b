"""A few causes explain most denials: counted by service, the most frequent first, with the share they add up to (F94)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.pareto import few_explain, pareto
from tests.builders import NOON, TODAY, authorization, physician, refer


def denied(number: str, cause: RootCause, code: str = "0F") -> Authorization:
    case = replace(authorization(refer()), number=number)
    return case.decide(Decision((1,), Verdict.DENY, f"Because of {number}.", ("saturation",), (code,), "555-555-0142", root_cause=cause), physician(), NOON)


def test_causes_stand_by_count_with_what_they_add_up_to_and_the_rows_behind() -> None:
    cases = [denied(f"PA{number}", RootCause.NOT_NECESSARY) for number in range(3)] + [denied("PA9", RootCause.QUANTITY)]
    first, second = pareto(cases, TODAY)
    assert (first.cause, first.count, first.share, first.so_far) == (RootCause.NOT_NECESSARY, 3, 75.0, 75.0)
    assert (second.count, second.so_far) == (1, 100.0) and second.rows[0].number == "PA9" and second.rows[0].says == "Because of PA9."


def test_what_was_certified_or_decided_before_the_time_is_not_counted() -> None:
    assert pareto([denied("PA1", RootCause.QUANTITY)], TODAY + timedelta(days=1)) == ()
    assert pareto([authorization(refer())], TODAY) == () and few_explain(()) is None


def test_the_share_of_the_four_most_frequent_is_told() -> None:
    causes = list(RootCause)[:5]
    cases = [denied(f"PA{place}{each}", cause) for place, cause in enumerate(causes) for each in range(5 - place)]
    assert few_explain(pareto(cases, TODAY)) == round(100 * 14 / 15, 1)
