"""What the plan asks no authorization for is answered as such: final, without a number, never certified, never weighed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_pa.um.case.transitions import EventKind, State, follow
from fhir_pa.um.deciding.answer import Documented, answer
from fhir_pa.um.deciding.determination import Refer, ReviewAction, determine
from fhir_pa.um.deciding.not_needed import NotNeeded, not_needed
from fhir_pa.um.measures.course import Left, course_of
from fhir_pa.um.on_file.status import Standing, status
from questionnaires.benefits import Benefits, Limit
from questionnaires.criteria import Answers, Circumstances, Truth
from tests.builders import NOON, authorization, finding
from tests.fhir_pa.test_um_determination import EDITION

FREE = replace(EDITION, authorization="not needed", because="Ask nobody for this.")
OUTSIDE_ONLY = replace(EDITION, benefits=Benefits(outside_network_only=True))
NPI = "9000000023"
SERVICE = authorization().item(1).requested.service


def unasked() -> Answers:
    raise AssertionError("The chart is not looked at for what nobody has to ask for.")


def spared() -> NotNeeded:
    found = answer(FREE, SERVICE, Documented(unasked), Circumstances(NOON.date(), NOON.date()))
    assert isinstance(found, NotNeeded)
    return found


def test_it_is_final_without_a_number_and_counted_as_no_decision():
    case = authorization(spared(), spared())
    assert case.is_final and case.action is ReviewAction.NO_ACTION and not case.pended
    assert case.item(1).state is State.NOT_NEEDED and case.item(1).determination.authorized is None
    assert course_of(case) is Left.NOT_NEEDED


def test_inside_the_network_the_finding_says_who_performs():
    found = not_needed(OUTSIDE_ONLY, SERVICE, None, NPI)
    assert found is not None and found.findings[0].evidence[0].value == NPI
    assert not_needed(OUTSIDE_ONLY, SERVICE, None, "") is None, "nobody known to be inside: the plan wants to be asked"
    assert not_needed(EDITION, SERVICE, None, NPI) is None, "the edition asks everybody"


@pytest.mark.parametrize(("used", "asked"), [(Decimal(19), True), (Decimal(20), False)])
def test_beyond_a_limited_benefit_a_person_looks(used, asked):
    limited = replace(FREE, benefits=Benefits(limit=Limit(Decimal(20), "visits")))
    assert bool(not_needed(limited, replace(SERVICE, quantity=Decimal(1), unit="visits"), used)) is asked


def test_what_is_no_benefit_is_neither_spared_nor_certified_by_software():
    no_benefit = replace(EDITION, covered=False, authorization="not needed")
    assert not_needed(no_benefit, SERVICE, None) is None
    met = finding(truth=Truth.MET)
    assert isinstance(determine(replace(EDITION, covered=False), (met,), SERVICE, NOON.date()), Refer)


def test_the_provider_may_withdraw_or_change_it_and_no_reviewer_decides_it():
    assert follow(State.NOT_NEEDED, EventKind.CANCELLED, 1) is State.CANCELLED
    assert follow(State.NOT_NEEDED, EventKind.REVISED, 1) is State.RECEIVED
    with pytest.raises(Exception, match="What may follow"):
        follow(State.NOT_NEEDED, EventKind.DENIED, 1)


def test_whoever_asks_the_plan_hears_that_no_approval_is_needed():
    case = authorization(spared(), spared())
    found = status([case], case.item(1).requested.service.codes, NOON.date())
    assert found.standing is Standing.NOT_NEEDED and found.is_valid
