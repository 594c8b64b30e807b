"""What order time keeps and measures, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from fhir_pa.storage.crd_metrics import Brought, CrdMetric, OrderMetric
from fhir_pa.storage.store import Store
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference
from fhir_pa.um.deciding.request import AuthorizationRequest, Identifier, MemberReference, Party, RequestedItem
from fhir_pa.um.on_file.order_time import open_with_order
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding
from questionnaires.policy import RequestedService
from tests.fhir_pa.storage_fixtures import store

__all__ = ["store"]
AT = datetime(2026, 11, 21, 15, tzinfo=UTC)
EDITION = EditionReference("home_oxygen", "2026.1", "f" * 64, 90)
YES = Certify("Every criterion is met.", (), EDITION, Authorized(date(2026, 11, 21), date(2027, 2, 18)))


def request(assertion: str = "") -> AuthorizationRequest:
    item = RequestedItem(1, RequestedService((Coding(HCPCS, "E1390"),)))
    traces = (Identifier("urn:trace", assertion or "C1"),)
    member = MemberReference((Identifier("urn:members", "SYN-01"),))
    return AuthorizationRequest("2.2", traces, None, member, Party("Plan"), Party("Clinic"), (item,), assertion=assertion)


def test_time_to_decision_counts_first_decisions_of_what_was_asked_for(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(3):
            asked = Authorization.open(f"PA{number}", f"PR{number}", request(), {1: YES}, "r", "oakwood", AT)
            decided = replace(asked.items[0], determination=replace(asked.items[0].determination, decided_at=AT + timedelta(hours=number)))
            tx.add(replace(asked, items=(decided,)))
        tx.add(open_with_order("PA9", "PR9", request("a-1"), {1: YES}, "r", "oakwood", AT))
    with store.reading() as tx:
        assert sorted(tx.first_decisions("home_oxygen", ["E1390"])) == [timedelta(hours=hours) for hours in (0, 1, 2)]
        assert tx.first_decisions("home_oxygen", ["E0431"]) == tx.first_decisions("surveillance_imaging", ["E1390"]) == []
        assert len(tx.first_decisions("home_oxygen", ["E1390"], latest=2)) == 2
        assert [case.number for case in tx.by_trace([Identifier("urn:trace", "a-1")], client="oakwood")] == ["PA9"]


def test_metrics_come_back_as_they_were_kept_and_by_their_day(store: Store) -> None:
    order = OrderMetric("DeviceRequest", (f"{HCPCS}|E1390",), ("guideline",), "covered", "satisfied", assertion_id="a-1", satisfied_id="PA1")
    row = CrdMetric("m1", "oakwood", "2.2", "order-sign", "i-1", AT, AT, resources=(Brought("Patient", 1, True),), orders=(order,))
    with store.transaction() as tx:
        tx.keep_crd_metric(row)
        tx.keep_crd_metric(replace(row, id="m2", at=AT + timedelta(days=1), refused="Unprocessable", issues=("structure",)))
    with store.reading() as tx:
        assert tx.crd_metrics(AT, AT + timedelta(days=1)) == [row]
        assert [each.id for each in tx.crd_metrics(AT, AT + timedelta(days=2))] == ["m1", "m2"]
