"""A service certified with its order is not weighed again: the request for it takes it up, carries it, or is one of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference, Refer, ReviewAction
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, Identifier, MemberReference, Party, RequestedItem
from fhir_pa.um.on_file.order_time import SIGNED, carried, certifies_all, open_with_order, taken_up
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding
from questionnaires.policy import RequestedService

AT = datetime(2026, 11, 21, 15, tzinfo=UTC)
TODAY = AT.date()
EDITION = EditionReference("home_oxygen", "2026.1", "f" * 64, 90)
HELD = Authorized(TODAY, date(2027, 2, 18), Decimal(2), "each")
OXYGEN, WALKER = Coding(HCPCS, "E1390"), Coding(HCPCS, "E0130")


def item(sequence: int = 1, code: Coding = OXYGEN, **service: object) -> RequestedItem:
    return RequestedItem(sequence, RequestedService((code,), **service), trace_numbers=(Identifier("urn:trace", f"T{sequence}"),))  # type: ignore[arg-type]


def request(*items: RequestedItem, **more: object) -> AuthorizationRequest:
    member = MemberReference((Identifier("urn:members", "SYN-01"),))
    given = {"trace_numbers": (Identifier("urn:claims", "C1"),), "transaction": None, "member": member, "payer": Party("Plan"), "requestor": Party("Clinic")}
    return AuthorizationRequest(guide="2.2", items=items or (item(),), **{**given, **more})  # type: ignore[arg-type]


def ordered(assertion: str = "a-1") -> Authorization:
    """A case that came with its order."""
    asked = request(item(), trace_numbers=(Identifier("urn:assertions", assertion),), assertion=assertion)
    answers: dict[int, Certify | Refer] = {1: Certify("Every criterion is met.", (), EDITION, HELD)}
    return open_with_order("PA1", "PR1", asked, answers, "r-1", "oakwood", AT)


def test_its_trail_begins_with_the_signature() -> None:
    case = ordered()
    assert [event.what for event in case.trail] == [SIGNED, "certified in total"] and case.action is ReviewAction.CERTIFIED


def test_the_request_that_comes_later_is_taken_up_without_weighing() -> None:
    case, asked = ordered(), request()
    assert certifies_all(asked, [case], TODAY) is case
    after = taken_up(case, asked, "r-2", "oakwood", AT)
    assert (after.number, after.revision, after.submission, after.received) == ("PA1", 2, "r-2", ("r-1", "r-2"))
    assert after.item(1).determination is case.item(1).determination and not after.answers_differently(case)
    assert [each.value for each in after.request.trace_numbers] == ["C1", "a-1"] and after.request.assertion == "a-1"
    assert after.trail[-1].what == "received" and "certified when the order was signed" in after.trail[-1].because


@pytest.mark.parametrize(
    "asked",
    [
        item(on=date(2027, 2, 19)),
        item(on=date(2026, 11, 20)),
        item(until=date(2027, 2, 19)),
        item(quantity=Decimal(3), unit="each"),
        item(quantity=Decimal(1), unit="month"),
        item(code=WALKER),
        item(sequence=2),
        replace(item(), certification_type=CertificationType.RENEWAL),
        replace(item(), cancelled=True),
        replace(item(), code_end=Coding(HCPCS, "E1392")),
    ],
)
def test_whatever_asks_for_more_or_for_something_else_is_a_case_of_its_own(asked: RequestedItem) -> None:
    assert certifies_all(request(asked), [ordered()], TODAY) is None


@pytest.mark.parametrize("asked", [item(), item(on=date(2027, 2, 18)), item(until=date(2027, 2, 18)), item(quantity=Decimal("2.0"), unit="each")])
def test_whatever_asks_for_no_more_is_certified_already(asked: RequestedItem) -> None:
    assert certifies_all(request(asked), [ordered()], TODAY) is not None


def test_a_case_that_was_asked_for_or_is_no_longer_certified_answers_nothing() -> None:
    case = ordered()
    asked_for = replace(case, request=replace(case.request, assertion=""))
    cancelled = case.revise(replace(request(), certification_type=CertificationType.CANCEL), {}, "r-2", "oakwood", AT)
    assert cancelled.request.assertion == "a-1", "an update keeps the assertion"
    assert certifies_all(request(), [asked_for, cancelled], TODAY) is None


def test_among_other_items_it_keeps_its_certification_and_names_its_number() -> None:
    asked = request(item(1, WALKER), item(2))
    changed, answers = carried(asked, [ordered()], TODAY)
    assert set(answers) == {2} and answers[2].authorized == HELD and "PA1" in answers[2].because
    assert [each.authorization_number for each in changed.items] == [None, "PA1"]
