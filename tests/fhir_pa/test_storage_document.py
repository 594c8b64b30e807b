"""An authorization survives being written as JSON and read again, whatever is in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_pa.pas.subscription import Subscription
from fhir_pa.storage import document
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event, Item
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import Authorized, Determination, EditionReference, ReviewAction, Signature
from fhir_pa.um.deciding.request import AuthorizationRequest
from questionnaires.criteria import Axis, Evidence, Truth
from tests import builders
from tests.fhir_pa.storage_fixtures import subscription

_EXACT = st.decimals(allow_nan=False, allow_infinity=False, places=4)
_MOMENT = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]))
_EDITION = st.builds(EditionReference)
_SIGNATURE = st.builds(Signature, role=st.just("physician"), licence=st.just("OH MD-0142"))
_DETERMINATION = st.builds(
    Determination,
    action=st.sampled_from(ReviewAction),
    because=st.text(min_size=1).filter(str.strip),
    decided_at=_MOMENT,
    findings=st.just(()),
    edition=st.none() | _EDITION,
    authorized=st.builds(Authorized, quantity=st.none() | _EXACT),
    reason_codes=st.tuples(st.text(min_size=1)),
    phone=st.just("555-555-0100"),
    signed_by=_SIGNATURE,
)
_REQUEST = st.builds(AuthorizationRequest, created_at=st.none() | _MOMENT, items=st.just((builders.item(unit_price=Decimal("100.00")),)))
_ITEM = st.builds(Item, requested=st.just(builders.item()), determination=_DETERMINATION, earlier=st.tuples(_DETERMINATION))
_EVENT = st.builds(Event, at=_MOMENT, items=st.tuples(st.integers(1, 999)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.builds(
        Authorization,
        revision=st.integers(1, 999),
        request=_REQUEST,
        clock=st.just(builders.authorization().clock),
        items=st.tuples(_ITEM, _ITEM),
        trail=st.tuples(_EVENT),
    )
)
def test_any_authorization_comes_back_equal(authorization: Authorization) -> None:
    assert document.read(document.write(authorization), Authorization) == authorization


def test_findings_below_findings_come_back_with_their_evidence() -> None:
    evidence = Evidence("spo2", "89 %", "Observation/1", "valueQuantity", "2026-11-01", "2026-11-02", "auto")
    inner = builders.finding("low", Truth.NOT_MET, axis=Axis.INTENSITY, evidence=(evidence,), missing=("tested_on",))
    kept = builders.authorization(builders.refer(builders.finding("all", Truth.UNKNOWN, below=(inner, builders.finding()))))
    back = document.read(document.write(kept), Authorization)
    assert back == kept
    assert back.item(1).determination.findings[0].below[0].evidence == (evidence,)


def test_a_signed_modification_comes_back_with_the_digits_of_its_quantity() -> None:
    less = Authorized(date(2026, 11, 22), date(2027, 2, 20), Decimal("1.50"), "unit")
    decision = Decision((1,), Verdict.MODIFY, "Half is enough for now.", ("saturation",), ("0V",), authorized=less)
    kept = builders.authorization().decide(decision, builders.physician(), builders.NOON)
    back = document.read(document.write(kept), Authorization)
    assert back == kept
    assert str(back.item(1).determination.authorized.quantity) == "1.50"  # type: ignore[union-attr]


def test_a_field_that_came_later_reads_as_its_default_in_an_older_document() -> None:
    older = document.write(builders.authorization())
    assert '"urgent"' not in older.split('"clock"')[0]
    assert document.read(older, Authorization).request.urgent is False


def test_the_resource_a_subscription_carries_passes_untouched() -> None:
    kept = subscription(resource={"resourceType": "Subscription", "extension": [{"url": "u", "valueDecimal": Decimal("1.10")}], "n": 3})
    back = document.read(document.write(kept), Subscription)
    assert back == kept
    assert str(back.resource["extension"][0]["valueDecimal"]) == "1.10"


def test_moments_keep_their_zone() -> None:
    at = datetime(2026, 11, 20, 7, tzinfo=timezone(timedelta(hours=-5)))
    kept = replace(builders.authorization(), trail=(Event(at, "received", "oakwood-ehr", (1,)),))
    assert document.read(document.write(kept), Authorization).trail[0].at.utcoffset() == timedelta(hours=-5)
