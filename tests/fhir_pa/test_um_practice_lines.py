"""What a practice watches is read off the case: for whom it waits, what ends, what may still be appealed; and who may watch it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference
from fhir_pa.um.deciding.information_request import InformationRequest
from fhir_pa.um.deciding.request import Identifier, Party
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.practice_lines import Awaits, Kind, Line, lines, seen_by
from fhir_pa.um.on_file.units import use
from ig_profiles.names import NPI
from questionnaires.criteria import Truth
from tests.builders import EDITION, NOON, TODAY, authorization, certify, finding, physician, refer, request

OTHER = Party("Fernhill Home Oxygen", (Identifier(NPI, "9000000106"),))
WEEKLY = EditionReference("residential_sud", "2026.1", "0" * 64, 7, review_every=7)


DENIAL = Decision((1,), Verdict.DENY, "The saturation is above the rule.", ("saturation",), ("0F",), "555-555-0142", root_cause=RootCause.NOT_NECESSARY)


def of(kind: Kind, *found: Line) -> list[Line]:
    return [each for each in found if each.kind is kind]


def stay(until: date) -> Certify:
    return Certify("Every criterion is met.", (finding(),), WEEKLY, Authorized(TODAY, until, Decimal(14), "days"))


def test_a_case_that_is_referred_waits_for_the_plan_and_says_for_whom() -> None:
    (line,) = of(Kind.PENDED, *lines(authorization(refer())))
    assert line.awaits is Awaits.PLAN and line.says == "A decision by a physician of the plan." and line.items == (1,)
    (line,) = of(Kind.PENDED, *lines(authorization(refer(to="nurse"))))
    assert "by a nurse" in line.says


def test_what_is_asked_of_the_practice_is_due_when_its_answer_is_not_when_the_decision_is() -> None:
    case = authorization(replace(refer(finding(truth=Truth.UNKNOWN)), asks=(InformationRequest("52053-6", ("the test report",), ("saturation",)),)))
    (awaited,), (pended,) = of(Kind.AWAITED, *lines(case)), of(Kind.PENDED, *lines(case))
    assert awaited.says == "the test report" and awaited.items == (1,) and pended.at == case.clock.legal_due_at
    assert awaited.at == NOON + timedelta(days=4) < pended.at
    assert not of(Kind.AWAITED, *lines(authorization(refer())))


def test_what_is_certified_tells_how_much_is_left_in_thousandths() -> None:
    case = authorization(certify())
    (line,) = of(Kind.HELD, *lines(case))
    assert (line.left, line.certified, line.share) == (Decimal(1), Decimal(1), 1000) and line.at == datetime(2027, 2, 17, tzinfo=UTC)
    used = use(case, 1, Decimal(1), TODAY, "CLM-1", "teasel", NOON)
    assert of(Kind.HELD, *lines(used))[0].share == 0


def test_each_review_of_a_stay_is_shown_from_the_day_after_the_one_before() -> None:
    found = of(Kind.REVIEW, *lines(authorization(stay(TODAY + timedelta(days=13)))))
    first, second, ends = found
    assert first.since is not None and first.since.date() == TODAY and first.at.date() == TODAY + timedelta(days=6)
    assert second.since == first.until and "discharge plan" in second.says and "discharge plan" not in first.says
    assert ends.since == second.until and "no extension is on file" in ends.says


def test_a_denial_tells_its_reason_and_until_when_it_may_be_appealed() -> None:
    denied = authorization(refer()).decide(DENIAL, physician(), NOON)
    found = lines(denied)
    assert of(Kind.DENIED, *found)[0].says == DENIAL.because and not of(Kind.PENDED, *found)
    (open_,) = of(Kind.APPEALABLE, *found)
    assert open_.until == open_.at == NOON + timedelta(days=65)


@pytest.mark.parametrize(("sensitive", "seen"), [(False, {"9000000023", "9000000106"}), (True, {"9000000023"})])
def test_who_performs_watches_it_too_unless_the_policy_calls_it_sensitive(sensitive: bool, seen: set[str]) -> None:
    answer = replace(refer(), edition=replace(EDITION, sensitive=sensitive))
    assert seen_by(authorization(answer, request=request(providers=(OTHER,)))) == seen
