"""``fhir-pa demo``: start a payer and a provider as two processes on loopback, play the scenes over HTTP, tell how they came out."""

from __future__ import annotations

import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fhir_pa.provider.cds_client import CdsClient
from fhir_pa.provider.dtr_app import DtrApp
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.play.day import leave_a_day
from fhir_pa.provider.play.desk import Desk
from fhir_pa.provider.play.narrator import Narrator
from fhir_pa.provider.play.payer_file import CLIENT_ID, payer_file
from fhir_pa.provider.play.places import tell_places
from fhir_pa.provider.play.processes import NotReady, Processes, free_port
from fhir_pa.provider.play.stage import Stage
from fhir_pa.provider.scenes import SCENES, unsubscribe
from fhir_pa.provider.test_ehr.people import everybody_on
from questionnaires.cql import FactEngine

KEYS, REVIEWERS, MEASURES = "provider-keys.json", "reviewers.json", "figures"
GENERATIONS = {"2.0.1": "v2.0", "2.2": "v2.2"}


def run_demo(guide: str = "2.0.1", database_url: str | None = None, keep: bool = False, out: Callable[[str], None] = print) -> int:
    """Play every scene for one guide generation ('2.0.1' or '2.2'); 0 when all came out as they must.

    ``database_url`` is handed to ``fhir-pa serve``; without it the payer uses SQLite in a new folder. ``keep`` leaves
    both parties running with a day's work on the desks, and says where to look until Ctrl-C. The folder is removed unless
    something failed.
    """
    folder = Path(tempfile.mkdtemp(prefix="fhir-pa-demo-"))
    processes = Processes(folder)
    narrator = Narrator(out)
    narrator.remark(f"fhir-pa demo, guide {guide}, {'PostgreSQL' if database_url else 'SQLite'}")
    try:
        with FactEngine() as engine:
            stage = _set(guide, database_url, folder, processes, narrator, engine)
            for scene in (*SCENES, unsubscribe):
                scene(stage)
            _tell_ending(stage)
            if keep:
                tell_places(stage, leave_a_day(stage), folder / REVIEWERS, out)
                out(f"Configuration and logs are in {folder}. Ctrl-C ends all.")
                _wait_for_interrupt()
    except NotReady as error:
        narrator.fail(str(error))
    finally:
        processes.stop()
    if narrator.failures:
        out(f"The logs and the configuration are in {folder}.")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def _set(guide: str, database_url: str | None, folder: Path, processes: Processes, narrator: Narrator, engine: FactEngine) -> Stage:
    """Both parties running, and the provider's clients ready. Raises NotReady."""
    today = datetime.now(UTC).date()
    payer_url, ehr_url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    keys, charts = Keys.new(), everybody_on(today)[0]
    keys.save(folder / KEYS)
    secret = f"Bearer {secrets.token_urlsafe(24)}"
    config = folder / "fhir-pa.toml"
    config.write_text(payer_file(payer_url, ehr_url, keys, charts, today))
    base = f"{payer_url}/{GENERATIONS[guide]}"
    provider = ["fhir_pa.provider.serve", "--port", _port(ehr_url), "--keys", str(folder / KEYS), "--today", str(today)]
    provider += ["--payer", payer_url, "--forms-ports", str(free_port()), str(free_port()), "--reviewers", str(folder / REVIEWERS)]
    provider += ["--measures", str(folder / MEASURES)]
    processes.start("provider", provider, f"{ehr_url}/fhir/metadata", {"FHIR_PA_PROVIDER_SECRET": secret})
    where = ["--config", str(config), "--data-directory", str(folder / "data")]
    where += ["--database-url", database_url] if database_url else []
    began = time.perf_counter()
    processes.start("payer", ["fhir_pa.cli", "serve", "--local-people", "--port", _port(payer_url), *where], f"{payer_url}/ready")
    narrator.remark(f"The payer was ready after {time.perf_counter() - began:.1f} s at {payer_url}; the provider is at {ehr_url}.")
    pas = PasClient(f"{base}/fhir", CLIENT_ID, keys)
    cds = CdsClient(base, guide, ehr_url, CLIENT_ID, keys)
    desk = Desk(payer_url, tuple(where))
    return Stage(guide, ehr_url, charts, cds, pas, DtrApp(pas, engine), desk, narrator, today, secret)


def _tell_ending(stage: Stage) -> None:
    narrator = stage.narrator
    slowest, took = max(narrator.times, key=lambda pair: pair[1], default=("nothing", 0.0))
    narrator.conclude(f"the slowest step took {took:.0f} ms: {slowest}")


def _wait_for_interrupt() -> None:
    """Until Ctrl-C or a polite request to end."""
    asked: list[int] = []  # an Event would hold itself up when a second signal comes while the first one sets it
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, _: asked.append(number))
    while not asked:
        time.sleep(0.1)


def _port(url: str) -> str:
    return url.rpartition(":")[2]
