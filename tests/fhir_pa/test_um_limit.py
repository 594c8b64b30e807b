"""Beyond a limited benefit a person looks: nothing is certified or denied by counting, and the count is a fact of the decision (F13, F55)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_pa.um.deciding.answer import Documented, answer
from fhir_pa.um.deciding.determination import Certify, Refer
from fhir_pa.um.deciding.exemption import Exemption
from fhir_pa.um.deciding.limit import CRITERION, FACT, within_limit
from questionnaires.benefits import Benefits, Limit
from questionnaires.criteria import Answer, Circumstances, Criterion, Test, Truth
from questionnaires.library import open_shelf
from questionnaires.policy import Certifies, Edition
from tests.builders import TODAY, service

VISITS = Limit(Decimal(20), "visits")
WEAK = Criterion("weak", "The leg is weak", test=Test("weak", "is", True))
CARD = Exemption("9000000007", "97 % certified")


def edition(criteria: tuple[Criterion, ...] = (WEAK,), limit: Limit | None = VISITS) -> Edition:
    (oxygen,) = [each for each in open_shelf().editions() if each.topic == "home_oxygen"]
    return replace(oxygen, criteria=criteria, certifies=Certifies(90), certifies_less=(), benefits=Benefits(limit=limit))


def answered(asked: Decimal | None, used: Decimal | None, of: Edition | None = None, card: Exemption | None = None, unit: str = "visits") -> Certify | Refer:
    known = {"weak": Answer("weak", (True,))}
    told = answer(of or edition(), service(quantity=asked, unit=unit), Documented(lambda: known), Circumstances(TODAY, TODAY), card, used)
    assert isinstance(told, Certify | Refer)
    return told


@pytest.mark.parametrize(("asked", "used", "certified"), [(12, 8, True), (12, 9, False), (20, 0, True), (21, 0, False), (None, 19, True), (None, 20, False)])
def test_to_the_last_visit_it_is_certified_and_beyond_it_is_referred(asked: int | None, used: int, certified: bool) -> None:
    told = answered(None if asked is None else Decimal(asked), Decimal(used))
    assert isinstance(told, Certify if certified else Refer)
    finding = told.findings[-1]
    assert (finding.criterion, finding.truth) == (CRITERION, Truth.MET if certified else Truth.NOT_MET)
    assert [(each.fact, each.value) for each in finding.evidence] == [(FACT, str(used))]


def test_what_goes_beyond_is_told_in_one_sentence_and_asks_the_provider_for_nothing() -> None:
    told = answered(Decimal(12), Decimal(18))
    assert isinstance(told, Refer) and told.to == "physician" and not told.asks and not told.missing
    assert told.because.startswith("The plan certifies 20 visits in a calendar year without review; 18 are used and 12 asked for: 10 beyond. ")


def test_an_amount_that_cannot_be_counted_in_the_limits_unit_is_unknown_never_no() -> None:
    told = answered(Decimal(12), Decimal(0), unit="hours")
    assert isinstance(told, Refer) and told.findings[-1].truth is Truth.UNKNOWN
    assert "12 hours cannot be counted in visits" in told.because


def test_a_gold_card_spares_criteria_and_not_the_limit() -> None:
    assert isinstance(answered(Decimal(12), Decimal(0), card=CARD), Certify)
    beyond = answered(Decimal(12), Decimal(18), card=CARD)
    assert isinstance(beyond, Refer) and beyond.findings[-1].criterion == CRITERION


def test_keeping_within_the_limit_is_no_reason_to_certify_where_nothing_is_weighed() -> None:
    assert isinstance(answered(Decimal(1), Decimal(0), edition(criteria=())), Refer)


def test_without_a_limit_or_where_nobody_counted_nothing_is_said_of_it() -> None:
    assert within_limit(edition(limit=None), service(), (), Decimal(3)) == ()
    assert within_limit(edition(), service(), (), None) == ()
