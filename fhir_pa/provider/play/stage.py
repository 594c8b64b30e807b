"""Everything a scene needs: the two parties' addresses, the provider's clients, the payer's desk, and the narrator."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from fhir_pa.provider.cds_client import CdsClient
from fhir_pa.provider.chart_reader import ChartReader
from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.dtr_app import DtrApp
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.patients import Charts
from fhir_pa.provider.play.desk import Desk
from fhir_pa.provider.play.narrator import Narrator
from fhir_pa.provider.wire import Wire, WrongAnswer
from ig_profiles.reading import Json, many

NOTICE_SECONDS = 30.0
Found = TypeVar("Found")


@dataclass
class Stage:
    """The set for all scenes of one guide; ``inbox`` is the name of the provider's rest-hook.

    ``subscription_id`` and ``last_case`` are filled while the scenes are played.
    """

    guide: str
    ehr_url: str
    charts: Charts
    cds: CdsClient
    pas: PasClient
    dtr: DtrApp
    desk: Desk
    narrator: Narrator
    today: date
    secret: str
    inbox: str = "oakwood"
    subscription_id: str = ""
    last_case: str = ""

    def at(self) -> datetime:
        """This moment."""
        return datetime.now(UTC)

    def reader(self, chart: Chart) -> ChartReader:
        """The patient's chart over the EHR's FHIR API."""
        return ChartReader(f"{self.ehr_url}/fhir", self.cds.chart_token(chart))

    def trace_number(self) -> str:
        """A number of our own that no earlier run used."""
        return f"OAK-{self.today:%y%m%d}-{uuid.uuid4().hex[:6].upper()}"

    def notices(self) -> list[Json]:
        """What has arrived at the rest-hook."""
        found: list[Json] = Wire(self.ehr_url).get(f"inbox/{self.inbox}").expect(200).body["notifications"]
        return found

    def events_so_far(self) -> int:
        """How many events the payer has generated for our Subscription, delivered or not (its ``$status``)."""
        status = self.pas.read(f"Subscription/{self.subscription_id}/$status").body
        told = (part for part in many(status, "entry", "resource", "parameter") if part.get("name") == "events-since-subscription-start")
        return int(next(part["valueString"] for part in told))

    def wait_for_event(self, number: int) -> tuple[Json, float]:
        """The notification of this event, and how many milliseconds we waited."""
        return _wait(lambda: next((each for each in self.notices() if each["event_number"] == str(number)), None), f"Event {number} was not notified")

    def wait_for_notice(self, kind: str) -> tuple[Json, float]:
        """The newest delivery of this kind, and how many milliseconds we waited for the first."""
        return _wait(lambda: next((notice for notice in reversed(self.notices()) if notice["kind"] == kind), None), f"No {kind} arrived")

    def wait_for_status(self, subscription_id: str, status: str) -> tuple[str, float]:
        """The Subscription's status once it is this one, and how many milliseconds we waited."""

        def reached() -> str | None:
            now = self.pas.read(f"Subscription/{subscription_id}").body["status"]
            return now if now == status else None

        return _wait(reached, f"The Subscription did not become {status}")


def _wait(look: Callable[[], Found | None], otherwise: str) -> tuple[Found, float]:
    """What ``look`` finds, and the milliseconds until then. Raises WrongAnswer when it finds nothing in time."""
    began = time.perf_counter()
    while (waited := time.perf_counter() - began) < NOTICE_SECONDS:
        found = look()
        if found is not None:
            return found, waited * 1000
        time.sleep(0.05)
    raise WrongAnswer(f"{otherwise} within {NOTICE_SECONDS:.0f} s.")
