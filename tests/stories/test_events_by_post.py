"""Events are told again to whoever POSTs the operation's Parameters, as to whoever GETs it."""

from __future__ import annotations

from fhir_pa.provider.wire import parameters
from tests.stories.parties import Staff, System
from tests.stories.test_subscriptions import decided_twice, replayed


def test_events_are_asked_for_by_post_as_by_get(clinic: System, physician: Staff) -> None:
    path = f"Subscription/{decided_twice(clinic, physician)}/$events"
    bounds = ({"name": "eventsSinceNumber", "valueString": "2"}, {"name": "content", "valueCode": "empty"})
    posted, got = clinic.post(path, parameters(*bounds)), clinic.get(f"{path}?eventsSinceNumber=2&content=empty")
    assert replayed(posted) == replayed(got) and [each["event-number"] for each in replayed(posted)[1]] == ["2"]
    refused = clinic.call("POST", path, {"resourceType": "Bundle", "type": "collection"})
    assert refused.status_code == 400 and "Send the operation's Parameters" in refused.text
