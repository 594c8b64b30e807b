"""Whatever is done to a request Bundle, reading it ends in words or in a refusal, and what is read can be answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from fhir_pa.pas import attachment, inquiry, subscription_request
from fhir_pa.pas import extensions as ext
from fhir_pa.pas.business_error import business_errors
from fhir_pa.pas.intake import read
from fhir_pa.pas.response import write
from fhir_pa.pas.response_error import write_error
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json, extension_value
from tests.builders import NOON, certify, refer
from tests.fhir_pa.pas_bundles import FORM, GUIDES, ORDER, bundle, claim, extension, item, reference
from tests.fhir_pa.test_pas_attachment import attached, parameters
from tests.fhir_pa.test_pas_subscription import asked
from tests.mutation import ODD, mutated


def full(guide: str) -> Json:
    """A Bundle with everything the readers look at."""
    ordered = item(2)
    ordered["extension"] += [extension(ext.REQUESTED_SERVICE, valueReference=reference(ORDER)), extension(ext.INFO_CHANGED, valueCode="changed")]
    related = [{"claim": {"reference": "Claim/c0", "identifier": {"value": "C-0"}}, "relationship": {"coding": [{"code": "prior"}]}}]
    inner = {"resourceType": "Organization", "id": "inner", "name": "Larkfield"}
    asked_for = claim(item(1), ordered, related=related, billablePeriod={"start": "2026-11-01"}, contained=[inner, FORM], insurer={"reference": "#inner"})
    return bundle(asked_for, guide=guide)


@pytest.mark.parametrize("guide", GUIDES)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=some.data())
def test_a_mutated_request_is_read_and_answered_or_refused(guide: str, data: Any) -> None:
    changed = mutated(full(guide), data.draw)
    try:
        submission = read(changed, guide)
    except Refusal as refused:
        assert all(issue.text and issue.expression for issue in refused.issues)
        return
    answers = {each.sequence: certify() if each.sequence == 1 else refer() for each in submission.request.items}
    case = Authorization.open("PA0001", "PR0001", submission.request, answers, "r", "c", NOON)
    answered = write(case, changed, guide, at=NOON, base_url="https://payer.example/fhir")
    assert answered["entry"][0]["resource"]["resourceType"] == "ClaimResponse"
    write_error(changed, business_errors(submission), guide, at=NOON)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=some.data())
def test_a_mutated_inquiry_is_read_or_refused(data: Any) -> None:
    _read_or_refused(lambda: inquiry.read(mutated(full("2.2"), data.draw), "2.2"))


@settings(max_examples=150, deadline=None)
@given(data=some.data())
def test_a_mutated_subscription_is_read_or_refused(data: Any) -> None:
    _read_or_refused(lambda: subscription_request.read(mutated(asked(), data.draw), "2.2", "c", "s"))


@settings(max_examples=150, deadline=None)
@given(data=some.data())
def test_a_mutated_attachment_is_read_or_refused(data: Any) -> None:
    whole = parameters(attached(FORM, "1", "2"), Final={"valueBoolean": True}, ServiceDate={"valueDateTime": "2026-11-22"})
    _read_or_refused(lambda: attachment.read(mutated(whole, data.draw), "2.2"))


NAMES = some.sampled_from(["resourceType", "type", "entry", "resource"])


@given(some.recursive(ODD, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner), max_leaves=8))
def test_any_json_value_is_read_or_refused(value: Any) -> None:
    for guide in GUIDES:
        _read_or_refused(lambda guide=guide: read(value, guide))  # type: ignore[misc]


@given(some.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=4))
def test_a_quantity_comes_back_with_every_digit(amount: Decimal) -> None:
    sent = parse(dump(bundle(claim(item(quantity={"value": amount, "unit": "month"})))))
    case = Authorization.open("PA0001", "PR0001", read(sent, "2.2").request, {1: certify()}, "r", "c", NOON)
    told = parse(dump(write(case, sent, "2.2", at=NOON, base_url="https://payer.example/fhir")))
    quantity = extension_value(told["entry"][0]["resource"]["item"][0], ext.AUTHORIZED_DETAIL, "quantity")
    assert str(quantity["value"]) == str(amount)


def _read_or_refused(reading: Any) -> None:
    try:
        reading()
    except Refusal as refused:
        assert all(issue.text for issue in refused.issues)
