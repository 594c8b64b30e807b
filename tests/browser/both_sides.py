"""A payer as a process and the test EHR with its forms apps, as ``fhir-pa demo --keep`` leaves them: for whoever walks the whole way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import Charts
from fhir_pa.provider.play.desk import Desk
from fhir_pa.provider.play.payer_file import payer_file
from fhir_pa.provider.play.places import keep, places_of
from fhir_pa.provider.play.processes import Processes, free_port
from fhir_pa.provider.test_ehr.opening import opened
from fhir_pa.provider.test_ehr.people import everybody_on
from tests.browser.clinic import served


@dataclass
class BothSides:
    """Where both are, the charts as the EHR has them, and the payer's command line."""

    ehr: str
    payer: str
    charts: Charts
    desk: Desk
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def code_of(self, member: str) -> str:
        """A one-time code for the member's page, as ``fhir-pa members code`` prints it."""
        return self.desk.command("members", "code", member, *self.desk.flags)[0].strip()


@contextmanager
def both_sides(folder: Path, keys: Keys) -> Iterator[BothSides]:
    """Both until the end of the block."""
    today = datetime.now(UTC).date()
    charts, people = everybody_on(today)
    payer, ehr = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    apps = {guide: f"http://127.0.0.1:{free_port()}" for guide in ("2.0.1", "2.2")}
    config, reviewers = folder / "fhir-pa.toml", folder / "reviewers.json"
    config.write_text(payer_file(payer, ehr, keys, charts, today))
    where = ("--config", str(config), "--data-directory", str(folder / "data"))
    desk = Desk(payer, where)
    application, forms = opened(charts, people, keys, ehr, "Bearer only-the-payer-knows", payer, apps, reviewers, measures=folder / "figures")
    with ExitStack() as stack:
        for app, url in ((application, ehr), *((forms[guide], url) for guide, url in apps.items())):
            stack.enter_context(served(app, url))
        processes = Processes(folder)
        stack.callback(processes.stop)
        processes.start("payer", ["fhir_pa.cli", "serve", "--local-people", "--port", payer.rpartition(":")[2], *where], f"{payer}/ready")
        keep(places_of(payer), reviewers)
        yield BothSides(ehr, payer, charts, desk, today)
