"""What the tests of storage and work share: a store on each database, and invented subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.pas.subscription import Content, Subscription, SubscriptionStatus
from fhir_pa.storage.store import Store, open_store

CLINIC = "9000000023"  # the requestor's NPI in tests/builders.py


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    """An open store on a new database of each kind."""
    opened = open_store(database_url, tmp_path)
    yield opened
    opened.close()


def subscription(identity: str = "s1", **given: Any) -> Subscription:
    """The clinic's active subscription, its token and its filter invented."""
    told: dict[str, Any] = {
        "id": identity,
        "client": "oakwood-ehr",
        "guide": "2.2",
        "endpoint": "http://127.0.0.1:1/notify",
        "headers": ("Authorization: Bearer invented",),
        "content": Content.FULL_RESOURCE,
        "filters": (CLINIC,),
        "status": SubscriptionStatus.ACTIVE,
    }
    return Subscription(**{**told, **given})
