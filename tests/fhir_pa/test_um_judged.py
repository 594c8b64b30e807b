"""What criteria said where a person decided is counted: overrides by certifying, overturned denials, and nothing the engine did."""

from dataclasses import replace
from datetime import timedelta

from fhir_pa.um.case.appeal import Outcome
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.measures.judged import judgements
from fhir_pa.um.reviewing import appealing
from tests.builders import NOON, authorization, certify, physician, refer
from tests.fhir_pa.test_um_appeal import denied, filed, heard


def told(case):
    return [(each.position, each.criterion, each.truth, each.rested_on, each.overridden, each.appeal) for each in judgements(case)]


def test_what_the_engine_certified_or_referred_is_no_judgement():
    assert told(authorization(certify())) == [] and told(authorization(refer())) == []


def test_certifying_although_a_criterion_is_open_overrides_it():
    case = authorization(refer())
    (top,) = {each.criterion for each in case.items[0].determination.findings}
    case = case.decide(Decision((1,), Verdict.CERTIFY, "The stairs test shows it."), physician(), NOON)
    (judged,) = judgements(case)
    assert (judged.criterion, judged.overridden, judged.rested_on, judged.role) == (top, True, False, "physician")


def test_a_denial_rests_on_its_criteria_and_an_appeal_that_is_won_overturns_it():
    (before,) = judgements(denied())
    assert before.rested_on and not before.overridden and before.appeal == ""
    won = list(judgements(heard(filed(), Outcome.OVERTURNED)))
    assert [(each.position, each.appeal, each.on_appeal, each.overridden) for each in won] == [(2, "overturned", False, False), (3, "", True, False)]


def test_an_appeal_that_was_withdrawn_says_nothing_of_the_criterion():
    assert [each.appeal for each in judgements(heard(filed(), Outcome.WITHDRAWN))] == [""]


def test_an_appeal_counts_for_the_decision_it_was_about_alone():
    upheld = heard(filed(), Outcome.UPHELD)
    assert [each.appeal for each in judgements(upheld)] == ["upheld"]
    again = replace(upheld.items[0], earlier=(*upheld.items[0].earlier, upheld.items[0].determination))
    later = replace(again, determination=replace(again.determination, decided_at=NOON + timedelta(days=30)))
    assert [each.appeal for each in judgements(replace(upheld, items=(later,)))] == ["upheld", ""]


def test_who_heard_it_is_not_counted_as_overriding():
    assert appealing.appeal_of(heard(filed(), Outcome.OVERTURNED), 1).outcome is Outcome.OVERTURNED
    assert not any(each.overridden for each in judgements(heard(filed(), Outcome.OVERTURNED)))
